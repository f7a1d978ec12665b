"""Amazon SNS: signed fields of the envelope, and a certificate whose address is checked first."""

import base64
import json
from datetime import UTC, datetime
from functools import cache

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.x509.oid import NameOID

from app.domain.signatures import Judgement, SignatureVerdict
from app.signatures import judge
from app.signatures.schemes.aws import AWS, certificate_url
from tests.signatures.requests import Vector, a_signed

from .checking import cases, check

URL = "https://sns.us-east-1.amazonaws.com/SimpleNotificationService-0.pem"
CONFIRMATION = {
    "Token": "2336412f37",
    "SubscribeURL": "https://sns.us-east-1.amazonaws.com/?Action=ConfirmSubscription",
}
SIGNED = {
    "Notification": ("Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type"),
    "SubscriptionConfirmation": ("Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type"),
}


@cache
def key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@cache
def certificate(ends: datetime = datetime(2036, 1, 1, tzinfo=UTC)) -> bytes:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "sns.amazonaws.com")])
    built = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key().public_key()).serial_number(1)
        .not_valid_before(datetime(2026, 1, 1, tzinfo=UTC)).not_valid_after(ends)
    )  # fmt: skip
    return built.sign(key(), hashes.SHA256()).public_bytes(serialization.Encoding.PEM)


def envelope(type_: str = "Notification", version: str = "2", url: str = URL, **fields: str) -> dict[str, str]:
    found = {
        "Type": type_, "MessageId": "1", "TopicArn": "arn:aws:sns:us-east-1:123456789012:sms",
        "Message": 'é 😀 "\n', "Timestamp": "2026-11-28T20:00:00.000Z",
    }  # fmt: skip
    found |= CONFIRMATION if type_ != "Notification" else {}
    found |= fields
    names = SIGNED.get(type_, SIGNED["SubscriptionConfirmation"])
    text = "".join(f"{name}\n{found[name]}\n" for name in names if name in found).encode()
    digest = hashes.SHA1() if version == "1" else hashes.SHA256()
    signature = base64.b64encode(key().sign(text, padding.PKCS1v15(), digest)).decode()
    return found | {"SignatureVersion": version, "Signature": signature, "SigningCertURL": url}


def judged(fields: dict[str, str], certificates: dict[str, bytes] | None = None) -> Judgement:
    headers = [("x-amz-sns-message-type", fields.get("Type", "Notification"))]
    known = {fields.get("SigningCertURL", URL): certificate()} if certificates is None else certificates
    return judge(a_signed(body=json.dumps(fields).encode(), headers=headers, certificates=known), [], "aws")


@pytest.mark.parametrize("vector", cases("aws"))
def test_a_vector_has_its_verdict_and_its_cause(vector: Vector) -> None:
    check(vector, "aws", "aws")


@pytest.mark.parametrize("version", ["1", "2"])
@pytest.mark.parametrize("type_", ["Notification", "SubscriptionConfirmation", "UnsubscribeConfirmation"])
def test_all_messages_are_valid_in_both_versions(type_: str, version: str) -> None:
    judgement = judged(envelope(type_, version))
    assert (judgement.verdict, judgement.scheme, judgement.secret) == (SignatureVerdict.VALID, "aws", None)


def test_a_subject_is_signed_only_where_there_is_one() -> None:
    assert judged(envelope(Subject="Alarm")).verdict is SignatureVerdict.VALID
    assert judged(envelope() | {"Subject": "Alarm"}).causes == ("body_changed",)


@pytest.mark.parametrize("name", ["Message", "MessageId", "Timestamp", "TopicArn", "Token", "SubscribeURL"])
def test_each_signed_field_is_covered(name: str) -> None:
    judgement = judged(envelope("SubscriptionConfirmation") | {name: "other"})
    assert (judgement.verdict, judgement.causes) == (SignatureVerdict.WRONG_SECRET_OR_CHANGED, ("body_changed",))


def test_the_hash_of_the_other_version_is_named() -> None:
    judgement = judged(envelope(version="2") | {"SignatureVersion": "1"})
    assert (judgement.verdict, judgement.causes) == (SignatureVerdict.VALID_AS, ("algorithm",))


