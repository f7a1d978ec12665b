"""Reading the log: what is new in a bin, in bounded chunks."""

from app.domain.captures import Outcome
from app.storage.ids import number_of
from app.storage.ledger import feed
from app.storage.ledger.feed import (
    LogChunk,
    LogHead,
    is_up_to_date,
    next_capture,
    read_annotations,
    read_chunk,
    read_deletions,
    read_log_heads,
)
from app.storage.ledger.spaces import Space
from app.storage.log import jobs
from tests.storage.builders import a_raw
from tests.storage.inside import BIN, Inside

OK = Outcome(status=200, after_ms=1)


def space(n: int = 0, k: int = 0, d: int = 0, a: int = 0) -> Space:
    """A space that has followed up to there."""
    return Space(1, 1, "current", "", 0, n, k, d, a, *[0] * 10, None, 0)


def head(inside: Inside) -> LogHead:
    with inside.log.read() as log:
        (found,) = read_log_heads(log, [1])
    return found


def chunk(inside: Inside, place: Space, limit: int = 500) -> LogChunk:
    with inside.log.read() as log:
        return read_chunk(log, read_log_heads(log, [1])[0], place, limit)


def numbers(found: LogChunk) -> list[int]:
    return [number_of(row["id"]) for row in found.captures]


def outcomes(found: LogChunk) -> list[int]:
    return [row["n"] for row in found.outcomes]


def test_a_head_says_what_is_set_and_how_far_the_bin_is(inside: Inside) -> None:
    for _ in range(3):
        inside.keep(a_raw())
    inside.settle(2, OK)
    inside.drop(1)
    inside.apply(jobs.SetBin(BIN, "Name", None, None, 7))
    found = head(inside)
    assert (found.id, found.name, found.stuck_s, found.version) == (BIN, "Name", 7, 1)
    assert (found.last_n, found.last_k, found.last_d, found.deleted) == (3, 1, 1, False)
    inside.apply(jobs.DropBin(BIN))
    assert head(inside).deleted
    with inside.log.read() as log:
        assert read_log_heads(log, [1, 9]) == read_log_heads(log)


def test_captures_come_in_pieces_with_the_outcomes_of_those_that_have_come(inside: Inside) -> None:
    for _ in range(4):
        inside.keep(a_raw())
    for n in (1, 4, 2):
        inside.settle(n, OK)
    first = chunk(inside, space(), 2)
    assert (numbers(first), first.upto_n) == ([1, 2], 2)
    assert (outcomes(first), first.upto_k) == ([1], 1)
    second = chunk(inside, space(2, 1), 2)
    assert (numbers(second), second.upto_n) == ([3, 4], 4)
    assert (outcomes(second), second.upto_k) == ([4, 2], 3)
    last = chunk(inside, space(4, 3), 2)
    assert (numbers(last), last.upto_n, outcomes(last), last.upto_k) == ([], 4, [], 3)


def test_where_captures_are_missing_at_the_end_the_position_is_that_of_the_bin(inside: Inside) -> None:
    for _ in range(3):
        inside.keep(a_raw())
    inside.drop(3)
    found = chunk(inside, space(), 5)
    assert (numbers(found), found.upto_n) == ([1, 2], 3)
    assert is_up_to_date(head(inside), space(3, 0, 1))
    assert not any(is_up_to_date(head(inside), each) for each in (space(2, 0, 1), space(3, 1, 1), space(3, 0, 0)))


def test_large_bodies_make_smaller_pieces_of_one_capture_at_least(inside: Inside, monkeypatch) -> None:
    monkeypatch.setattr(feed, "MAX_BYTES", 250)
    for size in (100, 100, 100, 900, 10):
        inside.keep(a_raw(b"a" * size))
    found = [chunk(inside, space(n)) for n in (0, 2, 3, 4)]
    assert [numbers(each) for each in found] == [[1, 2], [3], [4], [5]]
    assert [each.upto_n for each in found] == [2, 3, 4, 5]


def test_many_outcomes_come_in_pieces_too(inside: Inside, monkeypatch) -> None:
    monkeypatch.setattr(feed, "MAX_OUTCOMES", 2)
    for n in range(1, 6):
        inside.keep(a_raw())
        inside.settle(n, OK)
    found = [chunk(inside, space(5, k)) for k in (0, 2, 4)]
    assert [outcomes(each) for each in found] == [[1, 2], [3, 4], [5]]
    assert [each.upto_k for each in found] == [2, 4, 5]


def test_the_last_request_to_read_again_gives_the_provider_of_what_it_covers(inside: Inside) -> None:
    inside.keep(a_raw(), provider="ytel")
    for provider in ("plivo", "twilio"):
        inside.apply(jobs.SetBin(BIN, "Bin", provider, None, 0), jobs.RequestReread(BIN))
    inside.keep(a_raw(), provider="sinch")
    found = chunk(inside, space())
    assert [found.provider_of(row) for row in found.captures] == ["twilio", "sinch"]


def test_without_such_a_request_each_has_the_provider_it_came_with(inside: Inside) -> None:
    inside.keep(a_raw(), provider="ytel")
    inside.keep(a_raw())
    found = chunk(inside, space())
    assert [found.provider_of(row) for row in found.captures] == ["ytel", None]


def test_deletions_behind_a_position_come_in_their_order(inside: Inside) -> None:
    for _ in range(4):
        inside.keep(a_raw())
    inside.drop(3)
    inside.drop(2)
    here = head(inside)
    with inside.log.read() as log:
        found = [read_deletions(log, here, space(4, 0, d)) for d in (0, 1, 2)]
        assert [([row["n"] for row in rows], reached) for rows, reached in found] == [([3, 2], 2), ([2], 2), ([], 2)]
        assert number_of(next_capture(log, here, space(1)) or 0) == 4
        assert next_capture(log, here, space(4)) is None
    inside.apply(jobs.DropCaptures(BIN))
    here = head(inside)
    with inside.log.read() as log:
        rows, reached = read_deletions(log, here, space(4))
        assert ([(row["n"], row["through"]) for row in rows], reached) == ([(4, 1)], 3)


def test_many_deletions_come_in_pieces(inside: Inside, monkeypatch) -> None:
    monkeypatch.setattr(feed, "MAX_DELETIONS", 2)
    for n in range(1, 4):
        inside.keep(a_raw())
        inside.drop(n)
    here = head(inside)
    with inside.log.read() as log:
        found = [read_deletions(log, here, space(3, 0, d)) for d in (0, 2)]
    assert [([row["n"] for row in rows], reached) for rows, reached in found] == [([1, 2], 2), ([3], 3)]


def test_annotations_come_in_pieces_and_wait_for_their_captures(inside: Inside, monkeypatch) -> None:
    monkeypatch.setattr(feed, "MAX_ANNOTATIONS", 2)
    for _ in range(4):
        inside.keep(a_raw())
    for n in (1, 4, 2, 3):
        inside.annotate(n, pinned=True)
    # The change of one that was changed before takes the place of the earlier one.
    inside.annotate(1, pinned=False)
    here = head(inside)
    assert here.last_a == 5
    with inside.log.read() as log:
        found = [read_annotations(log, here, space(n, a=a)) for n, a in ((3, 0), (4, 0), (4, 3), (4, 5))]
    assert [([row["n"] for row in rows], reached) for rows, reached in found] == [
        ([], 0), ([4, 2], 3), ([3, 1], 5), ([], 5),
    ]  # fmt: skip
    assert not is_up_to_date(here, space(4))
    assert is_up_to_date(here, space(4, a=5))
