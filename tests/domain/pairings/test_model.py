"""Verdicts: the same from the same hits, in whatever order they and their outcomes became known."""

import random
from datetime import UTC, datetime, timedelta
from itertools import permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.captures import Outcome
from app.domain.pairings.model import (
    FALLBACK_METHOD,
    FALLBACK_ONLY,
    MOST_HITS,
    NO_FALLBACK,
    Hit,
    Pairing,
    PairingSummary,
    Verdict,
    absorb_hit,
    begin_pairing,
    due_at,
    ended_at,
    gap_ms,
    mark_missing,
    oddities_of,
    settle_hit,
    verdict_of,
    without_hits,
)
from app.domain.pairings.reasons import reason_of
from app.domain.pairings.wording import tries_text

START = datetime(2026, 11, 25, 10, 0, tzinfo=UTC)
OK = Outcome(status=200, after_ms=3)
LATE = Outcome(status=200, after_ms=16_000)
ERROR = Outcome(status=500, after_ms=3)
BROKEN = Outcome(status=200, after_ms=3, well_formed=False)
DROPPED = Outcome()
LEFT = Outcome(sender_left=True, left_ms=15_000)
GONE = Outcome(sender_left=True)


def _hit(n: int, seconds: float = 0.0, *, fallback: bool = False, **more: object) -> Hit:
    values = {"n": n, "at": START + timedelta(seconds=seconds), "fallback": fallback, "method": "POST"}
    return Hit(**values | more)


def _pairing(*steps: tuple[float, bool, Outcome | None]) -> Pairing:
    """(seconds, fallback, outcome) each; None is still held."""
    pairing = Pairing(message_id="m", voice=False, hits=())
    for n, (seconds, fallback, _) in enumerate(steps, 1):
        pairing = absorb_hit(pairing, _hit(n, seconds, fallback=fallback))
    for n, (_, _, outcome) in enumerate(steps, 1):
        if outcome is not None:
            pairing = settle_hit(pairing, n, outcome)
    return pairing


PRIMARY, FALLBACK = False, True


