"""Quiet hours follow the clock of their zone."""

from datetime import UTC, datetime

import pytest

from app.domain.alerts.model import QuietHours
from app.domain.alerts.quiet import MAX_ZONE, is_quiet, quiet_end, quiet_problems

NIGHT = QuietHours(begin="22:00", end="07:00", zone="Europe/Berlin")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("now", "quiet"),
    [
        ("2026-11-29T20:59", False), ("2026-11-29T21:00", True), ("2026-11-30T05:59", True),
        ("2026-11-30T06:00", False),
        # In summer the same hours are an hour earlier in UTC.
        ("2026-07-01T19:59", False), ("2026-07-01T20:00", True), ("2026-07-02T04:59", True),
        ("2026-07-02T05:00", False),
    ],
)  # fmt: skip
def test_the_night_is_quiet_in_winter_and_in_summer(now: str, quiet: bool) -> None:
    assert is_quiet(NIGHT, at(now)) is quiet
    assert not is_quiet(None, at(now))


@pytest.mark.parametrize(
    ("now", "end"),
    [
        # The clock is set forward in the night of 29 March, and back in that of 25 October.
        ("2026-03-28T22:00", "2026-03-29T05:00"), ("2026-10-24T21:00", "2026-10-25T06:00"),
        ("2026-11-29T23:30", "2026-11-30T06:00"), ("2026-11-30T01:00", "2026-11-30T06:00"),
    ],
)  # fmt: skip
def test_the_end_follows_a_change_of_the_clock(now: str, end: str) -> None:
    assert quiet_end(NIGHT, at(now)) == at(end)
    assert is_quiet(NIGHT, at(now))
    assert not is_quiet(NIGHT, at(end))


def test_an_end_in_the_hour_that_is_skipped_is_not_later_than_the_next_look() -> None:
    quiet = QuietHours(begin="01:00", end="02:30", zone="Europe/Berlin")
    # 02:00 to 03:00 does not exist on 29 March: at 03:00, which is 01:00 UTC, the hours are over.
    assert is_quiet(quiet, at("2026-03-29T00:59"))
    assert not is_quiet(quiet, at("2026-03-29T01:00"))


def test_hours_within_a_day() -> None:
    noon = QuietHours(begin="12:00", end="13:00")
    assert [is_quiet(noon, at(f"2026-11-29T{hour}")) for hour in ("11:59", "12:00", "12:59", "13:00")] == [
        False, True, True, False,
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("values", "fields"),
    [
        ({}, []),
        ({"begin": "24:00"}, ["begin"]), ({"end": "7:00"}, ["end"]), ({"end": "22:00"}, ["end"]),
        ({"zone": "Mars/Base"}, ["zone"]), ({"zone": "../etc/passwd"}, ["zone"]), ({"zone": ""}, ["zone"]),
        ({"zone": "A" * (MAX_ZONE + 1)}, ["zone"]),
        ({"begin": "x", "zone": "y"}, ["begin", "zone"]),
    ],
)  # fmt: skip
def test_wrong_hours_are_named(values: dict[str, str], fields: list[str]) -> None:
    quiet = QuietHours(**({"begin": "22:00", "end": "07:00", "zone": "Europe/Berlin"} | values))
    assert [field for field, _ in quiet_problems(quiet)] == fields
