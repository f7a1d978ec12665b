"""Volume: how many captures came in each interval of a time, by their results."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Self

from .search import Query, When
from .units import EPOCH

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
# The lengths of an interval from which one is chosen; beyond the last, its doubles.
STEPS = (
    *(minutes * MINUTE for minutes in (1, 2, 5, 10, 15, 30)),
    *(hours * HOUR for hours in (1, 2, 3, 6, 12)),
    DAY,
)
# A span has at most so many intervals, and at least so many, even for a shorter time.
MOST_INTERVALS, LEAST_INTERVALS = 128, 30


@dataclass(frozen=True, slots=True, kw_only=True)
class IntervalCount:
    """The captures of one interval, by their results. `at` is its beginning."""

    at: datetime
    ok: int = 0
    failed: int = 0
    odd: int = 0

    @property
    def total(self) -> int:
        """All of them."""
        return self.ok + self.failed + self.odd


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeSpan:
    """Whole intervals of length `step`: `since` is the beginning of the first, `until` the end of the last."""

    since: datetime
    until: datetime
    step: timedelta

    @classmethod
    def around(cls, since: datetime, until: datetime) -> Self:
        """The span with whole intervals that has these times in it, and not less than `LEAST_INTERVALS`."""
        since, until = max(since, EPOCH), max(until, EPOCH + MINUTE)
        missing = LEAST_INTERVALS * MINUTE - (until - since)
        if missing > timedelta(0):
            since, until = max(since - missing / 2, EPOCH), until + missing / 2
        step = next((step for step in STEPS if _count(since, until, step) <= MOST_INTERVALS), DAY)
        while _count(since, until, step) > MOST_INTERVALS:
            step *= 2
        return cls(since=_floor(since, step), until=_ceil(until, step), step=step)

    @classmethod
    def up_to(cls, now: datetime, step: timedelta, count: int) -> Self:
        """The last intervals, the current one included."""
        until = _floor(now, step) + step
        return cls(since=until - count * step, until=until, step=step)

    @property
    def begins(self) -> Sequence[datetime]:
        """The beginning of each interval."""
        return [self.since + index * self.step for index in range((self.until - self.since) // self.step)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Volume:
    """The counts of all intervals of a span, without gaps. `matching`: they are those of a filter, not of the bin.
    `wanted`: the times between which the filter finds captures; None: no bound."""

    span: TimeSpan
    counts: Sequence[IntervalCount]
    matching: bool = False
    wanted: tuple[datetime | None, datetime | None] = (None, None)

    @property
    def ok(self) -> int:
        """Captures whose result is ok."""
        return sum(count.ok for count in self.counts)

    @property
    def failed(self) -> int:
        """Captures that failed."""
        return sum(count.failed for count in self.counts)

    @property
    def odd(self) -> int:
        """Captures with findings that have not failed."""
        return sum(count.odd for count in self.counts)

    @property
    def total(self) -> int:
        """All captures."""
        return self.ok + self.failed + self.odd


def filled(span: TimeSpan, counts: Sequence[IntervalCount]) -> list[IntervalCount]:
    """One count for each interval of a span."""
    by_begin = {count.at: count for count in counts}
    return [by_begin.get(at) or IntervalCount(at=at) for at in span.begins]


def bounds_of(query: Query | None) -> tuple[datetime | None, datetime | None]:
    """The times between which a query finds captures, as far as its terms name times; `settle` it before."""
    moments: dict[str, list[datetime]] = {"after": [], "before": []}
    for term in () if query is None else query.terms:
        if isinstance(term, When) and isinstance(term.moment, datetime) and not term.negated:
            moments[term.key].append(term.moment)
    return max(moments["after"], default=None), min(moments["before"], default=None)


def names_times_only(query: Query | None) -> bool:
    """Whether a query has no other terms than bounds in time, so that the counts of its intervals are those of the
    bin."""
    terms = () if query is None else query.terms
    return all(isinstance(term, When) and not isinstance(term.moment, int) and not term.negated for term in terms)


def _floor(at: datetime, step: timedelta) -> datetime:
    return EPOCH + (at - EPOCH) // step * step


def _ceil(at: datetime, step: timedelta) -> datetime:
    return EPOCH - (EPOCH - at) // step * step


def _count(since: datetime, until: datetime, step: timedelta) -> int:
    return (_ceil(until, step) - _floor(since, step)) // step
