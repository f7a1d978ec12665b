"""The JSON Web Token of Vonage's Messages API."""

from datetime import UTC, datetime
from hashlib import sha256

import jwt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.signatures import SignatureVerdict
from app.signatures import Secret, judge
from app.signatures.schemes import scheme_of
from tests.signatures.requests import a_signed

KEY = "vonage_messages_signature_secret_0001"
SECRET = Secret(label="account", value=KEY)
URL = "https://sms.example.net/k"
IAT = 1_700_000_000


def a_token(body: bytes, key: str = KEY, **claims: object) -> str:
    usual = {"iat": IAT, "jti": "1", "iss": "Vonage", "payload_hash": sha256(body).hexdigest(), "api_key": "abcd1234"}
    return jwt.encode({**usual, **claims}, key, algorithm="HS256")


def a_request(body: bytes, token: str):
    return a_signed(URL, body, [("Content-Type", "application/json"), ("Authorization", f"Bearer {token}")])


@given(st.binary(max_size=50))
def test_a_token_of_the_library_is_valid_and_a_changed_body_is_certain(body: bytes) -> None:
    assert judge(a_request(body, a_token(body)), [SECRET], "vonage").verdict is SignatureVerdict.VALID
    judgement = judge(a_request(body + b"~", a_token(body)), [SECRET], "vonage")
    assert judgement.verdict is SignatureVerdict.WRONG_SECRET_OR_CHANGED
    assert (judgement.causes, judgement.secret) == (("body_changed",), "account")


def test_the_way_of_writing_that_was_signed_is_named() -> None:
    judgement = judge(a_request(b'{"a": "h\\u00e9"}', a_token('{"a":"hé"}'.encode())), [SECRET], "vonage")
    words = "valid if the JSON is written without blanks and with its characters unescaped"
    assert judgement.variant == f"body_changed: {words}"


def test_another_secret_names_the_api_key_of_the_claims() -> None:
    judgement = judge(a_request(b"{}", a_token(b"{}", "x" * 32)), [SECRET], "vonage")
    assert judgement.variant == "secret: signed with the signature secret of the API key abcd1234"


def test_a_token_without_a_hash_covers_no_body() -> None:
    token = jwt.encode({"iss": "Vonage"}, KEY, algorithm="HS256")
    assert judge(a_request(b"anything", token), [SECRET], "vonage").verdict is SignatureVerdict.VALID


@pytest.mark.parametrize(
    "value", ["Basic dXNlcjpwYXNz", "Bearer abc", "Bearer a.b.c", "Bearer " + jwt.encode({"sub": "me"}, KEY)]
)
def test_other_authorization_is_no_signature_and_said_to_be_replaced(value: str) -> None:
    judgement = judge(a_signed(URL, b"{}", [("Authorization", value)]), [SECRET], "vonage")
    assert (judgement.verdict, judgement.causes) == (SignatureVerdict.UNSIGNED, ("authorization_replaced",))
    kind = value.partition(" ")[0]
    assert judgement.variant == (
        f"authorization_replaced: the header Authorization has {kind} credentials instead of Vonage's token"
    )


def test_the_parts_the_time_and_the_expected_signature() -> None:
    scheme = scheme_of("vonage-jwt")
    assert scheme is not None
    request = a_request(b"{}", a_token(b"{}"))
    head, _, signature = a_token(b"{}").rpartition(".")
    assert [part.value for part in scheme.parts(request)] == [head.encode(), b"{}"]
    assert scheme.expected(request, KEY) == signature
    assert scheme.stamp(request) == datetime.fromtimestamp(IAT, UTC)
    for iat in (-1, 10**18, "soon", None, True):
        assert scheme.stamp(a_request(b"{}", a_token(b"{}", iat=iat) if isinstance(iat, int) else _raw(iat))) is None
    assert scheme.parts(a_signed(URL)) == ()


def _raw(iat: object) -> str:
    from app.signatures.jwt import write_token

    return write_token({"iss": "Vonage", "iat": iat}, KEY.encode())
