"""Heads: which are accepted, how they describe the body, and that they have one interpretation only."""

import h11
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.ingress.head import MAX_LINES, NotHttp, RequestHead, read_head

VALUES = [
    "0",
    "5",
    "05",
    "+5",
    "-1",
    "5, 5",
    "5 5",
    "",
    "0x5",
    "5\t",
    "chunked",
    "Chunked",
    "gzip, chunked",
    "chunked, gzip",
]
NAMES = [
    "Content-Length",
    "content-length",
    "Transfer-Encoding",
    "transfer-encoding",
    "X-A",
    "Content-Length ",
    "Content_Length",
]
LINE = st.builds("{}:{}{}{}".format, st.sampled_from(NAMES), st.sampled_from(["", " ", "\t"]), st.sampled_from(VALUES),
                 st.sampled_from(["\r\n"] * 8 + ["\n", "\r", "\r\n ", "\x00\r\n"]))  # fmt: skip
BODY = b"5\r\nhello\r\n0\r\n\r\nGET / HTTP/1.1\r\n"


def _read(*lines: str, version: str = "1.1") -> RequestHead:
    text = "".join(f"{line}\r\n" for line in lines)
    return read_head(version.encode(), f"{text}\r\n".encode("latin-1"))


def test_the_lines_are_kept_as_they_came() -> None:
    assert _read("hOsT: x", "X-b:1 ", "x-B:\t\xff").lines == b"hOsT: x\r\nX-b:1 \r\nx-B:\t\xff\r\n"


def test_a_head_of_nothing_is_one() -> None:
    head = read_head(b"1.1", b"\r\n")
    assert (head.lines, head.length, head.chunked, head.has_body) == (b"", 0, False, False)


def test_it_reports_how_long_the_body_is() -> None:
    assert (_read("Content-Length: 12").length, _read("content-length:12 ").length) == (12, 12)
    assert (_read("Transfer-Encoding: chunked").chunked, _read("transfer-encoding: gzip, chunked").chunked) == (
        True,
        True,
    )
    assert _read("Content-Length: 0").has_body is False


@pytest.mark.parametrize(
    "lines",
    [
        ("Content-Length: 2", "Content-Length: 2"),
        ("Content-Length: 2", "Content-Length: 3"),
        ("Content-Length: 2", "Transfer-Encoding: chunked"),
        ("Transfer-Encoding: chunked", "Content-Length: 2"),
        ("Transfer-Encoding: chunked", "Transfer-Encoding: chunked"),
        ("Transfer-Encoding: chunked, gzip",),
        ("Transfer-Encoding: identity",),
        ("Transfer-Encoding: xchunked",),
        ("Transfer-Encoding : chunked",),
        ("Transfer-Encoding\t: chunked",),
        ("Transfer-Encoding:\x0bchunked",),
        ("X-A: 1\r\n Transfer-Encoding: chunked",),
        ("X-A: 1\nTransfer-Encoding: chunked",),
        ("X-A: 1\rTransfer-Encoding: chunked",),
        ("X-A: 1\x00",),
        ("Content-Length: 2, 2",),
        ("Content-Length: +2",),
        ("Content-Length: -2",),
        ("Content-Length: 2 2",),
        ("Content-Length: 0x2",),
        ("Content-Length:",),
        ("Content-Length: 99999999999999999999",),
        (" Content-Length: 2",),
    ],
)
def test_what_could_be_read_in_two_ways_is_refused(lines: tuple[str, ...]) -> None:
    with pytest.raises(NotHttp) as caught:
        _read("Host: x", *lines)
    assert str(caught.value)


def test_a_refusal_repeats_nothing_of_what_came() -> None:
    with pytest.raises(NotHttp) as caught:
        _read("Content-Length: secret")
    assert "secret" not in str(caught.value)


def test_lines_are_counted() -> None:
    assert len(_read(*["X: 1"] * MAX_LINES).lines) == MAX_LINES * 6
    with pytest.raises(NotHttp, match="more than 256 header lines"):
        _read(*["X: 1"] * (MAX_LINES + 1))


@pytest.mark.parametrize(
    ("version", "lines", "stays"),
    [
        ("1.1", (), True),
        ("1.1", ("Connection: close",), False),
        ("1.1", ("connection: x, Close",), False),
        ("1.1", ("Connection: x", "Connection: close"), False),
        ("1.1", ("Connection: closed",), True),
        ("2.0", (), True),
        ("1.0", (), False),
        ("0.9", (), False),
        ("1.0", ("Connection: Keep-Alive",), True),
        ("1.0", ("Connection: keep-alive", "Transfer-Encoding: chunked"), False),
        ("1.0", ("Connection: keep-alive", "Content-Length: 2"), True),
    ],
)
def test_it_reports_whether_the_connection_stays(version: str, lines: tuple[str, ...], stays: bool) -> None:
    assert _read(*lines, version=version).keep_alive is stays


def test_only_a_client_of_http_1_1_waits_for_100() -> None:
    assert _read("Expect: 100-Continue").expects
    assert not _read("Expect: 100-continue", version="1.0").expects
    assert not _read("Expect: banana").expects


def test_an_upgrade_is_one_when_the_connection_reports_it_too() -> None:
    assert _read("Connection: keep-alive, Upgrade", "Upgrade: websocket").upgrade
    assert not _read("Upgrade: websocket").upgrade
    assert not _read("Connection: Upgrade").upgrade


def test_all_who_forwarded_are_reported_in_order() -> None:
    assert _read("X-Forwarded-For: a", "x-forwarded-for: b, c").forwarded == b"a, b, c"
    assert _read("X-Forwarded-Fox: a").forwarded is None


@given(st.lists(LINE, max_size=4), st.sampled_from(["1.1", "1.0"]))
def test_another_parser_that_accepts_a_head_finds_the_same_body(lines: list[str], version: str) -> None:
    block = ("Host: x\r\n" + "".join(lines) + "\r\n").encode()
    head_end = block.find(b"\r\n\r\n") + 4
    try:
        head = read_head(version.encode(), block[:head_end])
    except NotHttp:
        return
    other = h11.Connection(h11.SERVER)
    other.receive_data(b"POST / HTTP/%s\r\n" % version.encode() + block[:head_end] + BODY)
    try:
        assert isinstance(other.next_event(), h11.Request)
        body = bytearray()
        while isinstance(event := other.next_event(), h11.Data):
            body += event.data
    except h11.RemoteProtocolError:
        return
    assert isinstance(event, h11.EndOfMessage)
    assert bytes(body) == (b"hello" if head.chunked else BODY[: head.length])


@given(st.binary(max_size=60))
def test_any_bytes_are_a_head_or_are_refused(lines: bytes) -> None:
    try:
        head = read_head(b"1.1", lines + b"\r\n\r\n")
    except NotHttp:
        return
    assert head.lines == lines + b"\r\n"
