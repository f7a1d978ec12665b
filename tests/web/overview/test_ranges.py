"""The times that an overview is over."""

from datetime import UTC, datetime

import pytest

from app.domain.volume import DAY, HOUR
from app.web.overview.ranges import BY_NAME

NOW = datetime(2026, 11, 28, 14, 3, tzinfo=UTC)


@pytest.mark.parametrize(("name", "step", "count"), [("24h", HOUR, 24), ("7d", DAY, 7), ("30d", DAY, 30)])
def test_a_range_ends_with_the_current_interval(name: str, step, count: int) -> None:
    span = BY_NAME[name].span(NOW)
    assert (span.step, len(span.begins)) == (step, count)
    assert span.until - step <= NOW < span.until
