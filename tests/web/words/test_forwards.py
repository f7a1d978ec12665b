"""What pages say about forwards."""

from datetime import UTC, datetime

import pytest

from app.domain.forwards.health import OFF_REASON
from app.domain.forwards.model import DispatchState, Forward, ForwardHealth, ForwardState, StoredForward
from app.domain.replays import Trigger
from app.services.forwards.shown import ShownDispatch
from app.web.words.forwards import (
    FORWARD_STATES,
    TRIGGER_TITLES,
    dispatch_look,
    dispatch_text,
    trouble_text,
    worst_dispatch,
)

NOW = datetime(2026, 11, 29, tzinfo=UTC)
WELL = ForwardHealth()


def shown(state: DispatchState, status: int | None = None, health: ForwardHealth = WELL) -> ShownDispatch:
    forward = StoredForward(
        id="f", bin_id="b", forward=Forward(name="F", url="https://x.example/"), health=health, made_at=NOW, position=0
    )
    return ShownDispatch(forward=forward, state=state, status=status, tries=1, at=None)


def test_every_state_has_words_and_a_look() -> None:
    assert set(FORWARD_STATES) == set(ForwardState)
    assert set(TRIGGER_TITLES) == set(Trigger)
    assert len({dispatch_text(shown(state)) for state in DispatchState}) == len(DispatchState)
    assert all(dispatch_look(shown(state))[0] for state in DispatchState)


@pytest.mark.parametrize(
    ("dispatch", "text"),
    [
        (shown(DispatchState.RETRYING, 503), "forward failed (503), tries again"),
        (shown(DispatchState.RETRYING), "forward failed (no answer), tries again"),
        (shown(DispatchState.REJECTED, 404), "forward rejected (404)"),
        (shown(DispatchState.HELD, health=ForwardHealth(probe_at=NOW)), "forward held"),
        (shown(DispatchState.HELD, health=ForwardHealth(paused=True)), "forward paused"),
        (shown(DispatchState.HELD, health=ForwardHealth(off=True)), "forward off"),
    ],
)
def test_a_failure_says_what_the_target_said(dispatch: ShownDispatch, text: str) -> None:
    assert dispatch_text(dispatch) == text


def test_the_worst_comes_first() -> None:
    states = [DispatchState.DELIVERED, DispatchState.REJECTED, DispatchState.HELD]
    assert worst_dispatch([shown(state) for state in states]).state is DispatchState.REJECTED


def test_a_forward_that_a_user_has_paused_is_no_trouble() -> None:
    assert trouble_text(ForwardHealth()) is None
    assert trouble_text(ForwardHealth(paused=True)) is None
    assert trouble_text(ForwardHealth(off=True, reason=OFF_REASON)) == OFF_REASON
    assert "11 times in a row. " in (trouble_text(ForwardHealth(probe_at=NOW, failures=11)) or "")
    resting = ForwardHealth(probe_at=NOW, failures=11, error="connection refused")
    assert "11 times in a row, the last time with: connection refused. " in (trouble_text(resting) or "")
