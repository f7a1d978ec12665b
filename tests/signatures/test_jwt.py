"""Tokens are read whatever is wrong with them, and checked with HS256, HS384 and HS512."""

import jwt as library
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.signatures.jwt import is_signed_with, read_token, signature_of, write_token

KEY = b"a key of at least 64 bytes, so that the library accepts it for each algorithm, too"


@pytest.mark.parametrize("algorithm", ["HS256", "HS384", "HS512"])
def test_a_token_of_the_library_is_right_and_with_another_key_it_is_not(algorithm: str) -> None:
    token = read_token(library.encode({"iat": 1700000000, "iss": "Vonage"}, KEY, algorithm=algorithm))
    assert token is not None
    assert (token.claim("iss"), token.seconds("iat"), token.claim("iat")) == ("Vonage", 1700000000.0, "")
    assert is_signed_with(token, KEY)
    assert not is_signed_with(token, KEY + b" ")


@pytest.mark.parametrize("algorithm", ["HS256", "HS384", "HS512"])
def test_the_library_accepts_a_written_token(algorithm: str) -> None:
    text = write_token({"jti": "é"}, KEY, algorithm)
    assert library.decode(text, KEY, algorithms=[algorithm]) == {"jti": "é"}


def test_the_right_signature_is_computed_for_a_token_that_is_wrong() -> None:
    good = write_token({"jti": "1"}, KEY)
    bad = read_token(good[:-4] + "AAAA")
    assert bad is not None
    assert not is_signed_with(bad, KEY)
    assert signature_of(bad, KEY) == good.rpartition(".")[2]


def test_an_unsigned_token_never_fits() -> None:
    token = read_token(library.encode({"jti": "1"}, None, algorithm="none"))
    assert token is not None
    assert not is_signed_with(token, b"")
    assert signature_of(token, KEY) is None


@pytest.mark.parametrize("text", ["", "a.b", "a.b.c", "e30.e30", "e30.W10.x", "e30.e30.é", "e30.e30." + "A" * 9000])
def test_what_is_no_token_is_none(text: str) -> None:
    assert read_token(text) is None


@given(st.text(alphabet='eyJ0.{}[]"é=-_', max_size=60))
def test_reading_never_raises(text: str) -> None:
    read_token(text)
