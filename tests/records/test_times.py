"""All forms of time that exports have, and none that is ambiguous."""

from datetime import UTC, datetime

import pytest

from app.domain.reconciliation.records import RecordTime
from app.records.times import read_time, uuid_time

AT = datetime(2026, 11, 28, 20, 0, 5, tzinfo=UTC)
US = int(AT.timestamp()) * 1_000_000
SECOND, MINUTE = 1_000_000, 60_000_000


@pytest.mark.parametrize(
    ("text", "time"),
    [
        ("2026-11-28T20:00:05Z", RecordTime(US)),
        ("2026-11-28T20:00:05+0000", RecordTime(US)),
        ("2026-11-28T20:00:05.000+0000", RecordTime(US, unit_us=1_000)),
        ("2026-11-28T20:00:05.123456Z", RecordTime(US + 123_456, unit_us=1)),
        ("2026-11-28T20:00:05.1234567Z", RecordTime(US + 123_456, unit_us=1)),
        ("2026-11-28 20:00:05.123456+00:00", RecordTime(US + 123_456, unit_us=1)),
        ("2026-11-28T15:00:05-05:00", RecordTime(US)),
        ("2026-11-28 15:00:05 -0500", RecordTime(US)),
        ("2026-11-28 21:00:05 +01", RecordTime(US)),
        ("2026-11-28 20:00:05 UTC", RecordTime(US)),
        (" 2026-11-28 20:00:05 ", RecordTime(US, zoned=False)),
        ("'2026-11-28 20:00:05", RecordTime(US, zoned=False)),
        ("2026-11-28 20:00", RecordTime(US - 5 * SECOND, zoned=False, unit_us=MINUTE)),
        ("Sat, 28 Nov 2026 20:00:05 +0000", RecordTime(US)),
        ("28 Nov 2026 20:00:05 GMT", RecordTime(US)),
        ("1795896005", RecordTime(US)),
        ("1795896005123", RecordTime(US + 123_000, unit_us=1_000)),
        ("1795896005123456", RecordTime(US + 123_456, unit_us=1)),
        ("28.11.2026 20:00:05", RecordTime(US, zoned=False)),
        ("28/11/2026 20:00:05", RecordTime(US, zoned=False)),
        ("11/28/2026 8:00:05 PM", RecordTime(US, zoned=False)),
        ("11/28/2026 20:00", RecordTime(US - 5 * SECOND, zoned=False, unit_us=MINUTE)),
        ("11/11/2026, 00:00", RecordTime(1_794_355_200 * SECOND, zoned=False, unit_us=MINUTE)),
    ],
)
def test_each_known_form_is_read(text: str, time: RecordTime) -> None:
    assert read_time(text) == time


@pytest.mark.parametrize(
    "text",
    [
        "", "tomorrow", "11/12/2026 20:00", "2026-13-01 00:00:00", "2026-11-28", "2026-02-30T00:00:00Z", "12", "0" * 10,
        "99:99", "2026-11-28T20:00:05+99:99", "Sat, 99 Nov 2026 20:00:05 +0000", "40.40.2026 10:00",
        "4155550123456789012", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "٢٠٢٦-11-28T20:00:05Z",
        "2026-11-28T20:00:05Z" + " " * 100,
    ],
)  # fmt: skip
def test_another_form_is_left_out(text: str) -> None:
    assert read_time(text) is None


def test_the_instant_in_a_uuid_of_version_1_is_read() -> None:
    time = uuid_time("9d3ed970-ab08-11e8-9936-413fe38766e4")
    assert time is not None
    assert time.at() == datetime(2018, 8, 28, 21, 23, 32, 103_000, tzinfo=UTC)
    assert uuid_time("834f3d53-8a3c-4aa0-a733-7f2d682a72d0") is None
    assert uuid_time("00000000-0000-1000-8000-000000000000") is None
    assert uuid_time("") is None
