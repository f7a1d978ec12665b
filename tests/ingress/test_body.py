"""Bodies: what is kept of one, and the memory that it reserves."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.errors import StoreUnavailable
from app.ingress import body as module
from app.ingress.body import Body, MemoryBudget
from app.ingress.head import RequestHead

WIRE = b"5\r\nhello\r\n6;x\r\n world\r\n0\r\nX-T: 1\r\n\r\n"


def _head(length: int = 0, *, chunked: bool = False) -> RequestHead:
    return RequestHead(b"", length, chunked, keep_alive=True, expects=False, upgrade=False, forwarded=None)


def test_a_body_ends_with_its_length() -> None:
    budget = MemoryBudget(100)
    body = Body(_head(5), 100, budget)
    assert (body.feed(b"hel"), body.is_received) == (b"", False)
    assert (body.feed(b"loGET /"), body.is_received, body.is_complete) == (b"GET /", True, True)
    assert budget.used == 5
    assert (body.end(), budget.used) == ((b"hello", None), 0)


def test_what_came_of_a_body_is_not_a_whole_one() -> None:
    body = Body(_head(5), 100, MemoryBudget(100))
    body.feed(b"hel")
    assert (body.end(), body.is_received, body.is_complete) == ((b"hel", None), False, False)


def test_over_the_limit_a_body_is_dropped_to_its_end() -> None:
    budget = MemoryBudget(100)
    body = Body(_head(10), 4, budget)
    assert body.feed(b"01234") == b""
    assert (body.is_too_long, body.is_received, budget.used) == (True, False, 4)
    assert body.feed(b"56789next") == b"next"
    assert (body.is_received, body.is_complete, body.is_broken) == (True, False, False)
    assert (body.end(), budget.used) == ((b"0123", None), 0)


def test_a_body_that_is_dropped_for_too_long_is_given_up(monkeypatch) -> None:
    monkeypatch.setattr(module, "MAX_DROPPED", 10)
    body = Body(_head(100), 4, MemoryBudget(100))
    body.feed(bytes(14))
    assert not body.is_given_up
    body.feed(bytes(1))
    assert body.is_given_up


def test_chunks_are_kept_with_and_without_their_framing() -> None:
    budget = MemoryBudget(200)
    body = Body(_head(chunked=True), 100, budget)
    assert body.feed(WIRE + b"next") == b"next"
    assert body.is_complete
    assert budget.used == len(WIRE) + len(b"hello world")
    assert (body.end(), budget.used) == ((b"hello world", WIRE), 0)


@pytest.mark.parametrize(("framing", "came"), [(100, b"3\r\nabc\r\nnonsense\r\n"), (9, b"abcnonsense\r\n")])
def test_of_a_body_that_is_not_valid_no_byte_is_lost(monkeypatch, framing: int, came: bytes) -> None:
    monkeypatch.setattr(module, "MAX_FRAMING", framing)
    for cut in range(1, 19):
        budget = MemoryBudget(100)
        body = Body(_head(chunked=True), 100, budget)
        wire = b"3\r\nabc\r\nnonsense\r\n"
        rest = body.feed(wire[:cut])
        rest = rest + wire[cut:] if body.is_broken else body.feed(wire[cut:])
        assert body.is_broken
        assert (body.end_broken() + rest, budget.used) == (came, 0)


def test_very_many_chunks_are_for_several_turns() -> None:
    body, wire = Body(_head(chunked=True), 1_000, MemoryBudget(10_000)), b"1\r\nx\r\n" * 500 + b"0\r\n\r\n"
    turns = 0
    while wire:
        wire = body.feed(wire)
        turns += 1
    assert (turns, body.is_complete, len(body.end()[0])) == (8, True, 500)


def test_more_framing_than_is_kept_costs_the_framing_alone(monkeypatch) -> None:
    monkeypatch.setattr(module, "MAX_FRAMING", len(WIRE) - 1)
    budget = MemoryBudget(1_000)
    body = Body(_head(chunked=True), 100, budget)
    for byte in WIRE:
        body.feed(bytes([byte]))
    assert body.is_complete
    assert (body.end(), budget.used) == ((b"hello world", None), 0)


def test_of_a_page_nothing_is_held() -> None:
    budget = MemoryBudget(0)
    for head, wire in ((_head(11), b"hello world"), (_head(chunked=True), WIRE)):
        body = Body(head, 0, budget)
        assert body.feed(wire + b"next") == b"next"
        assert (body.is_received, body.end()) == (True, (b"", None))


def test_a_body_that_does_not_fit_into_the_budget_is_refused_and_leaves_it_as_it_was() -> None:
    budget = MemoryBudget(10)
    budget.reserve(4)
    body = Body(_head(20), 100, budget)
    body.feed(b"01234")
    with pytest.raises(StoreUnavailable):
        body.feed(b"56")
    body.end()
    assert budget.used == 4


@given(st.binary(max_size=40), st.lists(st.integers(0, 9)), st.integers(0, 50), st.integers(0, 60), st.booleans())
def test_a_budget_has_back_exactly_what_it_gave(
    data: bytes, sizes: list[int], limit: int, size: int, chunked: bool
) -> None:
    budget = MemoryBudget(size)
    body = Body(_head(0 if chunked else 30, chunked=chunked), limit, budget)
    at = 0
    try:
        for count in [*sizes, 40]:
            body.feed((WIRE + data)[at : at + count])
            at += count
    except StoreUnavailable:
        pass
    assert 0 <= budget.used <= size
    kept, _ = body.end()
    assert len(kept) <= limit
    assert budget.used == 0


def test_the_framing_of_chunks_is_kept_up_to_its_limit_and_not_a_byte_more(monkeypatch) -> None:
    for limit, framing in ((len(WIRE), WIRE), (len(WIRE) - 1, None)):
        monkeypatch.setattr(module, "MAX_FRAMING", limit)
        body = Body(_head(0, chunked=True), 100, MemoryBudget(1_000))
        assert body.feed(WIRE) == b""
        assert body.end()[1] == framing
