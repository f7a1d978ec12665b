"""Chunked bodies: in parts of any size, and with one interpretation only."""

import h11
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.ingress.chunked import LINES_AT_ONCE, MAX_LINE, MAX_TRAILER_LINES, MAX_TRAILERS, Chunks

HEAD = b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
NEXT = b"GET / HTTP/1.1\r\n\r\n"
SIZES = [b"0", b"1", b"3", b"5", b"a", b"0005", b"F", b"-1", b"0x1", b";x", b';x="\r\n"']
LINES = [b"\r\n", b"\r", b"\n", b"X: 1\r\n", b"X : 1\r\n", b" folded\r\n", b"5\r\nhello\r\n", b"\r\n0\r\n\r\n"]
PIECES = st.lists(st.sampled_from([*SIZES, *LINES, b" ", b"\t", b"\x00", b"abc", b"hello"]))


def _feed(*pieces: bytes) -> tuple[bytes, int, Chunks]:
    """The content, and how many bytes belong to the body."""
    chunks, content, taken = Chunks(), b"", 0
    for piece in pieces:
        while piece and not (chunks.is_done or chunks.is_broken):
            found, count = chunks.feed(piece)
            content += found
            taken += count
            piece = piece[count:]
    return content, taken, chunks


WHOLE = [
    (b"0\r\n\r\n", b""),
    (b"5\r\nhello\r\n0\r\n\r\n", b"hello"),
    (b'5;a=b;c="d"\r\nhello\r\n6 ;x\r\n world\r\n000\r\n\r\n', b"hello world"),
    (b"A\r\n0123456789\r\na\r\n0123456789\r\n0\r\n\r\n", b"0123456789" * 2),
    (b"3\r\n\r\n\r\r\n0\r\n\r\n", b"\r\n\r"),
    (b"3\r\nabc\r\n0;last\r\nX-T: 1\r\nx-u:\r\n\r\n", b"abc"),
    (b"0\r\n" + b"X: 1\r\n" * MAX_TRAILER_LINES + b"\r\n", b""),
]
BROKEN = [
    b"zz\r\n",
    b"\r\n",
    b"-5\r\nhello\r\n",
    b"+5\r\nhello\r\n",
    b"0x5\r\nhello\r\n",
    b"5_0\r\n",
    b" 5\r\nhello\r\n",
    b"5 5\r\nhello\r\n",
    b"1234567890abcdef0\r\n",
    b"5\nhello\r\n",
    b"5\rhello\r\n",
    b"5;a\x00b\r\nhello\r\n",
    b"5;a\rb\r\nhello\r\n",
    b"5\r\nhello!\r\n",
    b"5\r\nhello\n0\r\n\r\n",
    b"5\r\nhello\r0\r\n\r\n",
    b"5\r\nhello0\r\n\r\n",
    b"0\r\nX : 1\r\n\r\n",
    b"0\r\n folded\r\n\r\n",
    b"0\r\nX: 1\n\r\n",
    b"0\r\nX\r\n\r\n",
    b"0\r\nX: a\rb\r\n\r\n",
    b"0\n\n",
    b"5" * MAX_LINE,
    b"5;" + b"a" * MAX_LINE + b"\r\nhello\r\n",
    b"0\r\n" + b"X: %s\r\n" % (b"a" * 4_000) * (MAX_TRAILERS // 4_000 + 1) + b"\r\n",
    b"0\r\n" + b"X: 1\r\n" * (MAX_TRAILER_LINES + 1) + b"\r\n",
]


@pytest.mark.parametrize(("wire", "content"), WHOLE)
def test_a_body_is_the_same_however_it_is_cut(wire: bytes, content: bytes) -> None:
    single = [wire[at : at + 1] for at in range(len(wire))]
    assert _feed(*single, NEXT)[:2] == (content, len(wire))
    for at in range(len(wire) + 1):
        found, taken, chunks = _feed(wire[:at], wire[at:] + NEXT)
        assert (found, taken, chunks.is_done) == (content, len(wire), True)


@pytest.mark.parametrize("wire", BROKEN, ids=lambda wire: repr(wire[:16]))
def test_what_is_no_chunk_is_refused_however_it_is_cut(wire: bytes) -> None:
    assert _feed(wire)[2].is_broken
    for at in range(min(len(wire), 40)):
        assert _feed(wire[:at], wire[at:])[2].is_broken
    assert _feed(*(wire[at : at + 1] for at in range(len(wire))))[2].is_broken


@pytest.mark.parametrize("line", [b"1\r\nx\r\n", b"1;a=b\r\nx\r\n"])
def test_at_once_only_some_lines_are_read(line: bytes) -> None:
    chunks, wire = Chunks(), line * 400
    _, taken = chunks.feed(wire)
    assert wire[:taken].count(b"\n") == LINES_AT_ONCE
    assert (chunks.is_done, chunks.is_broken) == (False, False)
    _, more = chunks.feed(wire[taken:])
    assert wire[taken : taken + more].count(b"\n") == LINES_AT_ONCE


def test_the_line_that_is_not_valid_is_known() -> None:
    for cut in range(3, 12):
        wire = b"3\r\nabc\r\nno chunk\r\nmore"
        chunks = Chunks()
        _, taken = chunks.feed(wire[:cut])
        rest = wire[taken:]
        chunks.feed(rest) if not chunks.is_broken else None
        assert chunks.is_broken
        assert wire[8:].startswith(chunks.line)


def test_what_was_held_before_the_nonsense_is_given() -> None:
    assert _feed(b"3\r\nabc\r\nzz\r\n")[0] == b"abc"


@settings(max_examples=300)
@given(PIECES, st.integers(0, 40))
def test_another_parser_finds_the_same_body(pieces: list[bytes], cut: int) -> None:
    wire = b"".join(pieces)
    content, taken, chunks = _feed(wire[:cut], wire[cut:])
    if not chunks.is_done:
        return
    other = h11.Connection(h11.SERVER)
    other.receive_data(HEAD + wire)
    assert isinstance(other.next_event(), h11.Request)
    body = bytearray()
    while isinstance(event := other.next_event(), h11.Data):
        body += event.data
    assert isinstance(event, h11.EndOfMessage)
    assert (bytes(body), other.trailing_data[0]) == (content, wire[taken:])


@settings(max_examples=300)
@given(PIECES, st.lists(st.integers(1, 6)))
def test_cuts_change_nothing(pieces: list[bytes], sizes: list[int]) -> None:
    wire = b"".join(pieces)
    cut, at = [], 0
    for size in sizes:
        cut.append(wire[at : at + size])
        at += size
    content, _, chunks = _feed(*cut, wire[at:])
    whole, _, expected = _feed(wire)
    assert (content, chunks.is_done, chunks.is_broken) == (whole, expected.is_done, expected.is_broken)