@pytest.mark.parametrize(
    ("url", "cause"),
    [
        ("http://sns.us-east-1.amazonaws.com/a.pem", "cert_scheme"),
        ("ftp://sns.us-east-1.amazonaws.com/a.pem", "cert_scheme"),
        ("//sns.us-east-1.amazonaws.com/a.pem", "cert_scheme"),
        ("https://sns.us-east-1.amazonaws.com.evil.example/a.pem", "cert_host"),
        ("https://sns.us-east-1.amazonaws.com@evil.example/a.pem", "cert_host"),
        ("https://user@sns.us-east-1.amazonaws.com/a.pem", "cert_host"),
        ("https://evil.example/sns.us-east-1.amazonaws.com/a.pem", "cert_host"),
        ("https://xsns.us-east-1.amazonaws.com/a.pem", "cert_host"),
        ("https://sns.us-east-1.amazonaws.com:8443/a.pem", "cert_host"),
        ("https://sns.us-east-1.amazonaws.com:x/a.pem", "cert_host"),
        ("https://sns.us-east-1.amazonaws.com\n.evil.example/a.pem", "cert_host"),
        ("https://sns.us.amazonaws.com/a.pem", "cert_host"),
        ("https://snsXus-east-1.amazonaws.com/a.pem", "cert_host"),
        ("https://sns.us-east-1.amazonaws.com/a.txt", "cert_host"),
        ("https://[sns/a.pem", "cert_host"),
    ],
)
def test_a_certificate_of_anyone_else_is_refused_although_it_fits(url: str, cause: str) -> None:
    fields = envelope(url=url)
    judgement = judged(fields)
    assert (judgement.verdict, judgement.causes) == (SignatureVerdict.WRONG_SECRET_OR_CHANGED, (cause,))
    assert certificate_url(a_signed(body=json.dumps(fields).encode())) is None


@pytest.mark.parametrize("host", ["sns.eu-west-1.amazonaws.com", "sns.cn-north-1.amazonaws.com.cn"])
def test_a_certificate_of_sns_is_accepted(host: str) -> None:
    fields = envelope(url=f"https://{host}/a.pem")
    assert judged(fields).verdict is SignatureVerdict.VALID
    assert certificate_url(a_signed(body=json.dumps(fields).encode())) == f"https://{host}/a.pem"


@pytest.mark.parametrize("known", [{}, {"https://sns.eu-west-1.amazonaws.com/other.pem": b"x"}])
def test_without_its_certificate_nothing_can_be_known(known: dict[str, bytes]) -> None:
    judgement = judged(envelope(), known)
    assert (judgement.verdict, judgement.causes) == (SignatureVerdict.UNDECIDED, ())
    assert "Fetch it, or upload it." in judgement.sentence


def test_a_period_that_is_over_is_noted() -> None:
    judgement = judged(envelope(), {URL: certificate(datetime(2026, 11, 1, tzinfo=UTC))})
    assert judgement.verdict is SignatureVerdict.VALID
    assert judgement.sentence.endswith("The certificate is valid from 2026-01-01 to 2026-11-01 only.")


def test_a_certificate_that_is_none_fits_nothing() -> None:
    assert judged(envelope(), {URL: b"no certificate"}).verdict is SignatureVerdict.WRONG_SECRET_OR_CHANGED


def test_raw_delivery_has_nothing_that_is_signed() -> None:
    judgement = judged({"originationNumber": "+14155550123"})
    assert (judgement.verdict, judgement.causes) == (SignatureVerdict.UNSIGNED, ("raw_delivery",))


@pytest.mark.parametrize(
    "body",
    [
        b'{"Signature": 1, "SigningCertURL": 2}', b'["Signature", "SigningCertURL"]', b'{"Signature"::"SigningCertURL"',
        b'{"Signature": "!", "SigningCertURL": ""}', b"[" * 100_000 + b'"Signature""SigningCertURL"', b"\xff",
    ],
)  # fmt: skip
def test_no_body_raises(body: bytes) -> None:
    request = a_signed(body=body, certificates={URL: certificate()})
    assert not AWS.fits(request, "")
    AWS.parts(request)
    assert AWS.stamp(request) is None
