"""Wrong keys, and how a pasted signature is read."""

from base64 import b64encode, urlsafe_b64encode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.signatures.pasting.secrets import Pasted, encoding_mistake, read_pasted, wrong_keys

DIGEST = bytes(range(236, 256))


@pytest.mark.parametrize(
    ("key", "code"),
    [
        (b"token", None),
        (b"token\n", "key_newline"),
        (b"token ", "key_blank"),
        (b'"token"', "key_quotes"),
        (b"'token'", "key_quotes"),
        (b"", "key_empty"),
        (b"undefined", "key_empty"),
        (b"AC1", "key_is_id"),
        (b"dG9rZW4=", "key_encoded"),
    ],
)
def test_a_wrong_key_is_named(key: bytes, code: str | None) -> None:
    found = {each.value: each.mistakes for each in wrong_keys("token", b"token", ((b"AccountSid", b"AC1"),))}
    assert [mistake.code for mistake in found[key]] == ([code] if code else [])


def test_a_secret_that_is_to_be_decoded_has_other_mistakes() -> None:
    found = {each.value: each.mistakes for each in wrong_keys("whsec_dG9rZW4=", b"token", ())}
    assert found[b"token"] == ()
    assert found[b"whsec_dG9rZW4="][0].code == "key_text"
    assert found[b"dG9rZW4="][0].code == "key_prefix"
    decoded = {each.value: each.mistakes for each in wrong_keys("dG9rZW4=", b"dG9rZW4=", ())}
    assert decoded[b"token"][0].code == "key_decoded"
    digits = {each.value: each.mistakes for each in wrong_keys("746f6b656e", b"746f6b656e", ())}
    assert digits[b"token"][0].words == "the secret is decoded from hexadecimal digits before it is used"


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        (DIGEST.hex(), "hex"),
        (DIGEST.hex().upper(), "hex"),
        (DIGEST.hex(":"), "hex"),
        (b64encode(DIGEST).decode(), "base64"),
        (b64encode(DIGEST).decode().rstrip("="), "base64_unpadded"),
        (urlsafe_b64encode(DIGEST).decode(), "base64url"),
        (urlsafe_b64encode(DIGEST).decode().rstrip("="), "base64url"),
        (b64encode(DIGEST.hex().encode()).decode(), "base64_of_hex"),
        (f" sha256={DIGEST.hex()} ", "hex"),
        (f"v1,{b64encode(DIGEST).decode()}", "base64"),
        (f"t=1700000000,v1={DIGEST.hex()}", "hex"),
        (f"'{DIGEST.hex()}'", "hex"),
    ],
)
def test_the_encoding_of_a_pasted_signature_is_found(text: str, encoding: str) -> None:
    assert read_pasted(text) == [Pasted(DIGEST, encoding)]


@pytest.mark.parametrize("text", ["", "text", "0" * 39, "A" * 9000, "%%%%", "é"])
def test_what_is_no_signature_is_not_read(text: str) -> None:
    assert read_pasted(text) == []


def test_another_encoding_than_that_of_the_scheme_is_a_mistake() -> None:
    assert encoding_mistake(Pasted(DIGEST, "hex"), "hex") is None
    mistake = encoding_mistake(Pasted(DIGEST, "hex"), "base64")
    assert mistake is not None
    assert mistake.words == "the result is in hexadecimal digits instead of Base64"
    assert encoding_mistake(Pasted(DIGEST, "base64url"), "base64_unpadded") is None


@given(st.text(max_size=70), st.text(max_size=30))
def test_nothing_raises(text: str, secret: str) -> None:
    read_pasted(text)
    wrong_keys(secret, b"", ((b"api_key", b""),))
