"""Forwards and dispatches as users see them."""

from dataclasses import dataclass
from datetime import datetime

from ...domain.forwards.model import OPEN, Dispatch, DispatchState, ForwardHealth, ForwardState, StoredForward


@dataclass(frozen=True, slots=True, kw_only=True)
class ForwardStatus:
    """A forward as users see it. `lag`: captures that are not looked at yet, and dispatches with a next attempt."""

    stored: StoredForward
    lag: int
    failed: int
    oldest_due_at: datetime | None
    secret: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownDispatch:
    """A capture with one forward, as users see it. `at`: the next attempt. `arrived`: how many of its events have
    arrived, while others have not. `later_only`: all of them, but not what follows from them."""

    forward: StoredForward
    state: DispatchState
    status: int | None
    tries: int
    at: datetime | None
    arrived: int = 0
    later_only: bool = False


def show_dispatch(forward: StoredForward, dispatch: Dispatch, *, is_in_flight: bool) -> ShownDispatch:
    """What is being sent is in flight, and what waits while the forward is paused, resting or off is held."""
    state, at = dispatch.state, dispatch.due_at
    if is_in_flight:
        state, at = DispatchState.IN_FLIGHT, None
    elif state in OPEN and forward.health.state is not ForwardState.ON:
        state, at = DispatchState.HELD, _held_until(forward.health)
    return ShownDispatch(
        forward=forward, state=state, status=dispatch.status, tries=dispatch.tries, at=at,
        arrived=len(dispatch.arrived), later_only=dispatch.later_only and bool(dispatch.later),
    )  # fmt: skip


def _held_until(health: ForwardHealth) -> datetime | None:
    return health.probe_at if health.state is ForwardState.RESTING else None
