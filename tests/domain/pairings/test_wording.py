"""What became of a request, in words: a status, how long it took, when the sender disconnected."""

from datetime import UTC, datetime

import pytest

from app.domain.pairings.model import MOST_HITS, Hit
from app.domain.pairings.wording import answer_text, disconnect_text, hit_text, status_text, tries_text

AT = datetime(2026, 11, 27, 13, 41, tzinfo=UTC)


def _hit(**more: object) -> Hit:
    return Hit(**{"n": 1, "at": AT, "fallback": False, "method": "POST"} | more)


USUAL = _hit(ok=True)
TIMED = _hit(ok=True, status=200, after_ms=4)
ERROR = _hit(ok=False, status=500)
NOTHING = _hit(ok=False)
LEFT = _hit(ok=False, left_ms=15_000, sender_left=True)
LATE = _hit(ok=False, status=200, after_ms=16_000, left_ms=15_000, sender_left=True)
GONE = _hit(ok=False, sender_left=True)
WAITING = _hit()
HELD = _hit(fault="hold")


@pytest.mark.parametrize(
    ("hit", "status", "answer", "whole"),
    [
        (USUAL, "ok", "ok", "ok"),
        (TIMED, "200", "200 in 4 ms", "200 in 4 ms"),
        (ERROR, "500", "500", "500"),
        (NOTHING, "no response", "no response", "no response"),
        (LEFT, "no response", "no response", "no response, sender disconnected after 15.0 s"),
        (LATE, "200", "200 in 16.0 s", "200, sender disconnected after 15.0 s"),
        (GONE, "no response", "no response", "no response"),
        (WAITING, "no response", "waiting", "responding"),
        (HELD, "no response", "waiting", "held"),
    ],
)
def test_a_request_is_said_in_three_lengths(hit: Hit, status: str, answer: str, whole: str) -> None:
    assert (status_text(hit), answer_text(hit), hit_text(hit)) == (status, answer, whole)


def test_when_the_sender_left_is_said_only_where_it_is_known() -> None:
    assert (disconnect_text(LEFT), disconnect_text(GONE), disconnect_text(TIMED)) == (" after 15.0 s", "", "")


@pytest.mark.parametrize(
    ("count", "words"), [(1, "1"), (MOST_HITS // 2 - 1, "15"), (MOST_HITS // 2, "16 or more"), (32, "32 or more")]
)
def test_tries_that_may_have_been_dropped_are_said_as_at_least(count: int, words: str) -> None:
    assert tries_text([USUAL] * count) == words
