"""When a target rests, is probed and is switched off."""

from datetime import UTC, datetime, timedelta

from app.domain.forwards.answers import AnswerMeaning
from app.domain.forwards.health import (
    FAILURES_TO_REST,
    FIRST_PROBE,
    GONE_REASON,
    LONGEST_PROBE,
    OFF_AFTER,
    OFF_REASON,
    after_attempt,
    paused,
    resumed,
)
from app.domain.forwards.model import ForwardHealth, ForwardState

NOW = datetime(2026, 11, 29, 12, tzinfo=UTC)


def _after(
    count: int, meaning: AnswerMeaning = AnswerMeaning.FAILURE, health: ForwardHealth | None = None
) -> ForwardHealth:
    health = health or ForwardHealth()
    for _ in range(count):
        health = after_attempt(health, meaning, NOW)
    return health


def test_a_target_rests_after_so_many_failures_in_a_row() -> None:
    assert _after(FAILURES_TO_REST - 1).state is ForwardState.ON
    resting = _after(FAILURES_TO_REST)
    assert (resting.state, resting.probe_at) == (ForwardState.RESTING, NOW + FIRST_PROBE)
    # Attempts that were on their way already do not change that.
    assert _after(3, health=resting).probe_at == resting.probe_at


def test_the_last_error_is_kept_until_the_target_works() -> None:
    once = after_attempt(ForwardHealth(), AnswerMeaning.FAILURE, NOW, "status 500")
    twice = after_attempt(once, AnswerMeaning.FAILURE, NOW, "connection refused")
    assert (once.error, twice.error) == ("status 500", "connection refused")
    assert after_attempt(twice, AnswerMeaning.IMPOSSIBLE, NOW, "not sent").error == "connection refused"
    assert after_attempt(twice, AnswerMeaning.SUCCESS, NOW, "status 200").error is None


def test_any_answer_of_a_target_that_works_ends_the_row() -> None:
    for meaning in (AnswerMeaning.SUCCESS, AnswerMeaning.REFUSAL):
        assert _after(1, meaning, _after(FAILURES_TO_REST - 1)) == ForwardHealth()
        assert _after(1, meaning, _after(FAILURES_TO_REST)) == ForwardHealth()
    before = _after(FAILURES_TO_REST - 1)
    assert _after(1, AnswerMeaning.IMPOSSIBLE, before) == before


def test_probes_become_rarer_up_to_a_limit() -> None:
    health, waits = _after(FAILURES_TO_REST), []
    for _ in range(30):
        at = health.probe_at
        assert at is not None
        health = after_attempt(health, AnswerMeaning.FAILURE, at)
        assert health.probe_at is not None
        waits.append(health.probe_at - at)
    assert waits[:4] == [2 * FIRST_PROBE, 4 * FIRST_PROBE, 8 * FIRST_PROBE, LONGEST_PROBE]
    assert set(waits[4:]) == {LONGEST_PROBE}


def test_a_target_that_only_fails_is_switched_off_after_days() -> None:
    failing = _after(FAILURES_TO_REST)
    assert after_attempt(failing, AnswerMeaning.FAILURE, NOW + OFF_AFTER - timedelta(seconds=1)).state is (
        ForwardState.RESTING
    )
    off = after_attempt(failing, AnswerMeaning.FAILURE, NOW + OFF_AFTER)
    assert (off.state, off.reason, off.probe_at) == (ForwardState.OFF, OFF_REASON, None)
    assert resumed().state is ForwardState.ON


def test_a_target_that_is_gone_pauses_the_forward() -> None:
    gone = _after(1, AnswerMeaning.GONE)
    assert (gone.state, gone.reason) == (ForwardState.PAUSED, GONE_REASON)
    assert (paused(gone).state, paused(gone).reason) == (ForwardState.PAUSED, None)
