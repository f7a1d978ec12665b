"""Drills: when a message has found its way, what the score is, what a provider did."""

from datetime import UTC, datetime, timedelta

import pytest

from app.domain.drills import (
    SERIES,
    Card,
    Drill,
    DrillStep,
    Observed,
    StepState,
    is_settled,
    judge_step,
    manner_of,
    met,
    plain_steps,
    score,
    series_steps,
)
from app.domain.faults import Fault, FaultKind
from app.domain.pairings.model import Hit, Pairing
from app.domain.roles import Role

NOW = datetime(2026, 11, 27, 12, 0, tzinfo=UTC)
RUN = "d1.0"


def _hit(n: int, after_s: float, *, ok: bool | None, fallback: bool = False, **more: object) -> Hit:
    at = NOW + timedelta(seconds=after_s)
    values = {"method": "POST", "drill": None if fallback or ok else RUN} | more
    return Hit(n=n, at=at, fallback=fallback, ok=ok, **values)  # type: ignore[arg-type]


def _pair(*hits: Hit) -> Pairing:
    return Pairing(message_id="m", voice=False, hits=hits)


FAILED = _hit(1, 0, ok=False, status=500, after_ms=4, fault="status", fault_said="status 500")
HELD = _hit(1, 0, ok=None, fault="hold")
HUNG_UP = _hit(1, 0, ok=False, left_ms=15_000, fault="hold")
TAKEN = _hit(2, 2.1, ok=True, fallback=True, method="GET")
TRIED_AGAIN = _hit(2, 10, ok=True, status=200)


@pytest.mark.parametrize(
    ("pairing", "after_s", "settled"),
    [
        (_pair(FAILED), 29, False),
        (_pair(FAILED), 30.1, True),
        (_pair(FAILED, TAKEN), 2.2, True),
        (_pair(FAILED, TRIED_AGAIN), 10.1, True),
        (_pair(HELD), 1_000, False),
        (_pair(HELD, TAKEN), 3, False),
        (_pair(HUNG_UP), 44, False),
        (_pair(HUNG_UP), 45, True),
        (_pair(FAILED, _hit(2, 2, ok=False, fallback=True)), 31, False),
        (_pair(FAILED, _hit(2, 2, ok=False, fallback=True)), 32, True),
        (_pair(FAILED, TRIED_AGAIN, _hit(3, 11, ok=False, fallback=True)), 12, False),
        (_pair(FAILED, TRIED_AGAIN, _hit(3, 11, ok=False, fallback=True)), 41, True),
    ],
)
def test_a_message_is_settled_when_somebody_took_it_or_nothing_comes_any_more(
    pairing: Pairing, after_s: float, settled: bool
) -> None:
    assert is_settled(pairing, NOW + timedelta(seconds=after_s)) is settled


UNDER_WAY = timedelta(seconds=6)
COUNTED = Fault(kind=FaultKind.STATUS, statuses=(500,), count=1, until=NOW + timedelta(minutes=10))
ENDLESS = Fault(kind=FaultKind.STATUS, statuses=(500,), until=NOW + timedelta(minutes=10))
FOUND = (_pair(FAILED, TAKEN),)
OPEN = (_pair(FAILED),)


def _judged(fault: Fault, seen: Observed, *, measuring: bool = False, off_at: datetime | None = None) -> DrillStep:
    step = DrillStep(title="", fault=fault, lasts_s=600, state=StepState.RUNNING, started_at=NOW, off_at=off_at)
    drill = Drill(id="d1", bin_id="b", role=Role.PRIMARY, measuring=measuring, started_at=NOW, steps=(step,))
    return judge_step(drill, 0, seen, UNDER_WAY)


