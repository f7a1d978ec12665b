"""Durations in buckets: percentiles are exact to a few percent."""

import random
from datetime import timedelta

import pytest

from app.domain.durations import GROWTH, MAX_MS, bucket_of, middle_of, percentile

MS = timedelta(milliseconds=1)


def test_less_than_a_millisecond_is_none() -> None:
    assert [bucket_of(timedelta(0)), bucket_of(MS / 1_000 * 999), bucket_of(MS)] == [0, 0, 1]
    assert middle_of(0) == 0.0


@pytest.mark.parametrize("ms", [1, 2, 50, 999, 60_000, 3_600_000, MAX_MS])
def test_the_middle_of_a_bucket_is_near_each_of_its_durations(ms: int) -> None:
    assert middle_of(bucket_of(ms * MS)) == pytest.approx(ms, rel=GROWTH**0.5 - 1 + 1e-9)


def test_the_longest_duration_bounds_the_number_of_buckets() -> None:
    assert bucket_of((MAX_MS + 1) * MS) == bucket_of(MAX_MS * MS) > bucket_of(MAX_MS / 2 * MS)
    assert bucket_of(timedelta.max) < 600


@pytest.mark.parametrize("percent", [50, 95, 100])
def test_a_percentile_is_that_of_the_durations_themselves(percent: int) -> None:
    dice = random.Random(percent)
    durations = sorted(dice.lognormvariate(8, 2) for _ in range(999))
    counts: dict[int, int] = {}
    for ms in durations:
        counts[bucket_of(ms * MS)] = counts.get(bucket_of(ms * MS), 0) + 1
    exact = durations[-(-percent * len(durations) // 100) - 1]
    assert percentile(counts, percent) == pytest.approx(exact, rel=0.025)


def test_nothing_has_no_percentile() -> None:
    assert percentile({}, 50) is None
    assert percentile({3: 0}, 50) is None
