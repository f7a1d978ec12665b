"""The reason of a verdict, in sentences."""

import pytest
from hypothesis import given, settings

from app.domain.captures import Outcome
from app.domain.pairings.model import Pairing, Verdict, mark_missing
from app.domain.pairings.reasons import reason_of

from .test_model import (
    BROKEN,
    DROPPED,
    ERROR,
    FALLBACK,
    GONE,
    LATE,
    LEFT,
    OK,
    PRIMARY,
    STEPS,
    _hit,
    _pairing,
)


@settings(deadline=None)
@given(steps=STEPS)
def test_every_pairing_has_a_reason_in_sentences(steps: list[tuple[float, bool, Outcome | None]]) -> None:
    reason = reason_of(_pairing(*steps))
    assert reason.endswith(".")
    assert "None" not in reason


@pytest.mark.parametrize(
    ("steps", "reason"),
    [
        (
            [(0, PRIMARY, LEFT), (15, FALLBACK, OK)],
            "The sender disconnected after 15.0 s without a response and used the fallback once. Nothing was lost.",
        ),
        ([(0, PRIMARY, ERROR), (2.1, FALLBACK, OK)], "The primary answered 500; the fallback accepted it 2.1 s later."),
        (
            [(0, FALLBACK, OK)],
            "The provider called only the fallback. Check the primary URL in the portal.",
        ),
        ([(0, PRIMARY, None)], "One response is still pending."),
        ([(0, PRIMARY, ERROR)], "The primary answered 500; no fallback request has come yet."),
        (
            [(0, PRIMARY, None), (5, FALLBACK, OK)],
            "The fallback accepted it. One response is still pending.",
        ),
        (
            [(0, PRIMARY, LATE), (5, FALLBACK, OK)],
            "The fallback request came after 5.0 s, while the primary had not answered. Nothing was lost.",
        ),
        (
            [(0, PRIMARY, ERROR), (1, FALLBACK, DROPPED)],
            "The primary answered 500. The fallback sent no response, too.",
        ),
        ([(0, PRIMARY, OK)], "The primary accepted it; the fallback was not needed."),
        (
            [(0, PRIMARY, ERROR), (1, PRIMARY, OK)],
            "The primary accepted it at one of 2 attempts; the fallback was not needed.",
        ),
        (
            [(0, PRIMARY, OK), (1, FALLBACK, OK)],
            "Both URLs accepted it, 1.0 s apart, so a handler behind both sees it twice.",
        ),
        (
            [(0, PRIMARY, BROKEN), (1, PRIMARY, BROKEN), (2, FALLBACK, OK)],
            (
                "The primary answered 200, but incomplete or malformed at the last of 2 attempts;"
                " the fallback accepted it 2.0 s later."
            ),
        ),
    ],
)
def test_the_reason_says_what_happened(steps: list[tuple[float, bool, Outcome | None]], reason: str) -> None:
    assert reason_of(_pairing(*steps)) == reason


def test_the_reason_names_our_own_fault() -> None:
    failed = _hit(1, ok=False, status=500, fault="status", fault_said="status 500")
    pairing = Pairing(message_id="m", voice=False, hits=(failed, _hit(2, 2.1, fallback=True, ok=True)))
    assert reason_of(pairing) == ("The primary answered 500 (fault: status 500); the fallback accepted it 2.1 s later.")


@pytest.mark.parametrize(
    ("steps", "verdict", "reason"),
    [
        (
            [(0, PRIMARY, ERROR), (1, FALLBACK, OK), (2, PRIMARY, LEFT)],
            Verdict.FALLBACK_AFTER_ERROR,
            "The primary answered 500; the fallback accepted it 1.0 s later.",
        ),
        (
            [(0, PRIMARY, LEFT), (15, FALLBACK, OK), (16, PRIMARY, ERROR)],
            Verdict.FALLBACK_AFTER_TIMEOUT,
            "The sender disconnected after 15.0 s without a response and used the fallback once. Nothing was lost.",
        ),
        (
            [(0, PRIMARY, GONE), (15, FALLBACK, OK), (16, FALLBACK, OK)],
            Verdict.FALLBACK_AFTER_TIMEOUT,
            "The sender disconnected without a response and used the fallback twice. Nothing was lost.",
        ),
    ],
)
def test_the_reason_is_what_came_before_the_fallback(
    steps: list[tuple[float, bool, Outcome | None]], verdict: Verdict, reason: str
) -> None:
    pairing = _pairing(*steps)
    assert (pairing.verdict, reason_of(pairing)) == (verdict, reason)


def test_a_fallback_that_did_not_come_is_named_when_it_is_missed() -> None:
    pairing = _pairing((0, PRIMARY, ERROR))
    assert reason_of(pairing) == "The primary answered 500; no fallback request has come yet."
    assert reason_of(mark_missing(pairing)) == "The primary answered 500, and no fallback request came within 30 s."
