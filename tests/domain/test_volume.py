"""Spans of whole intervals, and which of them a filter names."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.search import parse_query, settle
from app.domain.units import EPOCH
from app.domain.volume import (
    DAY,
    HOUR,
    LEAST_INTERVALS,
    MINUTE,
    MOST_INTERVALS,
    IntervalCount,
    TimeSpan,
    Volume,
    bounds_of,
    filled,
    names_times_only,
)

NOW = datetime(2026, 11, 28, 14, 3, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("length", "step", "count"),
    [
        (HOUR, MINUTE, 61), (2 * HOUR, MINUTE, 121), (6 * HOUR, 5 * MINUTE, 73), (DAY, 15 * MINUTE, 97),
        (7 * DAY, 2 * HOUR, 85), (30 * DAY, 6 * HOUR, 121), (90 * DAY, DAY, 91), (730 * DAY, 8 * DAY, 93),
    ],
)  # fmt: skip
def test_the_length_of_intervals_follows_from_the_time(length: timedelta, step: timedelta, count: int) -> None:
    span = TimeSpan.around(NOW - length, NOW)
    assert (span.step, len(span.begins)) == (step, count)


@given(st.timedeltas(DAY, 3_000_000 * DAY), st.timedeltas(timedelta(0), 200_000 * DAY))
def test_a_span_has_whole_intervals_and_both_times(age: timedelta, length: timedelta) -> None:
    since = EPOCH + age - DAY / 2
    until = since + length
    span = TimeSpan.around(since, until)
    assert span.since <= since
    assert until <= span.until
    assert (span.since - EPOCH) % span.step == (span.until - EPOCH) % span.step == timedelta(0)
    assert LEAST_INTERVALS <= len(span.begins) <= MOST_INTERVALS


def test_an_interval_more_doubles_the_length() -> None:
    at = datetime(2026, 11, 28, tzinfo=UTC)
    assert TimeSpan.around(at, at + MOST_INTERVALS * MINUTE).step == MINUTE
    assert TimeSpan.around(at, at + (MOST_INTERVALS + 1) * MINUTE).step == 2 * MINUTE
    assert len(TimeSpan.around(at, at + (LEAST_INTERVALS - 1) * MINUTE).begins) == LEAST_INTERVALS + 1


def test_the_last_intervals_include_the_current_one() -> None:
    span = TimeSpan.up_to(NOW, HOUR, 24)
    assert (span.begins[-1], len(span.begins)) == (NOW.replace(minute=0, second=0), 24)


def test_gaps_are_filled() -> None:
    span = TimeSpan.up_to(NOW, HOUR, 3)
    one = IntervalCount(at=span.begins[1], ok=2, failed=1, odd=3)
    volume = Volume(span=span, counts=filled(span, [one]))
    assert [count.total for count in volume.counts] == [0, 6, 0]
    assert (volume.ok, volume.failed, volume.odd, volume.total) == (2, 1, 3, 6)


@pytest.mark.parametrize(
    ("text", "bounds", "only"),
    [
        ("", (None, None), True),
        ("after:1h", (NOW - HOUR, None), True),
        ("after:2h after:1h before:2026-11-28T14:00Z", (NOW - HOUR, NOW.replace(minute=0, second=0)), True),
        ("-after:1h", (None, None), False),
        ("after:#3", (None, None), False),
        ("after:1h status:failed", (NOW - HOUR, None), False),
    ],
)
def test_a_filter_names_times(text: str, bounds: tuple, only: bool) -> None:
    query = settle(parse_query(text), NOW)
    assert (bounds_of(query), names_times_only(query)) == (bounds, only)


def test_no_filter_names_none() -> None:
    assert (bounds_of(None), names_times_only(None)) == ((None, None), True)
