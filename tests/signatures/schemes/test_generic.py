"""The 108 forms of HMAC: each is found and named, and a request without a signature is not taken for a signed one."""

import hmac
from base64 import b64decode, b64encode, urlsafe_b64encode

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.signatures import SignatureVerdict
from app.signatures import Secret, SignedRequest, judge
from app.signatures.schemes.generic import FORMS, GENERIC, Form, exactly
from tests.signatures.requests import a_signed

URL = "https://sms.example.net/k7m2q9xw4tz3r8vh"
BODY = b'{"text":"h\xc3\xa9"}'
# Usable as text, as Base64 and as hexadecimal digits, which give three different keys.
SECRET = "00112233445566778899aabbccddeeff"
STAMP, ID = "1795900000", "evt_1"


def digest_of(form: Form, body: bytes = BODY, url: str = URL) -> str:
    key = {"text": SECRET.encode(), "base64": b64decode(SECRET), "hex": bytes.fromhex(SECRET)}[form.key]
    before = {
        "body": "", "ts.body": f"{STAMP}.", "id.ts.body": f"{ID}.{STAMP}.", "url+body": url,
    }[form.message]  # fmt: skip
    digest = hmac.digest(key, before.encode() + body, form.algorithm)
    if form.encoding == "hex":
        return digest.hex()
    return (b64encode(digest) if form.encoding == "b64" else urlsafe_b64encode(digest).rstrip(b"=")).decode()


def signed(form: Form, value: str = "%s", body: bytes = BODY) -> SignedRequest:
    headers = [
        ("X-Request-Id", "another"), ("X-Acme-Signature", value % digest_of(form)), ("X-Acme-Timestamp", STAMP),
        ("X-Acme-Id", ID), ("ETag", "0" * 40), ("Content-Type", "application/json"),
    ]  # fmt: skip
    return a_signed(URL, body, headers)


def test_there_are_108_forms() -> None:
    assert len(FORMS) == 108


@pytest.mark.parametrize("name", FORMS)
def test_each_form_is_found_by_its_name(name: str) -> None:
    judgement = judge(signed(FORMS[name]), [Secret(label="a", value=SECRET)], None)
    assert (judgement.verdict, judgement.scheme, judgement.causes) == (SignatureVerdict.VALID, name, ())
    assert FORMS[name].words in judgement.sentence
    assert "(header x-acme-signature)" in judgement.sentence


@pytest.mark.parametrize("name", FORMS)
def test_a_changed_body_fits_no_form(name: str) -> None:
    judgement = judge(signed(FORMS[name], body=b'{"text":"hi"}'), [Secret(label="a", value=SECRET)], None)
    assert (judgement.verdict, judgement.scheme) == (SignatureVerdict.WRONG_SECRET_OR_CHANGED, "hmac")


@pytest.mark.parametrize(
    "value",
    ["sha256=%s", "v1=%s", "v1,%s", "v1:%s", "HMAC-SHA256 %s", "hmac acme:%s", 'sig="%s"', "t=1,v0=ab,v1=%s", "a %s"],
)
def test_the_label_of_the_value_does_not_matter(value: str) -> None:
    form = FORMS["hmac:sha256:b64:body:text"]
    assert GENERIC.fits(signed(form, value), SECRET)
    form = FORMS["hmac:sha256:hex:body:text"]
    assert GENERIC.fits(signed(form, value), SECRET)


def test_a_time_in_the_header_of_the_signature_is_read() -> None:
    digest = hmac.digest(SECRET.encode(), b"1700000000." + BODY, "sha256").hex()
    request = a_signed(URL, BODY, [("Acme-Signature", f"t=1700000000,v1={digest}")])
    scheme = exactly(request, SECRET)
    assert scheme is not None
    assert scheme.name == "hmac:sha256:hex:ts.body:text"
    assert [part.value for part in scheme.parts(request)] == [b"1700000000", b".", BODY]
    assert (scheme.sent(request), scheme.expected(request, SECRET)) == ((digest,), digest)


def test_the_scheme_of_the_url_is_named() -> None:
    form = FORMS["hmac:sha256:hex:url+body:text"]
    request = a_signed(URL.replace("https", "http"), BODY, [("X-Acme-Signature", digest_of(form))])
    judgement = judge(request, [Secret(label="a", value=SECRET)], None)
    assert (judgement.verdict, judgement.scheme, judgement.causes) == (
        SignatureVerdict.VALID_AS, form.name, ("scheme",),
    )  # fmt: skip


