"""What follows from a capture by time, and when it is certain."""

from datetime import timedelta

import pytest

from app.domain.captures import Outcome, Reading
from app.domain.events import Event
from app.domain.forwards.follow_ups import (
    HELD_FOR,
    MARGIN,
    hits_until,
    is_newest,
    needs_event,
    pairings_by_event,
    stuck_events,
    verdict_events,
    waits_until,
)
from app.domain.forwards.model import LaterEvent
from app.domain.messages.model import UnfinishedMessage
from app.domain.pairings.model import FALLBACK_WITHIN, Hit, Pairing, settled
from app.domain.replays import FollowUp
from app.domain.roles import Kind

from .test_events import AT, a_capture

OK = Outcome(status=200, after_ms=3)
ERROR = Outcome(status=500, after_ms=3)
SLOW = Outcome(status=200, after_ms=20_000)


def a_hit(n: int, outcome: Outcome | None = OK, *, fallback: bool = False, seconds: float = 0) -> Hit:
    hit = Hit(n=n, at=AT + timedelta(seconds=seconds), fallback=fallback, method="POST")
    return hit if outcome is None else settled(hit, outcome)


def a_pairing(*hits: Hit, message_id: str = "SM1") -> Pairing:
    return Pairing(message_id=message_id, voice=False, hits=hits)


def stating(*ids: str):
    events = tuple(Event(kind=Kind.INBOUND, message_id=each) for each in ids)
    return a_capture(Reading(provider="generic", kind=Kind.INBOUND, events=events))


@pytest.mark.parametrize(
    ("hits", "told"),
    [
        ([a_hit(1)], False),
        ([a_hit(1, ERROR), a_hit(2)], False),
        ([a_hit(1, ERROR)], True),
        ([a_hit(1), a_hit(2, ERROR, fallback=True)], True),
        ([a_hit(1), a_hit(2, fallback=True)], True),
        ([a_hit(1, fallback=True)], True),
    ],
)
def test_a_verdict_is_told_unless_only_the_primary_was_used_and_worked(hits: list[Hit], told: bool) -> None:
    assert needs_event(a_pairing(*hits)) is told


def test_a_verdict_is_known_when_no_fallback_can_come_any_more() -> None:
    due = AT + timedelta(seconds=20) + FALLBACK_WITHIN + MARGIN
    for pairing in (a_pairing(a_hit(1, SLOW)), a_pairing(a_hit(1, ERROR), a_hit(2, ERROR, fallback=True, seconds=20))):
        assert waits_until(pairing, due - timedelta(milliseconds=10)) is not None
        assert waits_until(pairing, due + timedelta(milliseconds=10)) is None


def test_an_answer_that_is_held_is_waited_for_but_not_for_ever() -> None:
    pairing = a_pairing(a_hit(1, None))
    assert waits_until(pairing, AT + HELD_FOR - timedelta(seconds=1)) == AT + HELD_FOR
    assert waits_until(pairing, AT + HELD_FOR) is None


def test_only_the_newest_request_has_a_verdict_with_those_before_it() -> None:
    pairing = a_pairing(a_hit(7, ERROR), a_hit(42, fallback=True, seconds=2))
    (event,) = verdict_events(stating("SM1"), [pairing])
    ended = AT + timedelta(seconds=2)
    assert event == LaterEvent(event=0, follow_up=FollowUp.VERDICT, at=ended)
    later = a_pairing(*pairing.hits, a_hit(43))
    assert (is_newest(pairing, 42), is_newest(later, 42)) == (True, False)
    assert verdict_events(stating("SM1"), [later]) == []
    assert [hit.n for hit in hits_until(later, 42)] == [7, 42]
    (failed,) = verdict_events(stating("SM1"), [a_pairing(a_hit(42, ERROR))])
    assert failed.at == AT + timedelta(milliseconds=0) + FALLBACK_WITHIN + timedelta(milliseconds=3)


def test_the_events_of_a_batch_have_their_own_verdicts() -> None:
    first, second = a_pairing(a_hit(42, ERROR)), a_pairing(a_hit(42, ERROR), message_id="SM2")
    others = a_pairing(a_hit(41, ERROR), message_id="SM1")
    capture = stating("SM1", "SM2")
    assert pairings_by_event(capture, [others, second, first]) == {0: first, 1: second}
    assert [each.event for each in verdict_events(capture, [first, second])] == [0, 1]
    by_text = a_pairing(a_hit(42), message_id="SM9")
    assert pairings_by_event(capture, [by_text]) == {0: by_text}


def test_a_message_is_stuck_since_its_newest_request() -> None:
    capture = stating("SM1", "SM2", "SM1", "SM3")
    unfinished = [
        UnfinishedMessage(42, "generic", "SM1", 42), UnfinishedMessage(42, "generic", "SM2", 43),
        UnfinishedMessage(41, "generic", "SM3", 41), UnfinishedMessage(42, "generic", "SM4", 42),
    ]  # fmt: skip
    minute = timedelta(minutes=1)
    assert stuck_events(capture, unfinished, minute) == [LaterEvent(event=0, follow_up=FollowUp.STUCK, at=AT + minute)]
