"""Requests are signed again as their providers do: what is signed here is judged valid, and not after any change."""

import hashlib
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.domain.captures import Headers
from app.domain.signatures import Judgement, SignatureVerdict
from app.errors import Invalid
from app.signatures import Secret, SignedRequest, judge
from app.signatures.jwt import read_token, write_token
from app.signatures.schemes import SCHEMES
from app.signatures.schemes.vonage import METHODS
from app.signatures.signing import Signed, can_sign, sign
from tests.signatures.requests import a_signed

AT = datetime(2026, 11, 28, 20, 0, tzinfo=UTC)
URL = "https://sms.example.net/k7m2q9xw4tz3r8vh/status"
FORM = (b"Content-Type", b"application/x-www-form-urlencoded")
JSON = (b"Content-Type", b"application/json")
SECRETS = {
    "sinch-application": "BeIukql3pTKJ8RGL5zo0DA==",
    "basic": "hook:s3cret",
    "standardwebhooks": "whsec_c3RhbmRhcmQtd2ViaG9va3MtZXhhbXBsZS1zZWNyZXQ=",
}
# A provider of each scheme, as captures are recognised; None where no provider of SMS signs so.
PROVIDERS = {
    "twilio": "twilio", "signalwire": "signalwire", "plivo": "plivo", "vonage": "vonage", "vonage-jwt": "vonage",
    "messagebird": "messagebird", "messagebird-old": "messagebird", "bird": "messagebird", "sinch": "sinch",
    "sinch-numbers": "sinch", "sinch-application": "sinch", "basic": "bandwidth", "standardwebhooks": None,
    "stripe": None, "github": None, "hmac:sha256:hex:ts.body:text": None, "hmac:sha1:b64url:id.ts.body:text": None,
    "hmac:sha512:b64:url+body:text": None, "hmac:sha256:b64:body:text": None,
}  # fmt: skip
# What a scheme does not cover: Basic neither URL nor body, V2 of Plivo not the body, Vonage's SMS API not the URL.
BODY_NOT_COVERED = {"basic", "plivo"}

names = st.text("abcXYZ_-é 0", min_size=1, max_size=5)
values = st.text(st.characters(codec="utf-8"), max_size=12)
fields = st.lists(st.tuples(names, values), min_size=1, max_size=5)
queries = st.lists(st.tuples(names, values), max_size=3)


def secret_of(scheme: str) -> str:
    return SECRETS.get(scheme, "a_shared_secret_0123")


def signed(scheme: str, url: str = URL, headers: Headers = (JSON,), body: bytes = b'{"a":1}', **more: Any) -> Signed:
    values: dict[str, Any] = {"method": "POST", "secret": secret_of(scheme), "at": AT} | more
    return sign(scheme, values.pop("secret"), values.pop("method"), url, headers, body, values.pop("at"), **values)


def received(found: Signed, method: str = "POST", received_at: datetime = AT) -> SignedRequest:
    headers = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in found.headers]
    return a_signed(found.url, found.body, headers, method=method, received_at=received_at)


def verdict_of(scheme: str, request: SignedRequest) -> Judgement:
    return judge(request, [Secret(label="a", value=secret_of(scheme))], PROVIDERS[scheme])


def values_of(found: Signed, name: str) -> list[bytes]:
    return [value for key, value in found.headers if key.lower() == name.encode()]


@pytest.mark.parametrize("scheme", PROVIDERS)
@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(form=fields, query=queries)
def test_a_signed_form_is_valid_and_a_wrongly_signed_one_is_not(
    scheme: str, form: list[tuple[str, str]], query: list[tuple[str, str]]
) -> None:
    url = URL + ("?" + urlencode(query) if query else "")
    body = urlencode(form).encode()
    right = received(signed(scheme, url, (FORM,), body))
    judgement = verdict_of(scheme, right)
    assert (judgement.verdict, judgement.causes) == (SignatureVerdict.VALID, ())
    wrong = received(signed(scheme, url, (FORM,), body, wrongly=True))
    assert verdict_of(scheme, wrong).verdict is SignatureVerdict.WRONG_SECRET_OR_CHANGED


@pytest.mark.parametrize("scheme", PROVIDERS)
@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(body=st.binary(min_size=1, max_size=60), data=st.data())
def test_with_one_changed_byte_a_signed_body_is_not_valid(scheme: str, body: bytes, data: st.DataObject) -> None:
    found = signed(scheme, body=body)
    assert verdict_of(scheme, received(found)).verdict is SignatureVerdict.VALID
    if scheme not in BODY_NOT_COVERED | {"vonage"}:
        at = data.draw(st.integers(0, len(body) - 1))
        changed = found.body[:at] + bytes([found.body[at] ^ 1]) + found.body[at + 1 :]
        request = received(Signed(url=found.url, headers=found.headers, body=changed))
        assert verdict_of(scheme, request).verdict is not SignatureVerdict.VALID


