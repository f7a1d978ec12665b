"""The zone of a file whose times have none: as given, or estimated from the messages that are here too.

A message arrives soon after the time in the file, so the difference between both is the offset of the zone, in whole
quarters of an hour. A file in local time may contain the day on which the clock is changed. Then it has two offsets;
the times of the repeated hour are possible in both.
"""

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Protocol

from .model import ZoneEstimate

_QUARTER_US = 15 * 60_000_000
_FARTHEST = 14 * 4
_EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001  # a clock time of an unknown zone
_UTC_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
# Clocks are changed by an hour, on Lord Howe Island by half of one.
_CHANGES = (-4, 4, -2, 2)
# A message may be late by an hour; so few rows do not make a change of the clock.
_LEAST_ROWS = 2
_WRONG_SHARE = 0.02


class Clock(Protocol):
    """Times of a zone in UTC."""

    def utc(self, us: int) -> tuple[int, ...]:
        """The possible times for a clock time, which is given as if it were UTC: one, or two in the repeated hour."""
        ...


class FixedClock:
    """A zone with one offset, in microseconds east of UTC."""

    def __init__(self, offset_us: int) -> None:
        self._offset_us = offset_us

    def utc(self, us: int) -> tuple[int, ...]:
        """Always one."""
        return (us - self._offset_us,)


class ZoneClock:
    """A zone of the system's database."""

    def __init__(self, zone: tzinfo) -> None:
        self._zone = zone

    def utc(self, us: int) -> tuple[int, ...]:
        """One, or two where the clock was changed."""
        local = (_EPOCH + timedelta(microseconds=us)).replace(tzinfo=self._zone)
        found = ((local.replace(fold=fold) - _UTC_EPOCH) // _MICROSECOND for fold in (0, 1))
        return tuple(dict.fromkeys(found))


class ChangedClock:
    """A zone with the offset `first` up to a moment between `last_us` and `next_us`, and with `second` from then on."""

    def __init__(self, first_us: int, second_us: int, last_us: int, next_us: int) -> None:
        self._first_us, self._second_us = first_us, second_us
        self._last_us, self._next_us = last_us, next_us

    def utc(self, us: int) -> tuple[int, ...]:
        """One, or two if it may be before and after the change."""
        before, after = us - self._first_us, us - self._second_us
        found = [before] if before < self._next_us else []
        if after > self._last_us:
            found.append(after)
        return tuple(found) or (before,)


def estimate_zone(arrivals: Sequence[int], deltas: Sequence[int]) -> tuple[Clock, ZoneEstimate]:
    """The zone by the messages that have an id: when each arrived, and how much later that is than the clock time in
    the file, both in microseconds. Without any, UTC is assumed."""
    quarters = [round(delta / _QUARTER_US) for delta in deltas]
    counts = Counter(quarter for quarter in quarters if abs(quarter) <= _FARTHEST)
    if not counts:
        return FixedClock(0), ZoneEstimate(offset=timedelta(0))
    rows = counts.total()
    for change in _CHANGES:
        usual = counts.most_common(1)[0][0]
        if min(counts[usual], counts[usual + change]) >= _LEAST_ROWS:
            changed = _changed(arrivals, quarters, usual, usual + change)
            if changed is not None:
                return changed[0], ZoneEstimate(offset=changed[1], second=changed[2], rows=rows)
    middle = sorted(quarter for quarter in quarters if abs(quarter) <= _FARTHEST)[rows // 2]
    return FixedClock(-middle * _QUARTER_US), ZoneEstimate(offset=_offset(middle), rows=rows)


def _changed(
    arrivals: Sequence[int], quarters: Sequence[int], one: int, other: int
) -> tuple[Clock, timedelta, timedelta] | None:
    """The clock with these two offsets, if nearly all messages with one of them came before those with the other."""
    rows = sorted((at, quarter) for at, quarter in zip(arrivals, quarters, strict=True) if quarter in (one, other))
    for first, second in ((one, other), (other, one)):
        # At the best place to divide them, the fewest are on the wrong side.
        wrong = sum(quarter == first for _, quarter in rows)
        best, place = wrong, 0
        for index, (_, quarter) in enumerate(rows, 1):
            wrong += 1 if quarter == second else -1
            if wrong < best:
                best, place = wrong, index
        if best <= _WRONG_SHARE * len(rows) and _LEAST_ROWS <= place <= len(rows) - _LEAST_ROWS:
            clock = ChangedClock(-first * _QUARTER_US, -second * _QUARTER_US, rows[place - 1][0], rows[place][0])
            return clock, _offset(first), _offset(second)
    return None


def _offset(quarter: int) -> timedelta:
    return timedelta(minutes=-15 * quarter)
