"""When a target rests after failures in a row, is probed, and is switched off after days of failures only."""

from datetime import datetime, timedelta

from msgspec.structs import replace

from .answers import AnswerMeaning
from .model import ForwardHealth

FAILURES_TO_REST = 10
"""Failures in a row after which a target rests."""
FIRST_PROBE = timedelta(seconds=30)
LONGEST_PROBE = timedelta(minutes=5)
OFF_AFTER = timedelta(days=5)
_LAST_PACE = 4

GONE_REASON = "The target answered 410 Gone: it wants no more requests."
OFF_REASON = "Every attempt of the last five days failed."


def after_attempt(
    health: ForwardHealth, meaning: AnswerMeaning, now: datetime, error: str | None = None
) -> ForwardHealth:
    """The health after an attempt, which may have failed with an error. A target that refuses a request works; an
    impossible request says nothing about it."""
    if meaning is AnswerMeaning.IMPOSSIBLE:
        return health
    if meaning is AnswerMeaning.GONE:
        return replace(_healthy(health), paused=True, reason=GONE_REASON)
    if meaning is not AnswerMeaning.FAILURE:
        return _healthy(health)
    since = health.failing_since or now
    failed = replace(health, failures=health.failures + 1, failing_since=since, error=error)
    if now - since >= OFF_AFTER:
        return replace(failed, off=True, reason=OFF_REASON, probe_at=None)
    if health.probe_at is not None:
        # Attempts that began before the target rested are no probes.
        if now < health.probe_at:
            return failed
        pace = min(health.pace + 1, _LAST_PACE)
        return replace(failed, pace=pace, probe_at=now + min(FIRST_PROBE * 2**pace, LONGEST_PROBE))
    if failed.failures >= FAILURES_TO_REST:
        return replace(failed, pace=0, probe_at=now + FIRST_PROBE)
    return failed


def paused(health: ForwardHealth) -> ForwardHealth:
    """Paused by a user."""
    return replace(health, paused=True, reason=None)


def resumed() -> ForwardHealth:
    """On again, with a new count of failures."""
    return ForwardHealth()


def _healthy(health: ForwardHealth) -> ForwardHealth:
    if health.failures == 0 and health.probe_at is None:
        return health
    return replace(health, failures=0, failing_since=None, error=None, probe_at=None, pace=0)
