"""One reading of a Host: what is none is told apart, and nothing raises."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.web.site.hosts import Host, parse_host


@pytest.mark.parametrize(
    ("text", "host"),
    [
        ("localhost", Host("localhost")),
        ("LocalHost:8010", Host("localhost", 8010)),
        ("sms.example.net.", Host("sms.example.net")),
        ("sms.example.net.:443", Host("sms.example.net", 443)),
        ("a_b", Host("a_b")),
        ("127.0.0.1:80", Host("127.0.0.1", 80)),
        ("127.0.0.1:", Host("127.0.0.1")),
        ("[::1]", Host("::1")),
        ("[::1]:8010", Host("::1", 8010)),
        ("[::FFFF:1.2.3.4]:65535", Host("::ffff:1.2.3.4", 65_535)),
    ],
)
def test_a_name_or_an_address_and_perhaps_a_port(text: str, host: Host) -> None:
    assert parse_host(text) == host


@pytest.mark.parametrize(
    "text",
    [
        "", ":80", "[", "[]", "[::1", "[::1]80", "[::1]x:80", "[::1%eth0]", "[127.0.0.1]",
        "::1", "a:b", "a:-1", "a:+1", "a:1:2", "a:65536", "a:000080", "a:٣", "a b", "a/b",
        "a@b", "user:x@a", "a..b", ".a", "-a.b", "a-.b",
        "é", "a" * 64, "a\0", "a\n", "a,b", ("a" * 50 + ".") * 6, "..", ".",
    ],
)  # fmt: skip
def test_anything_else_is_none(text: str) -> None:
    assert parse_host(text) is None


@given(st.text() | st.text(alphabet="[]:.%-_a1 é", max_size=12))
def test_whatever_is_sent_nothing_raises(text: str) -> None:
    host = parse_host(text)
    assert host is None or (host.name.isascii() and host.port in (None, *range(65_536)))


@pytest.mark.parametrize(
    ("text", "is_address"), [("127.0.0.1", True), ("[::1]:1", True), ("localhost", False), ("1.2.3.4.example", False)]
)
def test_addresses_are_told_from_names(text: str, is_address: bool) -> None:
    host = parse_host(text)
    assert host is not None
    assert host.is_address is is_address