@pytest.mark.parametrize(
    ("steps", "verdict"),
    [
        ([(0, PRIMARY, OK)], Verdict.PRIMARY_ONLY),
        ([(0, PRIMARY, LATE)], Verdict.PRIMARY_ONLY),
        ([(0, PRIMARY, ERROR), (1, PRIMARY, OK)], Verdict.PRIMARY_ONLY),
        ([(0, PRIMARY, None)], Verdict.NEITHER_OK),
        ([(0, PRIMARY, ERROR)], Verdict.NEITHER_OK),
        ([(0, PRIMARY, BROKEN)], Verdict.NEITHER_OK),
        ([(0, PRIMARY, LEFT), (15, FALLBACK, ERROR)], Verdict.NEITHER_OK),
        ([(0, PRIMARY, LEFT), (15, FALLBACK, None)], Verdict.NEITHER_OK),
        ([(0, FALLBACK, ERROR)], Verdict.NEITHER_OK),
        ([(0, FALLBACK, OK)], Verdict.FALLBACK_ONLY),
        ([(0, PRIMARY, OK), (1, FALLBACK, OK)], Verdict.BOTH_OK),
        ([(1, PRIMARY, OK), (0, FALLBACK, OK)], Verdict.BOTH_OK),
        ([(1, PRIMARY, LATE), (0, FALLBACK, OK)], Verdict.BOTH_OK),
        ([(0, PRIMARY, OK), (1, FALLBACK, ERROR)], Verdict.PRIMARY_ONLY),
        ([(0, PRIMARY, LEFT), (15, FALLBACK, OK)], Verdict.FALLBACK_AFTER_TIMEOUT),
        ([(0, PRIMARY, GONE), (15, FALLBACK, OK)], Verdict.FALLBACK_AFTER_TIMEOUT),
        # No verdict rests on an outcome that is unknown.
        ([(0, PRIMARY, None), (15, FALLBACK, OK)], Verdict.NEITHER_OK),
        ([(0, PRIMARY, ERROR), (1, PRIMARY, None), (15, FALLBACK, OK)], Verdict.NEITHER_OK),
        ([(0, PRIMARY, OK), (1, FALLBACK, None)], Verdict.NEITHER_OK),
        ([(0, PRIMARY, OK), (1, PRIMARY, None)], Verdict.PRIMARY_ONLY),
        ([(0, PRIMARY, OK), (1, PRIMARY, None), (2, FALLBACK, OK)], Verdict.BOTH_OK),
        ([(0, PRIMARY, LATE), (15, FALLBACK, OK)], Verdict.FALLBACK_AFTER_TIMEOUT),
        ([(0, PRIMARY, Outcome(status=500, after_ms=16_000)), (15, FALLBACK, OK)], Verdict.FALLBACK_AFTER_TIMEOUT),
        # The answer of a second and more, whose time is known to some milliseconds, is the reason of what follows it.
        ([(0, PRIMARY, Outcome(status=500, after_ms=2_005)), (2, FALLBACK, OK)], Verdict.FALLBACK_AFTER_ERROR),
        ([(0, PRIMARY, ERROR), (0.001, FALLBACK, OK)], Verdict.FALLBACK_AFTER_ERROR),
        ([(0, PRIMARY, BROKEN), (1, FALLBACK, OK)], Verdict.FALLBACK_AFTER_ERROR),
        ([(0, PRIMARY, DROPPED), (1, FALLBACK, OK)], Verdict.FALLBACK_AFTER_ERROR),
        ([(0, PRIMARY, LEFT), (16, PRIMARY, ERROR), (17, FALLBACK, OK)], Verdict.FALLBACK_AFTER_ERROR),
        ([(0, PRIMARY, ERROR), (1, PRIMARY, LEFT), (17, FALLBACK, OK)], Verdict.FALLBACK_AFTER_TIMEOUT),
        # What comes to the primary after the fallback is no reason for it.
        ([(0, PRIMARY, ERROR), (1, FALLBACK, OK), (2, PRIMARY, LEFT)], Verdict.FALLBACK_AFTER_ERROR),
        ([(0, PRIMARY, LEFT), (15, FALLBACK, OK), (16, PRIMARY, ERROR)], Verdict.FALLBACK_AFTER_TIMEOUT),
    ],
)
def test_the_verdict_follows_from_what_each_url_answered(
    steps: list[tuple[float, bool, Outcome | None]], verdict: Verdict
) -> None:
    pairing = _pairing(*steps)
    assert pairing.verdict is verdict
    assert {verdict_of(order) for order in permutations(pairing.hits)} == {verdict}


@pytest.mark.parametrize(
    ("primary", "fallback", "verdict"),
    [
        # absent, taken, waiting, left and failed on the primary; absent, taken, waiting and failed on the fallback
        ((), (OK,), Verdict.FALLBACK_ONLY),
        ((), (None,), Verdict.NEITHER_OK),
        ((), (ERROR,), Verdict.NEITHER_OK),
        ((OK,), (), Verdict.PRIMARY_ONLY),
        ((OK,), (OK,), Verdict.BOTH_OK),
        ((OK,), (None,), Verdict.NEITHER_OK),
        ((OK,), (ERROR,), Verdict.PRIMARY_ONLY),
        ((None,), (), Verdict.NEITHER_OK),
        ((None,), (OK,), Verdict.NEITHER_OK),
        ((None,), (None,), Verdict.NEITHER_OK),
        ((None,), (ERROR,), Verdict.NEITHER_OK),
        ((LEFT,), (), Verdict.NEITHER_OK),
        ((LEFT,), (OK,), Verdict.FALLBACK_AFTER_TIMEOUT),
        ((LEFT,), (None,), Verdict.NEITHER_OK),
        ((LEFT,), (ERROR,), Verdict.NEITHER_OK),
        ((ERROR,), (), Verdict.NEITHER_OK),
        ((ERROR,), (OK,), Verdict.FALLBACK_AFTER_ERROR),
        ((ERROR,), (None,), Verdict.NEITHER_OK),
        ((ERROR,), (ERROR,), Verdict.NEITHER_OK),
        # Several on the fallback: one that took it is enough, and one that is open keeps the primary from deciding.
        ((OK,), (ERROR, None), Verdict.NEITHER_OK),
        ((ERROR,), (ERROR, OK), Verdict.FALLBACK_AFTER_ERROR),
        ((ERROR,), (OK, None), Verdict.FALLBACK_AFTER_ERROR),
    ],
)
def test_the_verdict_of_each_pair_of_sides(
    primary: tuple[Outcome | None, ...], fallback: tuple[Outcome | None, ...], verdict: Verdict
) -> None:
    steps = [(0, PRIMARY, outcome) for outcome in primary] + [(15, FALLBACK, outcome) for outcome in fallback]
    assert _pairing(*steps).verdict is verdict


