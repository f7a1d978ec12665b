"""The pairings of one transaction of the ledger, and the counts of their verdicts and gaps."""

from datetime import timedelta

from app import clock
from app.domain.captures import Outcome
from app.domain.pairings.model import FALLBACK_ONLY, NO_FALLBACK, Hit, begin_pairing
from app.domain.roles import Role
from app.storage.ledger.pairs import codes_of
from tests.storage.engines import on_both_engines
from tests.storage.inside import Inside, Ledger

from .events import called, came
from .folds import folding

NOW = clock.now()
OK, FAILED = Outcome(status=200, after_ms=2), Outcome(status=500, after_ms=2)


def _hit(n: int, *, fallback: bool = False, seconds: float = 0.0, **more: object) -> Hit:
    return Hit(n=n, at=NOW + timedelta(seconds=seconds), fallback=fallback, method="POST", **more)


def _verdicts(ledger: Ledger) -> list[tuple]:
    return ledger.rows("select verdict, pairs from verdict_counts order by verdict")


def _gaps(ledger: Ledger) -> list[tuple]:
    return ledger.rows("select gap_ms, pairs from gap_counts order by gap_ms")


@on_both_engines
def test_a_pairing_is_counted_under_its_new_verdict_only(inside: Inside, ledger: Ledger) -> None:
    inside.state(came("m"), received_at=NOW)
    inside.settle(1, FAILED)
    ledger.follow()
    (before,) = _verdicts(ledger)
    inside.state(came("m"), Role.FALLBACK, received_at=NOW + timedelta(seconds=2))
    inside.settle(2, OK)
    ledger.follow()
    assert before != ("fallback_after_error", 1)
    assert (_verdicts(ledger), _gaps(ledger)) == ([("fallback_after_error", 1)], [(2_000, 1)])


@on_both_engines
def test_a_gap_counts_only_where_the_fallback_was_used(inside: Inside, ledger: Ledger) -> None:
    """Else a bin could show a gap beside "Fallback used 0"."""
    for name, primary in (("taken", OK), ("failed", FAILED)):
        inside.state(came(name, name), Role.FALLBACK, received_at=NOW)
        inside.state(came(name, name), received_at=NOW + timedelta(milliseconds=1))
        last = ledger.rows("select count(*) from captures")[0][0]
        inside.settle(last + 1, OK)
        inside.settle(last + 2, primary)
        ledger.follow()
        if primary is OK:
            assert (_verdicts(ledger), _gaps(ledger)) == ([("both_ok", 1)], [])
    assert _verdicts(ledger) == [("both_ok", 1), ("fallback_after_error", 1)]
    assert _gaps(ledger) == [(0, 1)], "it was there before the primary, so nobody waited"


@on_both_engines
def test_two_pairings_of_one_verdict_are_counted_together(inside: Inside, ledger: Ledger) -> None:
    for name in ("a", "b"):
        inside.state(came(name, name))
    for n in (1, 2):
        inside.settle(n, OK)
    ledger.follow()
    assert _verdicts(ledger) == [("primary_only", 2)]


@on_both_engines
def test_an_erased_pairing_is_taken_out_of_the_counts_and_its_captures(inside: Inside, ledger: Ledger) -> None:
    inside.state(came("m"), Role.FALLBACK)
    ledger.follow()
    assert ledger.rows("select findings from captures") == [(FALLBACK_ONLY,)]
    with folding(ledger) as fold:
        pair = fold.pairs.get(fold.space.id(1))
        assert pair is not None
        fold.pairs.erase(pair)
    assert (_verdicts(ledger), _gaps(ledger), ledger.rows("select id from pairings")) == ([], [], [])
    assert ledger.rows("select findings from captures") == [("",)]


@on_both_engines
def test_a_pairing_that_begins_again_for_its_message_keeps_its_row(inside: Inside, ledger: Ledger) -> None:
    inside.state(came("a", "a"))
    inside.state(came("b", "b"))
    ledger.follow()
    with folding(ledger) as fold:
        pair = fold.pairs.get(fold.space.id(1))
        assert pair is not None
        fold.pairs.erase(pair)
        again = fold.pairs.begin(_hit(1), message=pair.message)
        other = fold.pairs.begin(_hit(2), message=99)
        assert (again.id, other.id) == (pair.id, fold.space.id(3))


@on_both_engines
def test_a_call_is_found_by_its_id_before_and_after_it_is_written(inside: Inside, ledger: Ledger) -> None:
    inside.state(called("c"), Role.VOICE)
    ledger.follow()
    with folding(ledger) as fold:
        stored = fold.pairs.find_call("c")
        new = fold.pairs.begin(_hit(5), call="d")
        assert stored is not None
        assert (stored.call, fold.pairs.find_call("d"), fold.pairs.find_call("e")) == ("c", new, None)
        fold.pairs.erase(new)
        assert fold.pairs.find_call("d") is None


@on_both_engines
def test_the_message_that_leaves_takes_its_hits_along_and_the_other_one_stays(inside: Inside, ledger: Ledger) -> None:
    inside.state(came("m"))
    ledger.follow()
    with folding(ledger) as fold:
        pair = fold.pairs.begin(_hit(1), message=11)
        pair.twin = 12
        fold.pairs.absorb(pair, _hit(2, fallback=True), 12)
        assert [hit.twin for hit in pair.pairing.hits] == [False, True]
        fold.pairs.leave(pair, 11)
        assert (pair.message, pair.twin, [hit.n for hit in pair.pairing.hits]) == (12, None, [2])
        assert pair.messages == (12,)


@on_both_engines
def test_a_pairing_without_hits_is_erased(inside: Inside, ledger: Ledger) -> None:
    inside.state(came("m"))
    ledger.follow()
    with folding(ledger) as fold:
        pair = fold.pairs.get(fold.space.id(1))
        assert pair is not None
        assert pair.message is not None
        fold.pairs.leave(pair, pair.message)
    assert ledger.rows("select id from pairings") == []
    assert _verdicts(ledger) == []


@on_both_engines
def test_a_missing_fallback_is_shown_on_the_last_hit(inside: Inside, ledger: Ledger) -> None:
    for salt in ("1", "2"):
        inside.state(came("m"), salt=salt)
    for n in (1, 2):
        inside.settle(n, FAILED)
    ledger.follow()
    with folding(ledger) as fold:
        pair = fold.pairs.get(fold.space.id(1))
        assert pair is not None
        fold.mark_missing(pair)
    found = [row[0].split(",") for row in ledger.rows("select findings from captures order by id")]
    assert [NO_FALLBACK in codes for codes in found] == [False, True]


def test_a_pairing_without_findings_gives_its_captures_none() -> None:
    assert codes_of(begin_pairing(_hit(1), voice=False)) == {}
    assert codes_of(begin_pairing(_hit(1, fallback=True), voice=False)) == {1: (FALLBACK_ONLY,)}