@pytest.mark.parametrize("scheme", PROVIDERS)
def test_a_get_is_signed_too(scheme: str) -> None:
    found = signed(scheme, URL + "?Text=hi&a=", (), b"", method="GET")
    assert verdict_of(scheme, received(found, "GET")).verdict is SignatureVerdict.VALID


@pytest.mark.parametrize("scheme", PROVIDERS)
def test_old_signatures_are_replaced(scheme: str) -> None:
    old = signed(scheme, secret=SECRETS.get(scheme, "another"), at=AT - timedelta(days=3))
    found = signed(scheme, old.url, old.headers, old.body)
    assert verdict_of(scheme, received(found)).verdict is SignatureVerdict.VALID
    assert len(found.headers) == len(old.headers)
    again = signed(scheme, old.url, old.headers, old.body)
    assert again == found


@pytest.mark.parametrize("scheme", ["telnyx", "aws"])
def test_what_only_the_provider_can_sign_is_refused(scheme: str) -> None:
    with pytest.raises(Invalid, match=r"signs with a private key that only .* has: smsbin cannot sign so"):
        signed(scheme)
    assert not can_sign(scheme)


def test_an_unknown_scheme_is_refused() -> None:
    for scheme in ("nothing", "hmac", "hmac:md5:hex:body:text", ""):
        with pytest.raises(Invalid, match="is none of twilio"):
            signed(scheme)
        assert not can_sign(scheme)


@pytest.mark.parametrize(
    ("scheme", "secret"),
    [
        ("standardwebhooks", "whsec_!"), ("sinch-application", "no Base64!"), ("hmac:sha1:hex:body:hex", "xyz"),
        ("hmac:sha1:hex:body:base64", "!"),
    ],
)  # fmt: skip
def test_a_secret_that_cannot_be_the_key_is_refused(scheme: str, secret: str) -> None:
    with pytest.raises(Invalid, match="secret: "):
        signed(scheme, secret=secret)


def test_a_public_key_is_refused_as_one() -> None:
    with pytest.raises(Invalid, match="public key"):
        signed("standardwebhooks", secret="whpk_AAAA")


def test_every_scheme_of_the_registry_can_sign_or_has_a_private_key() -> None:
    names = {scheme.name for scheme in SCHEMES}
    assert {name for name in names if not can_sign(name)} == {"telnyx", "aws", "hmac"}
    assert {name for name in PROVIDERS if ":" not in name} == {name for name in names if can_sign(name)}


def test_twilios_json_gets_the_hash_of_the_new_body_in_its_url() -> None:
    found = signed("twilio", URL + "?a=1&bodySHA256=old&b=2", body=b"{}")
    assert found.url == f"{URL}?a=1&b=2&bodySHA256={hashlib.sha256(b'{}').hexdigest()}"
    assert verdict_of("twilio", received(found)).verdict is SignatureVerdict.VALID


def test_a_shared_key_of_twilio_is_signed_with_its_algorithm() -> None:
    settings_ = (b"X-Twilio-Webhooks-Signature-Settings", b"key=k,algorithm=HMAC_SHA256")
    found = signed("twilio", headers=(FORM, settings_), body=b"Text=hi")
    (signature,) = values_of(found, "x-twilio-signature")
    assert len(signature) == 44
    assert verdict_of("twilio", received(found)).verdict is SignatureVerdict.VALID


def test_the_second_header_of_signalwire_is_signed_where_it_was_sent() -> None:
    old = (JSON, (b"X-SignalWire-Signature", b"a"), (b"X-Signalwire-SHA256-Signature", b"b"))
    found = signed("signalwire", headers=old)
    assert [len(value) for name in ("x-signalwire-signature", "x-signalwire-sha256-signature")
            for value in values_of(found, name)] == [40, 64]  # fmt: skip
    one = Signed(url=found.url, headers=(JSON, found.headers[-1]), body=found.body)
    assert verdict_of("signalwire", received(one)).verdict is SignatureVerdict.VALID