OUTCOMES = (None, OK, LATE, ERROR, BROKEN, DROPPED, LEFT, GONE)
STEPS = st.lists(
    st.tuples(st.sampled_from((0.0, 0.01, 1.0, 15.0, 16.0, 40.0)), st.booleans(), st.sampled_from(OUTCOMES)),
    min_size=1, max_size=4,
)  # fmt: skip


@settings(deadline=None)
@given(steps=STEPS, data=st.data())
def test_hits_and_outcomes_in_any_order_make_the_same_pairing(
    steps: list[tuple[float, bool, Outcome | None]], data: st.DataObject
) -> None:
    expected = _pairing(*steps)
    hits = {n: _hit(n, seconds, fallback=fallback) for n, (seconds, fallback, _) in enumerate(steps, 1)}
    pairing = Pairing(message_id="m", voice=False, hits=())
    for n in data.draw(st.permutations(list(hits))):
        pairing = absorb_hit(pairing, hits[n])
        outcome = steps[n - 1][2]
        if outcome is not None and data.draw(st.booleans()):
            pairing = settle_hit(pairing, n, outcome)
    for n in data.draw(st.permutations(list(hits))):
        outcome = steps[n - 1][2]
        if outcome is not None:
            pairing = settle_hit(pairing, n, outcome)
    assert set(pairing.hits) == set(expected.hits)
    assert (pairing.verdict, pairing.gap_ms, pairing.findings, due_at(pairing)) == (
        expected.verdict, expected.gap_ms, expected.findings, due_at(expected),
    )  # fmt: skip


@settings(deadline=None)
@given(steps=STEPS, gone=st.sets(st.integers(1, 4)))
def test_what_is_taken_away_leaves_the_pairing_of_the_rest(
    steps: list[tuple[float, bool, Outcome | None]], gone: set[int]
) -> None:
    left = without_hits(_pairing(*steps), frozenset(gone))
    fresh = Pairing(message_id="m", voice=False, hits=())
    for hit in _pairing(*steps).hits:
        if hit.n not in gone:
            fresh = absorb_hit(fresh, hit)
    assert left == fresh


@pytest.mark.parametrize(
    ("known", "after_s"),
    [
        ({"ok": True}, 0),
        ({"ok": None}, 0),
        ({"ok": False, "status": 500, "after_ms": 2_000}, 2),
        ({"ok": False, "left_ms": 15_000, "sender_left": True}, 15),
        ({"ok": False, "left_ms": 0, "after_ms": 9_000, "sender_left": True}, 0),
        ({"ok": False, "status": 200, "left_ms": 15_000, "after_ms": 16_000, "sender_left": True}, 15),
        ({"ok": False, "status": 200, "after_ms": 16_000, "sender_left": True}, 16),
    ],
)
def test_a_request_ends_when_the_sender_leaves_or_else_with_the_last_byte(
    known: dict[str, object], after_s: int
) -> None:
    assert ended_at(_hit(1, 3, **known)) == START + timedelta(seconds=3 + after_s)


def test_a_missing_fallback_is_due_30_seconds_after_the_last_failure_and_marked_once() -> None:
    pairing = _pairing((0, PRIMARY, ERROR), (5, PRIMARY, LEFT))
    assert due_at(pairing) == START + timedelta(seconds=5 + 15 + 30)
    marked = mark_missing(pairing)
    assert (marked.findings, due_at(marked)) == ((NO_FALLBACK,), None)
    assert reason_of(marked) == (
        "The sender disconnected from the primary after 15.0 s without a response at the last of 2 attempts,"
        " and no fallback request came within 30 s."
    )
    assert absorb_hit(marked, _hit(9, 60, fallback=True)).findings == ()
    assert settle_hit(absorb_hit(marked, _hit(9, 60)), 9, OK).findings == ()


