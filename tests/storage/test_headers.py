"""Headers come back byte for byte, whatever is in them, and the common ones cost no more than a join."""

import pytest

from app.storage.headers import Headers, pack_headers, read_headers, write_headers

EVERY_BYTE = bytes(byte for byte in range(256) if byte != 0x0A)


@pytest.mark.parametrize(
    "headers",
    [
        pytest.param((), id="none"),
        pytest.param(((b"Host", b"a"),), id="one"),
        pytest.param(((b"X-b", b"1"), (b"x-A", b"2"), (b"X-b", b"1")), id="twice, in their order"),
        pytest.param(((b"", b""),), id="empty"),
        pytest.param(((b"A", b""), (b"", b"b")), id="empty halves"),
        pytest.param(((EVERY_BYTE, EVERY_BYTE),), id="every byte"),
        pytest.param(((b"A", b"one\n two"), (b"B", b"c")), id="a line break"),
        pytest.param(((b"A\nB", b"c"),), id="a line break in a name"),
        pytest.param(((b"A", EVERY_BYTE + b"\n"),), id="every byte and a line break"),
        pytest.param(((b"[", b"]"),), id="what looks like JSON"),
        pytest.param(((b'[["a","b"]]', b""),), id="what is JSON"),
        pytest.param(((b"A", b"[1]"),), id="JSON as a value"),
    ],
)
def test_they_come_back_byte_for_byte(headers: Headers) -> None:
    assert read_headers(write_headers(pack_headers(headers))) == headers


def test_common_ones_are_lines() -> None:
    assert pack_headers([(b"Host", b"a"), (b"X-B", b"\xff")]) == b"Host\na\nX-B\n\xff"
    assert write_headers(b"Host\na\nX-B\n\xff") == "Host\na\nX-B\n\xff"


def test_those_that_an_older_version_wrote_as_json_are_read() -> None:
    assert read_headers('[["X-b","1"],["x-B","\xff"]]') == ((b"X-b", b"1"), (b"x-B", b"\xff"))
    assert read_headers("[]") == ()
