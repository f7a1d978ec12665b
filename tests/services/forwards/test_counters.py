"""Counts of attempts."""

import pytest

from app import clock
from app.domain.forwards.answers import AnswerMeaning
from app.domain.forwards.model import DispatchState
from app.domain.replays import NewAttempt
from app.services.forwards.counters import EDGES, ForwardCounters, result_of
from app.services.forwards.sending import SentDispatch


def sent(status: int | None, error: str | None = None, ms: int = 7) -> SentDispatch:
    attempt = NewAttempt(n=1, url="", sent_at=clock.now(), status=status, ms=ms, error=error)
    return SentDispatch(attempt=attempt, meaning=AnswerMeaning.FAILURE)


@pytest.mark.parametrize(
    ("status", "error", "result"),
    [
        (204, None, "2xx"), (302, "a redirect", "3xx"), (599, None, "5xx"), (None, "no response in time", "timeout"),
        (None, "the TLS connection failed", "tls"), (None, "blocked: private address", "closed_gate"),
        (None, "the connection was refused", "refused"),
    ],
)  # fmt: skip
def test_a_result_is_a_class_or_a_cause(status: int | None, error: str | None, result: str) -> None:
    assert result_of(sent(status, error)) == result


def test_attempts_times_and_ends_are_counted() -> None:
    counters = ForwardCounters()
    for ms in (10, 11, 61_000):
        counters.sent("f", sent(200, ms=ms))
    for state in DispatchState:
        counters.ended(state)
    assert counters.attempts == {("f", "2xx"): 3}
    assert (counters.buckets[0], counters.buckets[1], counters.buckets[len(EDGES)]) == (1, 1, 1)
    assert (counters.exhausted, counters.took_s) == (1, pytest.approx(61.021))
