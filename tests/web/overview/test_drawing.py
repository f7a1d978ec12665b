"""The geometry of the columns of an overview."""

from datetime import UTC, datetime, timedelta

from app.domain.durations import bucket_of
from app.domain.overview import FallbackShare, FinalTimes
from app.domain.pairings.model import Verdict
from app.domain.volume import HOUR, TimeSpan
from app.web.overview.drawing import HEIGHT, LEAST_COLUMN, LOWEST_MS, draw_fallbacks, draw_finals

SPAN = TimeSpan.up_to(datetime(2026, 11, 28, 14, 3, tzinfo=UTC), HOUR, 4)


def finals(index: int, *seconds: float) -> FinalTimes:
    buckets: dict[int, int] = {}
    for each in seconds:
        bucket = bucket_of(timedelta(seconds=each))
        buckets[bucket] = buckets.get(bucket, 0) + 1
    return FinalTimes(at=SPAN.begins[index], buckets=buckets)


def share(index: int, used: int, others: int) -> FallbackShare:
    verdicts = {Verdict.FALLBACK_ONLY: used, Verdict.PRIMARY_ONLY: others}
    return FallbackShare(at=SPAN.begins[index], verdicts=verdicts)


def test_times_reach_from_the_median_up_to_p95() -> None:
    picture = draw_finals(SPAN, [finals(0, *[1.0] * 10, *[9.0] * 9), finals(3, 3.0)])
    wide, narrow = picture.columns
    assert (wide.x, narrow.x, picture.intervals) == (0, 3, 4)
    assert wide.middle is not None
    assert wide.y < wide.middle == wide.y + wide.height
    assert narrow.height == LEAST_COLUMN
    assert [text for _, text in picture.ticks] == ["1 s", "10 s"]
    assert "19 messages" in wide.text
    assert "1 message" in narrow.text


def test_what_is_very_fast_stands_at_the_bottom() -> None:
    (column,) = draw_finals(SPAN, [finals(1, LOWEST_MS / 2_000)]).columns
    assert (column.middle, column.y + column.height) == (HEIGHT, HEIGHT)


def test_what_takes_longer_than_every_tick_is_inside_too() -> None:
    (column,) = draw_finals(SPAN, [finals(1, 10 * 86_400)]).columns
    assert 0 <= column.y <= HEIGHT - column.height


def test_shares_are_drawn_to_a_round_percentage_and_none_is_not_drawn() -> None:
    picture = draw_fallbacks(SPAN, [share(0, 0, 5), share(1, 1, 9), share(2, 1, 19)])
    assert picture.ticks == [(0.0, "10 %")]
    assert [(column.x, column.y, column.height) for column in picture.columns] == [(1, 0, 100), (2, 50, 50)]
    assert picture.columns[0].text == "10 %: 1 of 10"
    assert draw_fallbacks(SPAN, []).columns == []
