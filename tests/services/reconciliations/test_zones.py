"""Time zones as users write them."""

from datetime import datetime, timedelta

import pytest

from app.services.reconciliations.zones import MAX_OFFSET, read_zone

AT = datetime(2026, 7, 1)  # noqa: DTZ001


@pytest.mark.parametrize(
    ("text", "hours"),
    [
        ("UTC", 0), ("gmt", 0), ("Z", 0), ("+02:00", 2), ("-5", -5), ("UTC+5:30", 5.5), ("GMT-0330", -3.5),
        ("−03:00", -3), (" Europe/Berlin ", 2), ("America/New_York", -4), ("+14:00", 14),
    ],
)  # fmt: skip
def test_offsets_and_names_are_read(text: str, hours: float) -> None:
    assert read_zone(text).utcoffset(AT) == timedelta(hours=hours)


@pytest.mark.parametrize("text", ["", "Mars", "Europe/Nowhere", "../../etc/passwd", "/etc/localtime", "+99", "+05:60"])
def test_anything_else_is_refused_with_the_cure(text: str) -> None:
    with pytest.raises(ValueError, match=r"write UTC|must be from"):
        read_zone(text)


def test_the_largest_offset() -> None:
    assert timedelta(hours=14) == MAX_OFFSET
    with pytest.raises(ValueError, match="must be from"):
        read_zone("-14:01")
