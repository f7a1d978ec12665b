"""Header values, fields and URLs, as bytes and without errors."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.signatures.reading import (
    MAX_SIGNED_FIELDS,
    as_bytes,
    body_hash_of,
    fields_of,
    is_form,
    key_of,
    query_of,
    to_bytes,
    value_of,
    values_of,
    with_other_port,
    with_standard_port,
)
from tests.storage.builders import a_raw


def test_all_values_of_a_header_are_read_whatever_the_case_of_its_name() -> None:
    raw = a_raw(headers=((b"X-Sig", b"a"), (b"x-SIG", b"\xff"), (b"X-Sign", b"c")))
    assert values_of(raw, b"x-sig") == ("a", "ÿ")
    assert (value_of(raw, b"x-sig"), value_of(raw, b"x-none")) == ("a", "")
    assert as_bytes(("a ", "ÿ")) == (b"a", b"\xff")


def test_fields_are_bytes_in_order_with_blanks_and_repeats() -> None:
    body = b"b=2+%2B&a=&b=\xff%FF&&c&d=1=2&%C3%A9=%"
    assert fields_of(body) == (
        (b"b", b"2 +"), (b"a", b""), (b"b", b"\xff\xff"), (b"c", b""), (b"d", b"1=2"), ("é".encode(), b"%"),
    )  # fmt: skip


def test_a_form_with_too_many_fields_is_not_read() -> None:
    assert len(fields_of(b"&".join([b"a=1"] * (MAX_SIGNED_FIELDS + 1)))) == MAX_SIGNED_FIELDS + 1
    assert fields_of(b"&".join([b"a=1"] * (MAX_SIGNED_FIELDS + 2))) == ()


@pytest.mark.parametrize(
    ("method", "content_type", "expected"),
    [
        ("POST", b"application/x-www-form-urlencoded; charset=UTF-8", True),
        ("PUT", b"Application/X-WWW-Form-Urlencoded", True),
        ("POST", b"", True),
        ("GET", b"application/x-www-form-urlencoded", False),
        ("POST", b"application/json", False),
    ],
)
def test_what_is_signed_field_by_field(method: str, content_type: bytes, expected: bool) -> None:
    headers = ((b"Content-Type", content_type),) if content_type else ()
    assert is_form(a_raw(method=method, headers=headers)) is expected


@pytest.mark.parametrize(
    ("url", "other", "standard"),
    [
        ("https://a.test/k", "https://a.test:443/k", "https://a.test:443/k"),
        ("http://a.test", "http://a.test:80", "http://a.test:80"),
        ("https://a.test:443/k?x=:1", "https://a.test/k?x=:1", "https://a.test/k?x=:1"),
        ("https://a.test:8443/k", "https://a.test/k", "https://a.test:8443/k"),
        ("https://u:p@a.test/k", "https://u:p@a.test:443/k", "https://u:p@a.test:443/k"),
        ("https://[::1]:443?x", "https://[::1]?x", "https://[::1]?x"),
        ("/k", "/k", "/k"),
    ],
)
def test_the_same_url_with_or_without_a_port(url: str, other: str, standard: str) -> None:
    assert (with_other_port(url), with_standard_port(url)) == (other, standard)


def test_targets_are_bytes_and_other_text_is_utf8() -> None:
    assert (to_bytes("\xc3\xa9"), to_bytes("€"), key_of("é")) == (b"\xc3\xa9", b"\xe2\x82\xac", b"\xc3\xa9")
    assert to_bytes("\ud800") == key_of("\ud800") == b"\xed\xa0\x80"


def test_the_query_and_its_hash_of_the_body() -> None:
    assert query_of("https://a.test/k?a=%41#b") == "a=%41"
    assert query_of("http://[/k?a") == ""
    assert body_hash_of("https://a.test/k?x=1&bodySHA256=ab&bodySHA256=cd") == "ab"
    assert body_hash_of("https://a.test/k?x=1") is None


@given(st.binary(max_size=60), st.text(max_size=60))
def test_nothing_raises(body: bytes, url: str) -> None:
    fields_of(body)
    with_standard_port(url)
    body_hash_of(url)
    to_bytes(url)