def test_a_body_that_was_written_again_is_named() -> None:
    form = FORMS["hmac:sha256:hex:body:text"]
    judgement = judge(signed(form, body=b'{"text": "h\\u00e9"}'), [Secret(label="a", value=SECRET)], None)
    assert (judgement.verdict, judgement.scheme, judgement.causes) == (
        SignatureVerdict.VALID_AS, form.name, ("body_changed",),
    )  # fmt: skip


def test_a_secret_of_one_form_says_that_another_one_fits() -> None:
    secret = Secret(label="a", value=SECRET, scheme="hmac:sha1:hex:body:text")
    judgement = judge(signed(FORMS["hmac:sha256:hex:body:text"]), [secret], None)
    assert (judgement.verdict, judgement.causes) == (SignatureVerdict.VALID_AS, ("algorithm",))


@pytest.mark.parametrize(
    "headers",
    [
        [("X-Request-Id", "0" * 40)],
        [("ETag", "0" * 64)],
        [("Content-Digest", "sha-256=:" + b64encode(bytes(32)).decode() + ":")],
        [("Digest", "SHA-256=" + b64encode(bytes(32)).decode())],
        [("X-Acme-Signature", "none")],
        [("Authorization", "Basic aG9vazpzM2NyZXQ=")],
        [],
    ],
)
def test_a_request_without_a_signature_is_not_taken_for_a_signed_one(headers: list[tuple[str, str]]) -> None:
    assert GENERIC.sent(a_signed(URL, BODY, headers)) == ()


def test_a_header_of_a_known_scheme_is_not_judged_as_any_hmac() -> None:
    request = a_signed(URL, BODY, [("X-Hub-Signature-256", "sha256=" + "0" * 64)])
    assert judge(request, [Secret(label="a", value=SECRET)], None).scheme == "github"


@pytest.mark.parametrize("header", ["Webhook-Signature", "X-Hub-Signature-256", "Stripe-Signature"])
def test_a_well_known_header_of_another_sender_is_judged_by_its_form(header: str) -> None:
    form = FORMS["hmac:sha512:hex:ts.body:text"]
    request = a_signed(URL, BODY, [(header, "v1=" + digest_of(form)), ("X-Acme-Timestamp", STAMP)])
    judgement = judge(request, [Secret(label="a", value=SECRET)], None)
    assert (judgement.verdict, judgement.scheme) == (SignatureVerdict.VALID, form.name)


def test_a_header_with_nearly_a_known_name_is_not_called_a_wrong_one() -> None:
    request = a_signed(URL, BODY, [("X-Webhook-Signature", "of another kind")])
    assert "is called" not in judge(request, [Secret(label="a", value=SECRET)], None).sentence


def test_without_a_secret_it_says_that_one_is_needed() -> None:
    judgement = judge(signed(FORMS["hmac:sha256:hex:body:text"]), [], None)
    assert (judgement.verdict, judgement.scheme) == (SignatureVerdict.UNDECIDED, "hmac")


def test_what_the_body_alone_would_give_is_expected() -> None:
    form = FORMS["hmac:sha512:b64url:body:text"]
    assert GENERIC.expected(signed(form), SECRET) == digest_of(form)
    assert GENERIC.expected(a_signed(URL, BODY), SECRET) is None


LINES = st.lists(
    st.tuples(
        st.sampled_from(["X-Sig", "T", "X-Id", "X-Time"]),
        st.text(st.characters(max_codepoint=255, exclude_characters="\r\n"), max_size=60),
    ),
    max_size=6,
)


@settings(max_examples=50)
@given(st.binary(max_size=60), st.text(max_size=30), LINES)
def test_no_header_raises(body: bytes, secret: str, headers: list[tuple[str, str]]) -> None:
    request = a_signed(URL, body, headers)
    GENERIC.sent(request)
    assert not GENERIC.fits(request, secret)
    GENERIC.expected(request, secret)


def test_a_stamp_is_no_part_of_a_verdict() -> None:
    assert GENERIC.stamp(signed(FORMS["hmac:sha256:hex:ts.body:text"])) is None