def test_plivo_is_signed_by_the_version_that_was_sent() -> None:
    assert values_of(signed("plivo"), "x-plivo-signature-v2")
    old = (FORM, (b"X-Plivo-Signature-Ma-V3", b"a"), (b"X-Plivo-Signature-V3-Nonce", b"b"))
    found = signed("plivo", URL + "?b=1&a=2", headers=old, body=b"To=1&From=2")
    assert {name for name, _ in found.headers} == {
        b"Content-Type", b"X-Plivo-Signature-V3", b"X-Plivo-Signature-V3-Nonce",
    }  # fmt: skip
    assert verdict_of("plivo", received(found)).verdict is SignatureVerdict.VALID


@pytest.mark.parametrize("length", [32, 40, 64, 128])
def test_vonages_parameters_are_signed_by_the_method_of_the_old_signature(length: int) -> None:
    old = f"text=a+%26+b&timestamp=1&sig={'0' * length}&to=1".encode()
    found = signed("vonage", headers=(FORM,), body=old)
    assert found.body.startswith(b"text=a+%26+b&to=1&timestamp=1795896000&sig=")
    assert len(found.body.rpartition(b"=")[2]) == length
    assert verdict_of("vonage", received(found)).verdict is SignatureVerdict.VALID
    found = signed("vonage", f"{URL}?{old.decode()}", (), b"", method="GET")
    assert found.url.startswith(f"{URL}?text=a+%26+b&to=1&timestamp=1795896000&sig=")
    assert verdict_of("vonage", received(found, "GET")).verdict is SignatureVerdict.VALID


@pytest.mark.parametrize("name", METHODS)
def test_vonages_parameters_are_signed_by_the_method_of_the_secret(name: str) -> None:
    found = sign(name, "s3cret", "POST", URL, (FORM,), b"text=hi", AT)
    judgement = judge(received(found), [Secret(label="a", value="s3cret", scheme=name)], "vonage")
    assert (judgement.verdict, judgement.causes) == (SignatureVerdict.VALID, ())


def test_a_provider_stands_for_the_scheme_of_its_messages() -> None:
    assert signed("bandwidth", secret="a:b") == signed("basic", secret="a:b")
    assert signed("sinch", secret="a").headers[-1][0] == b"x-sinch-webhook-signature"
    assert [name for name in ("ytel", "infobip", "clicksend", "telnyx", "aws") if can_sign(name)] == []


def test_the_claims_that_name_the_account_are_kept() -> None:
    old = write_token({"api_key": "abcd", "iat": 1, "payload_hash": "x"}, b"k")
    found = signed("vonage-jwt", headers=(JSON, (b"authorization", b"Bearer " + old.encode())))
    token = read_token(values_of(found, "authorization")[0].decode().partition(" ")[2])
    assert token is not None
    assert (token.claim("api_key"), token.seconds("iat")) == ("abcd", AT.timestamp())


def test_the_algorithm_of_messagebirds_token_is_kept() -> None:
    old = write_token({}, b"k", "HS512").encode()
    found = signed("messagebird", headers=(JSON, (b"MessageBird-Signature-JWT", old)))
    token = read_token(values_of(found, "messagebird-signature-jwt")[0].decode())
    assert token is not None
    assert token.header["alg"] == "HS512"


def test_the_key_of_sinchs_application_is_kept() -> None:
    old = ((b"Authorization", b"service 100%:old"), JSON)
    found = signed("sinch-application", headers=old)
    assert values_of(found, "authorization")[0].startswith(b"service 100%:")
    assert verdict_of("sinch-application", received(found)).verdict is SignatureVerdict.VALID


def test_an_id_of_svix_is_kept_and_its_time_is_new() -> None:
    old = ((b"svix-id", b"msg_1"), (b"svix-timestamp", b"1"), (b"svix-signature", b"v1,a"))
    found = signed("standardwebhooks", headers=old)
    assert (values_of(found, "svix-id"), values_of(found, "svix-timestamp")) == ([b"msg_1"], [b"1795896000"])
    assert verdict_of("standardwebhooks", received(found)).verdict is SignatureVerdict.VALID


def test_a_new_signature_is_stale_after_the_window() -> None:
    found = signed("stripe")
    judgement = verdict_of("stripe", received(found, received_at=AT + timedelta(seconds=301)))
    assert judgement.verdict is SignatureVerdict.STALE


@pytest.mark.parametrize("scheme", [name for name in PROVIDERS if name != "basic"])
def test_a_wrong_signature_has_the_form_of_a_right_one(scheme: str) -> None:
    right, wrong = signed(scheme), signed(scheme, wrongly=True)
    assert right != wrong
    sizes = [[(name, len(value)) for name, value in each.headers] for each in (right, wrong)]
    assert sizes[0] == sizes[1]
    assert len(right.url) == len(wrong.url)
