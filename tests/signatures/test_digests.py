"""Texts of digests and times: what can be read, and that nothing raises."""

from base64 import b64encode, urlsafe_b64encode
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.signatures.digests import base64_of, epoch, from_base64, hash_of, hmac_of, iso, same, seconds

AT = datetime(2026, 11, 28, 20, 0, 1, tzinfo=UTC)


@given(st.binary())
def test_base64_is_read_with_either_alphabet_and_without_padding(value: bytes) -> None:
    for text in (b64encode(value).decode(), urlsafe_b64encode(value).decode()):
        assert from_base64(text) == from_base64(text.rstrip("=")) == value
    assert from_base64(base64_of(value)) == value


@pytest.mark.parametrize("text", ["!", "A", "AAAAA", "AB CD", "AA===", "é", "A=AA"])
def test_what_is_no_base64_is_none(text: str) -> None:
    assert from_base64(text) is None


@pytest.mark.parametrize(
    ("text", "at"),
    [("1795896001", AT), ("0", datetime(1970, 1, 1, tzinfo=UTC)), ("", None), ("1795896001.5", None), ("-1", None),
     ("9" * 12, None), ("١", None)],
)  # fmt: skip
def test_seconds_since_1970_are_read(text: str, at: datetime | None) -> None:
    assert epoch(text) == at


def test_seconds_are_whole_ones() -> None:
    assert seconds(AT.replace(microsecond=999_999)) == 1795896001


@pytest.mark.parametrize(
    ("text", "at"),
    [("2026-11-28T20:00:01Z", AT), ("2026-11-28T20:00:01.000Z", AT), ("2026-11-28T22:00:01+02:00", AT),
     ("2026-11-28T20:00:01", AT), ("0001-01-01T00:00:00+23:59", None), ("no", None), ("2" * 1000, None)],
)  # fmt: skip
def test_iso_times_are_read_as_utc(text: str, at: datetime | None) -> None:
    assert iso(text) == at


def test_hashes_are_those_of_published_examples() -> None:
    """RFC 4231, test case 2, and the empty message of RFC 1321."""
    digest = hmac_of(b"Jefe", b"what do ya want for nothing?", "sha256")
    assert digest.hex() == "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
    assert hash_of(b"", "md5").hex() == "d41d8cd98f00b204e9800998ecf8427e"


@pytest.mark.parametrize(("one", "other", "is_same"), [("é", "é", True), ("a", "b", False), ("\ud800", "a", False)])
def test_texts_are_compared_whatever_is_in_them(one: str, other: str, is_same: bool) -> None:
    assert same(one, other) is is_same
