"""Buffered bytes: the end of a head, its validity, and the memory budget."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.errors import StoreUnavailable
from app.ingress.body import MemoryBudget
from app.ingress.buffer import FREE, Buffer
from app.ingress.head import MAX_BYTES

HEAD = b"POST /x HTTP/1.1\r\nHost: x\r\n\r\n"


def _of(*pieces: bytes) -> Buffer:
    buffer = Buffer()
    for piece in pieces:
        buffer.add(piece)
    return buffer


def _find(data: bytes, *cuts: int) -> tuple[int | None, bool]:
    """The end of the head, and whether it is invalid, when the bytes arrive in parts and each part is checked."""
    buffer, at = Buffer(), 0
    for cut in (*cuts, len(data)):
        buffer.add(data[at:cut])
        at = cut
        if not buffer:
            continue
        end = buffer.find_head()
        if end is not None:
            return end, False
        if buffer.is_invalid:
            return None, True
    return None, False


def test_a_head_ends_with_an_empty_line() -> None:
    assert _of(HEAD + b"body\r\n\r\n").find_head() == len(HEAD)


def test_it_is_found_however_it_is_cut() -> None:
    for first in range(len(HEAD)):
        for second in range(first, len(HEAD)):
            assert _find(HEAD, first, second) == (len(HEAD), False)


def test_a_head_that_is_too_long_is_not_found() -> None:
    fits = b"GET / HTTP/1.1\r\nX: " + b"a" * (MAX_BYTES - 23) + b"\r\n\r\n"
    assert _of(fits).find_head() == len(fits) == MAX_BYTES
    buffer = _of(fits.replace(b"X", b"XX"))
    assert (buffer.find_head(), buffer.is_too_long) == (None, True)


def test_empty_lines_before_a_request_belong_to_no_request() -> None:
    buffer = _of(b"\r\n\r")
    buffer.drop_empty_lines()
    assert len(buffer) == 0
    buffer.add(b"\n\n" + HEAD)
    buffer.drop_empty_lines()
    assert (buffer.find_head(), buffer.take_all(), len(buffer)) == (len(HEAD), HEAD, 0)


@pytest.mark.parametrize(
    "data",
    [
        b"\x16\x03\x01",
        b"GE(T /",
        b" GET /",
        b"GET\t/",
        b"GET\r\n",
        b"SSH-2.0-x\r\n",
        b"GET / HTTP/1.1\nHost: x",
        b"GET / HTTP/1.1\rHost: x",
        b"GET / HTTP/1.1\r\nHost: x\n\n",
        b"GET / HTTP/1.1\r\nHost: x\r\n\n",
        b"GET / HTTP/1.1\r\nHost: x\n\r\n",
        b"GET / HTTP/1.1\n",
    ],
)
def test_what_begins_no_request_or_has_bare_line_ends_is_reported_however_it_is_cut(data: bytes) -> None:
    for at in range(len(data)):
        assert _find(data, at) == (None, True)
    assert _find(data, *range(1, len(data))) == (None, True)


@pytest.mark.parametrize(
    "data", [b"G", b"GET", b"GET ", b"GET /x", b"GET / HTTP/1.1\r", HEAD[:-2], HEAD[:-1], b"M-X~! *"]
)
def test_what_may_become_a_request_is_waited_for(data: bytes) -> None:
    assert _find(data) == _find(data, *range(1, len(data))) == (None, False)


@given(st.lists(st.sampled_from([b"G", b" ", b"/", b"\r\n", b"\r", b"\n", b":", b"\x00"]), max_size=12))
def test_a_head_is_the_same_one_byte_at_a_time(pieces: list[bytes]) -> None:
    data = b"".join(pieces)
    end, is_invalid = _find(data)
    assert _find(data, *range(1, len(data))) in ((end, is_invalid), (None, True))
    if is_invalid:
        assert _find(data, *range(1, len(data)))[1]


@pytest.mark.parametrize("start", [b"GET / HTTP/1.1\r\n", b"GET /", b""], ids=["lines", "one line", "one word"])
def test_a_head_that_comes_byte_by_byte_costs_no_more_the_longer_it_is(start: bytes) -> None:
    """Checking all bytes each time would take minutes."""
    line = b"X-Abcd: 1\r\n" if b"\r\n" in start else b"a" * 11
    buffer = _of(start + line * 20_000)
    assert (buffer.find_head(), buffer.is_invalid) == (None, False)
    began = time.thread_time()
    for _ in range(2_000):
        for byte in line:
            buffer.add(bytes([byte]))
            assert buffer.find_head() is None
            assert not buffer.is_invalid
    assert time.thread_time() - began < 1


def test_a_budget_counts_the_bytes_while_they_wait() -> None:
    budget, other = MemoryBudget(10 * FREE), MemoryBudget(0)
    buffer = _of(bytes(FREE))
    buffer.charge(budget)
    assert budget.used == 0
    buffer.add(bytes(FREE))
    buffer.charge(budget)
    buffer.charge(other)  # it is counted in the first one
    assert budget.used == 2 * FREE
    buffer.add(b"x")
    buffer.charge(other)
    assert budget.used == 2 * FREE + 1
    buffer.take_all()
    assert budget.used == 0
    buffer.add(bytes(2 * FREE))
    with pytest.raises(StoreUnavailable):
        buffer.charge(other)
    buffer.clear()
    assert (budget.used, other.used) == (0, 0)
