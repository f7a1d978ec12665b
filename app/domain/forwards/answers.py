"""What the answer of a target means for a dispatch, and when the next attempt is."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from enum import StrEnum

from .model import DispatchState

SCHEDULE: Sequence[timedelta] = tuple(
    timedelta(seconds=seconds) for seconds in (2, 10, 60, 300, 1_800, 7_200, 21_600, 43_200)
)
"""The waits between attempts: about 20.6 hours in all, within the day for which providers repeat a request."""
MAX_RETRY_AFTER = timedelta(hours=6)
MAX_JITTER = 0.2
"""The part of a wait that is added at random, so that a target that comes back is not called by all at once."""
MOST_REFUSALS = 4
"""Attempts in all of a request that the target refuses with a 3xx or 4xx."""
TEMPORARY = frozenset({408, 425, 429})
GONE = 410


class AnswerMeaning(StrEnum):
    """`FAILURE`: of the target, which may be down. `REFUSAL`: of this request, by a target that works. `GONE`: the
    target wants no more. `IMPOSSIBLE`: the request cannot be sent at all."""

    SUCCESS = "success"
    FAILURE = "failure"
    REFUSAL = "refusal"
    GONE = "gone"
    IMPOSSIBLE = "impossible"


@dataclass(frozen=True, slots=True, kw_only=True)
class NextStep:
    """The state of a dispatch after an attempt. `wait` None: there is no next one."""

    state: DispatchState
    wait: timedelta | None


def meaning_of(status: int | None) -> AnswerMeaning:
    """The meaning of a status; None: there was no complete answer."""
    if status is None or status >= 500 or status in TEMPORARY:
        return AnswerMeaning.FAILURE
    if 200 <= status < 300:
        return AnswerMeaning.SUCCESS
    return AnswerMeaning.GONE if status == GONE else AnswerMeaning.REFUSAL


def step_after(
    meaning: AnswerMeaning, step: int, *, retry_after: timedelta | None, dice: float,
    schedule: Sequence[timedelta] = SCHEDULE,
) -> NextStep:  # fmt: skip
    """What follows attempt number `step` of a schedule, counted from 1. `dice` is from 0 to below 1."""
    if meaning is AnswerMeaning.SUCCESS:
        return NextStep(state=DispatchState.DELIVERED, wait=None)
    refused = meaning is AnswerMeaning.REFUSAL and step >= min(MOST_REFUSALS, len(schedule) + 1)
    if refused or meaning is AnswerMeaning.IMPOSSIBLE:
        return NextStep(state=DispatchState.REJECTED, wait=None)
    if step > len(schedule):
        return NextStep(state=DispatchState.EXHAUSTED, wait=None)
    wait = schedule[step - 1] * (1 + MAX_JITTER * dice)
    if retry_after is not None:
        wait = max(wait, min(retry_after, MAX_RETRY_AFTER))
    return NextStep(state=DispatchState.RETRYING, wait=wait)


def read_retry_after(value: str | None, now: datetime) -> timedelta | None:
    """The wait in a header `Retry-After`: seconds, or a date. None: absent or wrong."""
    if value is None:
        return None
    text = value.strip()
    if text.isascii() and text.isdigit():
        return timedelta(seconds=min(int(text[:9]), int(MAX_RETRY_AFTER.total_seconds())))
    try:
        at = parsedate_to_datetime(text)
    except (ValueError, OverflowError):
        return None
    at = at.replace(tzinfo=UTC) if at.tzinfo is None else at
    return max(at - now, timedelta())
