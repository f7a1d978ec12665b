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
            "The sender left after 15.0 s without an answer and used the fallback once. Nothing was lost.",
        ),
        ([(0, PRIMARY, ERROR), (2.1, FALLBACK, OK)], "The primary answered 500; the fallback took it 2.1 s later."),
        (
            [(0, FALLBACK, OK)],
            "The provider went straight to the fallback. Check the primary address in the portal.",
        ),
        ([(0, PRIMARY, None)], "What became of an answer is not known yet."),
        ([(0, PRIMARY, ERROR)], "The primary answered 500; no fallback has come yet."),
        (
            [(0, PRIMARY, None), (5, FALLBACK, OK)],
            "The fallback took it. What became of an answer is not known yet.",
        ),
        (
            [(0, PRIMARY, LATE), (5, FALLBACK, OK)],
            "The fallback came after 5.0 s, while the primary was unanswered. Nothing was lost.",
        ),
        (
            [(0, PRIMARY, ERROR), (1, FALLBACK, DROPPED)],
            "The primary answered 500. The fallback gave no answer, too.",
        ),
        ([(0, PRIMARY, OK)], "The primary took it; the fallback was not needed."),
        (
            [(0, PRIMARY, ERROR), (1, PRIMARY, OK)],
            "The primary took it at one of 2 tries; the fallback was not needed.",
        ),
        (
            [(0, PRIMARY, OK), (1, FALLBACK, OK)],
            "Both URLs took it, 1.0 s apart, so a handler behind both sees it twice.",
        ),
        (
            [(0, PRIMARY, BROKEN), (1, PRIMARY, BROKEN), (2, FALLBACK, OK)],
            (
                "The primary answered 200, but not whole or not well formed at the last of 2 tries;"
                " the fallback took it 2.0 s later."
            ),
        ),
    ],
)
def test_the_reason_says_what_happened(steps: list[tuple[float, bool, Outcome | None]], reason: str) -> None:
    assert reason_of(_pairing(*steps)) == reason


def test_the_reason_names_our_own_fault() -> None:
    failed = _hit(1, ok=False, status=500, fault="status", fault_said="status 500")
    pairing = Pairing(message_id="m", voice=False, hits=(failed, _hit(2, 2.1, fallback=True, ok=True)))
    assert reason_of(pairing) == ("The primary answered 500 (fault: status 500); the fallback took it 2.1 s later.")


@pytest.mark.parametrize(
    ("steps", "verdict", "reason"),
    [
        (
            [(0, PRIMARY, ERROR), (1, FALLBACK, OK), (2, PRIMARY, LEFT)],
            Verdict.FALLBACK_AFTER_ERROR,
            "The primary answered 500; the fallback took it 1.0 s later.",
        ),
        (
            [(0, PRIMARY, LEFT), (15, FALLBACK, OK), (16, PRIMARY, ERROR)],
            Verdict.FALLBACK_AFTER_TIMEOUT,
            "The sender left after 15.0 s without an answer and used the fallback once. Nothing was lost.",
        ),
        (
            [(0, PRIMARY, GONE), (15, FALLBACK, OK), (16, FALLBACK, OK)],
            Verdict.FALLBACK_AFTER_TIMEOUT,
            "The sender left without an answer and used the fallback twice. Nothing was lost.",
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
    assert reason_of(pairing) == "The primary answered 500; no fallback has come yet."
    assert reason_of(mark_missing(pairing)) == "The primary answered 500, and no fallback came within 30 s."
