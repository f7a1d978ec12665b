"""The picture of a volume."""

from datetime import UTC, datetime

import pytest

from app.domain.volume import HOUR, IntervalCount, TimeSpan, Volume, filled
from app.web.site.volume import BAR_WIDTH, HEIGHT, LABELS, LEAST_PART, counts_text, draw_volume, terms_of

NOW = datetime(2026, 11, 28, 14, 3, tzinfo=UTC)
SPAN = TimeSpan.up_to(NOW, HOUR, 4)


def draw(*counts: tuple[int, int, int, int], wanted: tuple = (None, None)):
    """Each is the index of an interval, and its ok, failed and odd."""
    found = [IntervalCount(at=SPAN.begins[index], ok=ok, failed=bad, odd=odd) for index, ok, bad, odd in counts]
    return draw_volume(Volume(span=SPAN, counts=filled(SPAN, found), wanted=wanted))


def test_bars_are_stacked_to_one_scale_failed_first() -> None:
    first, second = draw((1, 50, 30, 20), (3, 25, 25, 0)).bars
    assert [(part.result, part.y, part.height) for part in first.parts] == [
        ("failed", 70, 30), ("odd", 50, 20), ("ok", 0, 50),
    ]  # fmt: skip
    assert [(part.result, part.y, part.height) for part in second.parts] == [("failed", 75, 25), ("ok", 50, 25)]
    assert (first.index, second.index) == (1, 3)
    assert first.x == round(1 + (1 - BAR_WIDTH) / 2, 2)


def test_one_failure_among_a_thousand_is_seen_and_no_bar_is_higher_than_the_picture() -> None:
    (bar,) = draw((0, 1_000, 1, 1)).bars
    assert [part.height for part in bar.parts] == [LEAST_PART, LEAST_PART, HEIGHT - 2 * LEAST_PART]
    assert bar.parts[-1].y == 0


@pytest.mark.parametrize(("after", "before", "outside"), [
    (None, None, []), (1, None, [0]), (None, 3, [3]), (1, 2, [0, 2, 3]),
])  # fmt: skip
def test_what_the_filter_does_not_find_is_marked(after, before, outside: list[int]) -> None:
    wanted = tuple(None if index is None else SPAN.since + index * HOUR for index in (after, before))
    picture = draw(*((index, 1, 0, 0) for index in range(4)), wanted=wanted)
    assert [bar.index for bar in picture.bars if bar.is_outside] == outside


def test_bars_that_look_the_same_are_one_path() -> None:
    paths = dict(draw((0, 9, 1, 0), (1, 10, 0, 0), wanted=(SPAN.begins[1], None)).paths)
    assert sorted(paths) == ["failed outside", "ok", "ok outside"]
    assert paths["ok"] == f"M{round(1 + (1 - BAR_WIDTH) / 2, 2):g} 0h{BAR_WIDTH}v100h-{BAR_WIDTH}z"


def test_the_script_gets_the_numbers_of_every_interval() -> None:
    assert draw((1, 5, 1, 2)).numbers == "0 0 0,5 1 2,0 0 0,0 0 0"


def test_nothing_is_an_empty_picture_with_times() -> None:
    picture = draw()
    assert (picture.bars, picture.highest, picture.intervals) == ([], 0, 4)
    assert (len(picture.labels), picture.labels[0], picture.labels[-1]) == (LABELS, SPAN.since, SPAN.until)
    assert picture.description == "Requests per hour: 0 requests; at most 0 per hour"


def test_numbers_are_said_without_zeros() -> None:
    assert counts_text(IntervalCount(at=NOW, ok=1)) == "1 request"
    assert counts_text(IntervalCount(at=NOW, ok=1_200, failed=3, odd=1)) == "1,204 requests, 3 failed, 1 odd"


def test_a_time_is_written_as_the_filter_reads_it() -> None:
    assert terms_of(NOW, NOW + HOUR) == "after:2026-11-28T14:03Z before:2026-11-28T15:03Z"
