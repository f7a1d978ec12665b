"""MessageBird and Bird: a token with hashes of URL and body, and two older forms with a time stamp."""

import base64
import hashlib
import hmac
from urllib.parse import urlencode

import jwt
import pytest
from hypothesis import given
from hypothesis import strategies as st
from messagebird.error import ValidationError
from messagebird.request_validator import RequestValidator
from messagebird.signed_request import SignedRequest as OldRequest

from app.domain.signatures import SignatureVerdict
from app.signatures import Secret, judge
from app.signatures.schemes.messagebird import BIRD, MESSAGEBIRD, MESSAGEBIRD_OLD
from tests.signatures.requests import RECEIVED_AT, Vector, a_signed

from .checking import cases, check

KEY = "a signing key of at least 64 bytes, so that PyJWT accepts it for HS512, too"
URL = "https://sms.example.net/k7m2q9xw4tz3r8vh/status?id=1&status=delivered"
NOW = int(RECEIVED_AT.timestamp())
FOREVER = 10**10


def token(url: str = URL, body: bytes = b"", algorithm: str = "HS256", nbf: int = NOW, **claims: object) -> str:
    """A token that only ends in a distant future for the SDK, which reads the clock of the machine."""
    given_claims: dict[str, object] = {
        "iss": "MessageBird", "nbf": nbf, "exp": FOREVER, "jti": "1",
        "url_hash": hashlib.sha256(url.encode()).hexdigest(),
    }  # fmt: skip
    if body:
        given_claims["payload_hash"] = hashlib.sha256(body).hexdigest()
    return jwt.encode(given_claims | claims, KEY, algorithm=algorithm)


def causes_of(text: str, url: str = URL, body: bytes = b"", key: str = KEY) -> tuple[SignatureVerdict, tuple[str, ...]]:
    request = a_signed(url, body, [("MessageBird-Signature-JWT", text)])
    judgement = judge(request, [Secret(label="a", value=key)], "messagebird")
    return judgement.verdict, judgement.causes


@pytest.mark.parametrize("vector", cases("messagebird"))
def test_a_vector_has_its_verdict_and_its_cause(vector: Vector) -> None:
    check(vector, "messagebird", vector.get("scheme", "messagebird"))


@given(st.binary(), st.sampled_from(["HS256", "HS384", "HS512"]), st.booleans())
def test_a_token_fits_where_the_sdk_accepts_it(body: bytes, algorithm: str, change: bool) -> None:
    text = token(body=body, algorithm=algorithm, nbf=1)
    received = body + b"!" if change else body
    request = a_signed(URL, received, [("MessageBird-Signature-JWT", text)])
    try:
        accepted = bool(RequestValidator(KEY).validate_signature(text, URL, received))
    except ValidationError:
        accepted = False
    assert accepted is not change
    assert MESSAGEBIRD.fits(request, KEY) is accepted
    assert MESSAGEBIRD.expected(request, KEY) == text


@pytest.mark.parametrize(("age_s", "causes"), [(60, ()), (61, ("expired",)), (-1, ()), (-2, ("clock_behind",))])
def test_a_token_is_valid_for_a_minute_from_its_nbf(age_s: int, causes: tuple[str, ...]) -> None:
    verdict = SignatureVerdict.STALE if causes else SignatureVerdict.VALID
    assert causes_of(token(nbf=NOW - age_s)) == (verdict, causes)


def test_a_changed_body_is_certain_because_the_token_itself_is_right() -> None:
    assert causes_of(token(body=b"a=1"), body=b"a=2") == (
        SignatureVerdict.WRONG_SECRET_OR_CHANGED, ("body_changed",),
    )  # fmt: skip
    assert causes_of(token(body=b"a=1"), body=b"") == (
        SignatureVerdict.WRONG_SECRET_OR_CHANGED, ("body_changed",),
    )  # fmt: skip


def test_the_scheme_of_the_url_is_named() -> None:
    assert causes_of(token(), url=URL.replace("https", "http")) == (SignatureVerdict.VALID_AS, ("scheme",))


@pytest.mark.parametrize(
    "text",
    [
        token(iss="Vonage"), token(url_hash=None), token(url_hash=12), token().rpartition(".")[0] + ".",
        token()[:-1], "a.b.c", "", jwt.encode({"iss": "MessageBird"}, "", algorithm="none"),
    ],
)  # fmt: skip
def test_another_token_fits_nothing(text: str) -> None:
    request = a_signed(URL, b"", [("MessageBird-Signature-JWT", text)])
    assert not MESSAGEBIRD.fits(request, KEY)
    assert not MESSAGEBIRD.fits(request, "")


@given(
    st.dictionaries(st.text(st.characters(codec="utf-8"), min_size=1), st.text(st.characters(codec="utf-8"))),
    st.text(st.characters(max_codepoint=255)),
)
@pytest.mark.filterwarnings("ignore:signed_request:DeprecationWarning")
def test_the_old_signature_is_that_of_the_sdk(params: dict[str, str], body: str) -> None:
    payload = OldRequest("", NOW, body, params)._build_payload().encode("latin-1")
    signature = base64.b64encode(hmac.digest(KEY.encode(), payload, "sha256")).decode()
    assert OldRequest(signature, NOW, body, params).verify(KEY)
    query = urlencode(list(reversed(params.items())))
    headers = [("MessageBird-Signature", signature), ("MessageBird-Request-Timestamp", str(NOW))]
    request = a_signed(f"https://sms.example.net/k?{query}", body.encode("latin-1"), headers)
    assert MESSAGEBIRD_OLD.fits(request, KEY)
    assert not MESSAGEBIRD_OLD.fits(
        a_signed(f"https://sms.example.net/k?{query}", body.encode("latin-1") + b"!", headers), KEY
    )


def test_bird_signs_the_whole_url_and_names_its_scheme() -> None:
    body = b'{"service":"channels"}'
    signed = b"%d\n%s\n" % (NOW, URL.encode()) + hashlib.sha256(body).digest()
    signature = base64.b64encode(hmac.digest(KEY.encode(), signed, "sha256")).decode()
    headers = [("MessageBird-Signature", signature), ("MessageBird-Request-Timestamp", str(NOW))]
    judgement = judge(a_signed(URL, body, headers), [Secret(label="a", value=KEY)], "messagebird")
    assert (judgement.verdict, judgement.scheme) == (SignatureVerdict.VALID, "bird")
    assert b"".join(part.value for part in BIRD.parts(a_signed(URL, body, headers))) == signed
    assert BIRD.stamp(a_signed(URL, body, headers)) == RECEIVED_AT
