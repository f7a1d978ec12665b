"""Times of records: with a zone they are facts, without one they depend on that of the file."""

from datetime import UTC, datetime, timedelta

from app.domain.reconciliation.records import Record, RecordTime

NOON = datetime(2026, 11, 28, 12, tzinfo=UTC)
US = int(NOON.timestamp()) * 1_000_000


def test_the_zone_of_the_file_counts_only_for_times_without_one() -> None:
    west = timedelta(hours=-5)
    assert RecordTime(US).at(west) == NOON
    assert RecordTime(US, zoned=False).at(west) == NOON + timedelta(hours=5)
    assert RecordTime(US, zoned=False).at() == NOON


def test_the_time_to_compare_is_that_of_the_webhook() -> None:
    created, sent, ended = RecordTime(US), RecordTime(US + 1), RecordTime(US + 2)
    assert Record(row=1, created=created, sent=sent, ended=ended).time is sent
    assert Record(row=1, created=created, ended=ended).time is created
    assert Record(row=1, ended=ended).time is ended
    assert Record(row=1).time is None
