"""What an answer means, and when the next attempt is."""

from datetime import UTC, datetime, timedelta

import pytest

from app.domain.forwards.answers import (
    MAX_JITTER,
    MAX_RETRY_AFTER,
    MOST_REFUSALS,
    SCHEDULE,
    AnswerMeaning,
    meaning_of,
    read_retry_after,
    step_after,
)
from app.domain.forwards.model import DispatchState

NOW = datetime(2026, 11, 29, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("meaning", "statuses"),
    [
        (AnswerMeaning.SUCCESS, (200, 204, 299)),
        (AnswerMeaning.FAILURE, (None, 408, 425, 429, 500, 503, 599)),
        (AnswerMeaning.REFUSAL, (300, 302, 399, 400, 404, 422)),
        (AnswerMeaning.GONE, (410,)),
    ],
)
def test_an_answer_has_one_meaning(meaning: AnswerMeaning, statuses: tuple[int | None, ...]) -> None:
    assert {meaning_of(status) for status in statuses} == {meaning}


def test_the_schedule_ends_within_a_day_and_jitter_only_adds() -> None:
    assert timedelta(hours=20) < sum(SCHEDULE, timedelta()) < timedelta(hours=21)
    for step, wait in enumerate(SCHEDULE, 1):
        for dice in (0.0, 0.999):
            following = step_after(AnswerMeaning.FAILURE, step, retry_after=None, dice=dice)
            assert following.state is DispatchState.RETRYING
            assert following.wait == wait * (1 + MAX_JITTER * dice)
    last = step_after(AnswerMeaning.FAILURE, len(SCHEDULE) + 1, retry_after=None, dice=0)
    assert (last.state, last.wait) == (DispatchState.EXHAUSTED, None)


def test_a_refused_request_is_tried_so_often() -> None:
    states = [
        step_after(AnswerMeaning.REFUSAL, step, retry_after=None, dice=0).state for step in range(1, MOST_REFUSALS + 1)
    ]
    assert states == [DispatchState.RETRYING] * (MOST_REFUSALS - 1) + [DispatchState.REJECTED]
    assert step_after(AnswerMeaning.IMPOSSIBLE, 1, retry_after=None, dice=0).state is DispatchState.REJECTED


def test_the_target_can_ask_for_a_longer_wait_and_not_for_a_shorter_one() -> None:
    for asked, wait in (
        (timedelta(seconds=1), SCHEDULE[0]), (timedelta(hours=1), timedelta(hours=1)),
        (MAX_RETRY_AFTER, MAX_RETRY_AFTER), (MAX_RETRY_AFTER + timedelta(seconds=1), MAX_RETRY_AFTER),
    ):  # fmt: skip
        assert step_after(AnswerMeaning.FAILURE, 1, retry_after=asked, dice=0).wait == wait


@pytest.mark.parametrize(
    ("value", "wait"),
    [
        (None, None), ("120", timedelta(minutes=2)), (" 0 ", timedelta()), ("9" * 40, MAX_RETRY_AFTER), ("soon", None),
        ("-5", None), ("Sun, 29 Nov 2026 12:01:00 GMT", timedelta(minutes=1)),
        ("Sun, 29 Nov 2026 11:00:00 GMT", timedelta()), ("Sun, 99 Nov 2026 11:00:00 GMT", None),
    ],
)  # fmt: skip
def test_retry_after_is_seconds_or_a_date(value: str | None, wait: timedelta | None) -> None:
    assert read_retry_after(value, NOW) == wait
