"""A dispatch as users see it."""

from dataclasses import replace
from datetime import timedelta

import pytest

from app import clock
from app.domain.forwards.health import paused
from app.domain.forwards.model import OPEN, Dispatch, DispatchState, Forward, ForwardHealth, StoredForward
from app.services.forwards.shown import show_dispatch

DUE_AT = clock.now()
STORED = StoredForward(
    id="f", bin_id="b", forward=Forward(name="handler", url="https://example.net"), health=ForwardHealth(),
    made_at=DUE_AT, position=0,
)  # fmt: skip


@pytest.mark.parametrize("state", OPEN)
def test_what_waits_is_held_while_the_forward_is_not_on(state: DispatchState) -> None:
    dispatch = Dispatch(n=1, state=state, due_at=DUE_AT)
    assert show_dispatch(STORED, dispatch, is_in_flight=False).state is state
    assert show_dispatch(STORED, dispatch, is_in_flight=False).at == DUE_AT
    held = show_dispatch(replace(STORED, health=paused(STORED.health)), dispatch, is_in_flight=False)
    assert (held.state, held.at) == (DispatchState.HELD, None)


def test_a_resting_forward_says_when_it_tries_again() -> None:
    probe_at = DUE_AT + timedelta(minutes=1)
    resting = replace(STORED, health=ForwardHealth(probe_at=probe_at))
    held = show_dispatch(resting, Dispatch(n=1, state=DispatchState.WAITING), is_in_flight=False)
    assert (held.state, held.at) == (DispatchState.HELD, probe_at)


def test_what_is_being_sent_is_in_flight_whatever_is_stored() -> None:
    shown = show_dispatch(STORED, Dispatch(n=1, state=DispatchState.RETRYING, due_at=DUE_AT), is_in_flight=True)
    assert (shown.state, shown.at) == (DispatchState.IN_FLIGHT, None)


def test_what_has_ended_stays_as_it_ended() -> None:
    stopped = replace(STORED, health=paused(STORED.health))
    shown = show_dispatch(
        stopped, Dispatch(n=1, state=DispatchState.DELIVERED, status=200, tries=2), is_in_flight=False
    )
    assert (shown.state, shown.status, shown.tries) == (DispatchState.DELIVERED, 200, 2)