@pytest.mark.parametrize(
    "steps",
    [[(0, PRIMARY, None)], [(0, PRIMARY, OK)], [(0, PRIMARY, ERROR), (1, FALLBACK, None)], [(0, FALLBACK, ERROR)]],
)
def test_no_fallback_is_due_while_the_primary_may_still_be_ok_or_one_is_there(
    steps: list[tuple[float, bool, Outcome | None]],
) -> None:
    assert due_at(_pairing(*steps)) is None


def test_findings_are_about_the_capture_that_is_their_reason() -> None:
    first = _hit(1, fallback=True, ok=True)
    alone = begin_pairing(first, voice=False)
    assert (alone.findings, oddities_of(alone, first)) == ((FALLBACK_ONLY,), (FALLBACK_ONLY,))
    primary = _hit(2, 1, ok=True)
    both = absorb_hit(alone, primary)
    assert (both.findings, oddities_of(both, primary)) == ((), ())
    by_get = _hit(3, 2, fallback=True, ok=True, method="GET")
    odd = absorb_hit(both, by_get)
    assert odd.findings == (FALLBACK_METHOD,)
    assert (oddities_of(odd, by_get), oddities_of(odd, first)) == ((FALLBACK_METHOD,), ())


def test_the_gap_is_from_the_first_primary_to_the_first_fallback() -> None:
    steps = [(0, PRIMARY, ERROR), (1, PRIMARY, ERROR), (2.5, FALLBACK, OK), (3, FALLBACK, OK)]
    assert _pairing(*steps).gap_ms == 2_500
    assert gap_ms([_hit(1)]) is gap_ms([_hit(1), _hit(2)]) is None
    assert gap_ms([_hit(1, 2), _hit(2, 1, fallback=True)]) == -1_000


def test_a_summary_counts_all_or_some() -> None:
    summary = PairingSummary(by_verdict={Verdict.BOTH_OK: 2, Verdict.NEITHER_OK: 3})
    assert (summary.count(), summary.count(Verdict.BOTH_OK), summary.count(Verdict.PRIMARY_ONLY)) == (5, 2, 0)


def _repeated(*hits: Hit) -> Pairing:
    pairing = Pairing(message_id="m", voice=False, hits=())
    for hit in hits:
        pairing = absorb_hit(pairing, hit)
    return pairing


def test_of_an_id_that_is_sent_for_ever_the_first_and_the_newest_hits_stay() -> None:
    pairing = _repeated(*(_hit(n, n, ok=True) for n in range(1, 1_001)))
    half = MOST_HITS // 2
    assert [hit.n for hit in pairing.hits] == [*range(1, half + 1), *range(1_001 - half, 1_001)]
    assert pairing.verdict is Verdict.PRIMARY_ONLY
    assert reason_of(pairing) == "The primary accepted it at one of 32 or more attempts; the fallback was not needed."


@given(
    st.lists(st.tuples(st.booleans(), st.sampled_from([OK, LATE, ERROR, LEFT])), min_size=1, max_size=60),
    st.randoms(use_true_random=False),
)
def test_which_hits_stay_does_not_depend_on_when_their_outcomes_are_known(
    hits: list[tuple[bool, Outcome]], dice: random.Random
) -> None:
    soon = late = Pairing(message_id="m", voice=False, hits=())
    for n, (fallback, outcome) in enumerate(hits, 1):
        hit = _hit(n, n, fallback=fallback)
        soon, late = settle_hit(absorb_hit(soon, hit), n, outcome), absorb_hit(late, hit)
    order = list(enumerate(hits, 1))
    dice.shuffle(order)
    for n, (_, outcome) in order:
        late = settle_hit(late, n, outcome)
    assert soon == late


def test_the_first_hit_on_each_url_stays_whatever_follows() -> None:
    hits = [_hit(n, n, ok=False, fallback=n == 30) for n in range(1, 301)]
    pairing = _repeated(*hits)
    assert (len(pairing.hits), gap_ms(pairing.hits)) == (MOST_HITS, 29_000)
    assert (pairing.verdict, verdict_of(hits)) == (Verdict.NEITHER_OK, Verdict.NEITHER_OK)


def test_few_tries_are_counted_and_many_are_not() -> None:
    assert [tries_text([_hit(1)] * count) for count in (1, 15, 16, 32)] == ["1", "15", "16 or more", "32 or more"]