@pytest.mark.parametrize(
    ("fault", "measuring", "is_on", "off_s", "pairings", "followed", "state"),
    [
        # A drill that somebody asked for: it runs until its fault is over, whatever comes.
        (COUNTED, False, True, None, (), False, StepState.RUNNING),
        (COUNTED, False, True, None, FOUND, False, StepState.RUNNING),
        # Then until all that met the fault are known and settled.
        (COUNTED, False, False, None, FOUND, False, StepState.DONE),
        (COUNTED, False, False, None, OPEN, False, StepState.WATCHING),
        (COUNTED, False, False, None, (), False, StepState.WATCHING),
        # Requests that met it are no longer waited for when they would have come.
        (COUNTED, False, False, 6, (), False, StepState.DONE),
        (COUNTED, False, False, 5.9, (), False, StepState.WATCHING),
        (ENDLESS, False, False, None, FOUND, False, StepState.WATCHING),
        (ENDLESS, False, False, 6, FOUND, False, StepState.DONE),
        (ENDLESS, False, False, 6, OPEN, False, StepState.WATCHING),
        # Measuring: one message that is settled is enough, and so is a redirect that was followed.
        (ENDLESS, True, True, None, (), False, StepState.RUNNING),
        (ENDLESS, True, True, None, OPEN, False, StepState.RUNNING),
        (ENDLESS, True, True, None, OPEN, True, StepState.DONE),
        (ENDLESS, True, True, None, FOUND, False, StepState.DONE),
        (ENDLESS, True, False, None, FOUND, False, StepState.WATCHING),
        (ENDLESS, True, False, 6, (), False, StepState.DONE),
    ],
)
def test_a_step_ends_when_nothing_more_is_to_be_expected_of_it(
    fault: Fault,
    measuring: bool,
    is_on: bool,
    off_s: float | None,
    pairings: tuple[Pairing, ...],
    followed: bool,
    state: StepState,
) -> None:
    at = NOW + timedelta(seconds=20)
    off_at = None if off_s is None else at - timedelta(seconds=off_s)
    seen = Observed(at=at, is_on=is_on, pairings=pairings, followed=followed)
    step = _judged(fault, seen, measuring=measuring, off_at=off_at)
    assert (step.state, step.ended_at) == (state, at if state is StepState.DONE else None)
    assert step.off_at == (None if is_on else off_at or at)
    assert step.card.messages == len(pairings)
    assert (step.manner is not None) is (measuring and bool(pairings))


def test_a_fault_that_comes_on_again_is_not_over() -> None:
    step = _judged(COUNTED, Observed(at=NOW, is_on=True, pairings=FOUND), off_at=NOW - timedelta(minutes=1))
    assert (step.state, step.off_at) == (StepState.RUNNING, None)


def test_the_score_tells_recovered_retried_lost_and_waiting_apart() -> None:
    card = score(
        [
            _pair(FAILED, TAKEN),
            _pair(FAILED, _hit(3, 4.1, ok=True, fallback=True), _hit(4, 5, ok=True, fallback=True)),
            _pair(FAILED, TRIED_AGAIN),
            _pair(FAILED),
            _pair(_hit(9, 50, ok=False)),
        ],
        NOW + timedelta(seconds=60),
    )
    assert card == Card(
        messages=5, recovered=2, retried=1, lost=1, waiting=1, duplicates=1, delay_p50_ms=4_100, delay_max_ms=10_000
    )


def test_a_message_that_nobody_has_met_yet_scores_nothing() -> None:
    assert score([], NOW) == Card()


def test_measuring_tells_tries_time_out_and_the_method_of_the_fallback() -> None:
    found = manner_of(
        _pair(HUNG_UP, _hit(2, 15.1, ok=None, fault="hold"), _hit(3, 30.4, ok=True, fallback=True, method="GET"))
    )
    assert found is not None
    assert (found.tries, found.gave_up_ms, found.fallback_ms) == (2, 15_000, 30_400)
    assert (found.method, found.fallback_method, found.followed) == ("POST", "GET", False)


def test_measuring_sees_whether_a_redirect_was_followed() -> None:
    redirected = _hit(1, 0, ok=False, status=302, fault="redirect")
    assert manner_of(_pair(redirected), followed=True).followed  # type: ignore[union-attr]
    assert not manner_of(_pair(redirected, TAKEN)).followed  # type: ignore[union-attr]


def test_a_message_that_never_hit_the_primary_measures_nothing() -> None:
    assert manner_of(_pair(TAKEN)) is None


def test_requests_that_met_the_fault_of_a_step_are_counted_once_each() -> None:
    assert met([_pair(FAILED, TAKEN), _pair(FAILED), _pair(_hit(7, 1, ok=False))], RUN) == 2


def test_a_series_has_one_step_for_each_way_to_fail_and_none_ends_by_count() -> None:
    steps = series_steps(NOW)
    assert [step.fault.kind for step in steps] == [kind for _, kind, _, _ in SERIES]
    assert {step.fault.count for step in steps} == {None}


def test_the_current_step_is_the_first_that_is_not_over() -> None:
    fault = Fault(kind=FaultKind.STATUS, statuses=(500,), count=3, until=NOW + timedelta(minutes=10))
    (step,) = plain_steps(fault, NOW)
    assert (step.title, step.lasts_s, step.state) == ("status 500", 600.0, StepState.WAITING)
    drill = Drill(id="d1", bin_id="b", role=Role.PRIMARY, measuring=False, started_at=NOW, steps=(step,))
    assert drill.current == 0
    assert drill.run_of(0) == RUN
