"""The zone of a file: given, estimated, and on the day on which the clock is changed."""

from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest

from app.domain.reconciliation.zones import FixedClock, ZoneClock, estimate_zone

HOUR = 3_600_000_000


def _us(text: str) -> int:
    return round(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()) * 1_000_000


def _estimate(rows: list[tuple[int, int]]):
    """`rows`: arrivals, and clock times in the file."""
    return estimate_zone([at for at, _ in rows], [at - clock for at, clock in rows])


@pytest.mark.parametrize("hours", [-11, -5, -3.5, 0, 1, 5.75, 13])
def test_the_offset_is_the_usual_difference_in_quarters_of_an_hour(hours: float) -> None:
    start = _us("2026-11-28 20:00:00")
    rows = [(start + n * HOUR, start + n * HOUR + round(hours * HOUR) - 2_000_000) for n in range(9)]
    rows.append((start, start - 11 * HOUR))  # one that is late
    clock, zone = _estimate(rows)
    assert zone.offset == timedelta(hours=hours)
    assert (zone.second, zone.rows) == (None, 10)
    assert clock.utc(start + round(hours * HOUR)) == (start,)


def test_without_any_message_utc_is_assumed() -> None:
    clock, zone = _estimate([])
    assert (zone.offset, zone.rows) == (timedelta(0), 0)
    assert clock.utc(7) == (7,)
    assert _estimate([(100 * HOUR, 0)])[1].rows == 0


@pytest.mark.parametrize(
    ("before", "after", "change"),
    [(2, 1, "2026-10-25 01:00:00"), (1, 2, "2026-03-29 01:00:00"), (-4, -5, "2026-11-01 06:00:00")],
)
def test_a_file_with_a_change_of_the_clock_has_two_offsets(before: int, after: int, change: str) -> None:
    moment = _us(change)
    rows = []
    for n in range(-20, 20):
        at = moment + n * HOUR // 2 + 60_000_000
        rows.append((at + 1_000_000, at + (before if at < moment else after) * HOUR))
    clock, zone = _estimate(rows)
    assert (zone.offset, zone.second) == (timedelta(hours=before), timedelta(hours=after))
    assert clock.utc(moment - 5 * HOUR + before * HOUR) == (moment - 5 * HOUR,)
    assert clock.utc(moment + 5 * HOUR + after * HOUR) == (moment + 5 * HOUR,)


def test_a_time_in_the_repeated_hour_has_two_meanings() -> None:
    moment = _us("2026-10-25 01:00:00")
    rows = [(moment + n * HOUR, moment + n * HOUR + (2 if n < 0 else 1) * HOUR) for n in (-9, -8, -7, -6, 6, 7, 8, 9)]
    clock, _ = _estimate(rows)
    twice = _us("2026-10-25 02:30:00")
    assert clock.utc(twice) == (_us("2026-10-25 00:30:00"), _us("2026-10-25 01:30:00"))
    assert ZoneClock(ZoneInfo("Europe/Berlin")).utc(twice) == clock.utc(twice)


def test_messages_that_are_an_hour_late_are_no_change_of_the_clock() -> None:
    start = _us("2026-11-28 20:00:00")
    rows = [(start + n * HOUR + (HOUR if n % 3 == 0 else 0), start + n * HOUR) for n in range(30)]
    assert _estimate(rows)[1].second is None


def test_a_given_zone_is_used() -> None:
    at = _us("2026-11-28 20:00:00")
    assert ZoneClock(ZoneInfo("America/New_York")).utc(at - 5 * HOUR) == (at,)
    assert ZoneClock(timezone(timedelta(hours=2))).utc(at + 2 * HOUR) == (at,)
    assert FixedClock(HOUR).utc(HOUR) == (0,)
