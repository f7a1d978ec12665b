"""The state of an alert after captures, or after some time, and the notices that follow from it. Pure.

Captures are taken at the time of their arrival, also when they are read much later. So a server that was stopped
finds what it would have found, and reports it late, but not twice.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from msgspec.structs import replace

from ..units import from_micros, micros
from .model import COUNTING, Alert, AlertKind, AlertNotice, AlertState, LateMessage, NoticeKind
from .quiet import is_quiet, quiet_end

BUSY_WITHIN = timedelta(days=1)
"""A silence counts only after more than `more_than` captures within this time."""
LATE_FOR = timedelta(days=1)
"""A message without a final status counts for so long after it became late."""
MOST_LATE = 200
"""Messages without a final status that an alert remembers; then the oldest is forgotten."""
MOST_UNDECIDED = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertMatch:
    """Capture `n`, which arrived at `at`, matches."""

    n: int
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluated:
    """A new state, and the notices that follow."""

    state: AlertState
    notices: tuple[AlertNotice, ...] = ()


def matched(alert: Alert, state: AlertState, matches: Sequence[AlertMatch], now: datetime) -> Evaluated:
    """After captures that match, in the order of their numbers."""
    notices: list[AlertNotice] = []
    for match in matches:
        at = min(match.at, now)
        before = settled(alert, state, at, now)
        # Requests that arrive together may be numbered in another order.
        newest = max(micros(at), before.state.times[-1]) if before.state.times else micros(at)
        times = (*before.state.times, newest)[-(alert.more_than + 1) :]
        count = before.state.count + 1 if before.state.firing else 0
        after = settled(alert, replace(before.state, times=times, last_n=match.n, count=count), at, now)
        notices += [*before.notices, *after.notices]
        state = after.state
    return Evaluated(state=state, notices=tuple(notices))


def with_late(alert: Alert, state: AlertState, late: Sequence[LateMessage], now: datetime) -> Evaluated:
    """After a look at messages: these have no final status. They count for a day."""
    kept = tuple(each for each in late if now - each.at < alert.within + LATE_FOR)[-MOST_LATE:]
    known = {(each.provider, each.message_id) for each in state.late}
    new = sum((each.provider, each.message_id) not in known for each in kept)
    count = state.count + new if state.firing else 0
    last_n = kept[-1].n if kept else state.last_n
    return settled(alert, replace(state, late=kept, count=count, last_n=last_n), now, now)


def with_trouble(alert: Alert, state: AlertState, trouble: str, now: datetime) -> Evaluated:
    """After a look at smsbin itself: `trouble` in words, "" for none."""
    bad_since = (state.bad_since or now) if trouble else None
    words = trouble or (state.trouble if state.firing else "")
    return settled(alert, replace(state, bad_since=bad_since, trouble=words), now, now)


def settled(alert: Alert, state: AlertState, at: datetime, now: datetime) -> Evaluated:
    """After a look at the condition as of `at`. Whether a notice is made depends on the time `now`."""
    state = _not_after(state, now)
    holds_since = _holds_since(alert, state, at)
    had_ended = state.firing and holds_since is None
    if holds_since is not None and not state.firing:
        count = len(state.late) if alert.kind is AlertKind.UNFINISHED else len(state.times)
        state = replace(state, firing=True, since=holds_since, count=count)
    elif had_ended:
        state = replace(state, firing=False)
    return _notify(alert, state, now, had_ended=had_ended)


def next_look(alert: Alert, state: AlertState, now: datetime) -> datetime | None:
    """When time alone may change something; None: it does not."""
    found = [_changes_at(alert, state)]
    if state.firing and state.notified_at is not None and alert.remind_s:
        found.append(state.notified_at + timedelta(seconds=alert.remind_s))
    if alert.quiet is not None and is_quiet(alert.quiet, now) and state.firing != (state.notified_at is not None):
        found.append(quiet_end(alert.quiet, now))
    return min((each for each in found if each is not None), default=None)


def with_test(state: AlertState, now: datetime) -> Evaluated:
    """A notice that only tests the targets."""
    return _made(state, NoticeKind.TEST, now)


def resumed(state: AlertState) -> AlertState:
    """A new start, after a pause or with another condition; only the numbers of notices continue."""
    return AlertState(made=state.made)


def is_busy(alert: Alert, state: AlertState) -> bool:
    """Whether there was enough traffic before a silence."""
    if len(state.times) <= alert.more_than:
        return False
    return from_micros(state.times[-1]) - from_micros(state.times[-alert.more_than - 1]) <= BUSY_WITHIN


def _holds_since(alert: Alert, state: AlertState, at: datetime) -> datetime | None:
    """Since when the condition holds at `at`; None: it does not."""
    if alert.kind in COUNTING:
        is_full = len(state.times) > alert.more_than
        return at if is_full and state.times[-alert.more_than - 1] > micros(at - alert.within) else None
    if alert.kind is AlertKind.SILENCE:
        begun = from_micros(state.times[-1]) + alert.within if is_busy(alert, state) else None
    elif alert.kind is AlertKind.UNFINISHED:
        enough = len(state.late) > alert.more_than
        begun = state.late[alert.more_than].at + alert.within if enough else None
    else:
        begun = None if state.bad_since is None else state.bad_since + alert.within
    return begun if begun is not None and begun <= at else None


def _changes_at(alert: Alert, state: AlertState) -> datetime | None:
    if alert.kind in COUNTING:
        is_full = state.firing and len(state.times) > alert.more_than
        return from_micros(state.times[-alert.more_than - 1]) + alert.within if is_full else None
    if state.firing:
        return None
    if alert.kind is AlertKind.SILENCE and is_busy(alert, state):
        return from_micros(state.times[-1]) + alert.within
    if alert.kind is AlertKind.SMSBIN and state.bad_since is not None:
        return state.bad_since + alert.within
    return None


def _notify(alert: Alert, state: AlertState, now: datetime, *, had_ended: bool) -> Evaluated:
    if had_ended and state.notified_at is None:
        return _ended(_made(state, NoticeKind.MISSED, now))
    if is_quiet(alert.quiet, now):
        return Evaluated(state=state)
    if state.firing:
        if state.notified_at is None:
            return _made(replace(state, notified_at=now), NoticeKind.FIRING, now)
        if alert.remind_s and now - state.notified_at >= timedelta(seconds=alert.remind_s):
            return _made(replace(state, notified_at=now), NoticeKind.REMINDER, now)
    elif state.notified_at is not None:
        return _ended(_made(state, NoticeKind.RESOLVED, now))
    return Evaluated(state=state)


def _ended(last: Evaluated) -> Evaluated:
    state = replace(last.state, notified_at=None, since=None, count=0, trouble="")
    return Evaluated(state=state, notices=last.notices)


def _made(state: AlertState, kind: NoticeKind, now: datetime) -> Evaluated:
    notice = AlertNotice(
        kind=kind, at=now, since=state.since, count=state.count, n=state.last_n, trouble=state.trouble
    )  # fmt: skip
    return Evaluated(state=replace(state, made=state.made + 1), notices=(notice,))


def _not_after(state: AlertState, now: datetime) -> AlertState:
    """After the clock was set back, nothing of the state is in the future."""
    latest = micros(now)
    if state.times and state.times[-1] > latest:
        state = replace(state, times=tuple(min(each, latest) for each in state.times))
    for name in ("since", "notified_at", "bad_since"):
        value = getattr(state, name)
        if value is not None and value > now:
            state = replace(state, **{name: now})
    return state
