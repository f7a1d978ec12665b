"""The fold: late, repeated, lost and contradictory callbacks in any order leave one truth, and a timeline."""

from datetime import UTC, datetime, timedelta
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.events import Event, Piece
from app.domain.messages.folding import MOST_MEDIA, absorb, begin, mark_stuck, takes_piece, timeline
from app.domain.messages.model import CONTRADICTORY, DUPLICATE, LATE, MISPLACED, STUCK, Direction, Fact, Message
from app.domain.roles import Kind
from app.domain.statuses import RANKS, Status, Word

START = datetime(2026, 11, 25, 10, 0, tzinfo=UTC)


def _fact(n: int, event: Event, print_: str = "") -> Fact:
    return Fact(n=n, at=START + timedelta(seconds=n), provider="ytel", event=event, print=print_)


def _status(status: Status, *, final: bool = False, word: str | None = None, **more: object) -> Event:
    values = {"kind": Kind.STATUS, "message_id": "m1", "status": status, "raw_status": word or status.value}
    return Event(**values | {"final": final} | more)


def _inbound(text: str = "hi", **more: object) -> Event:
    values = {"kind": Kind.INBOUND, "message_id": "m1", "text": text, "status": Status.RECEIVED, "final": True}
    return Event(**values | more)


def _fold(*events: Event) -> Message:
    message = begin(_fact(1, events[0]))
    for n, event in enumerate(events[1:], 2):
        message, _ = absorb(message, _fact(n, event))
    return message


LADDER = (
    _status(Status.QUEUED),
    _status(Status.SENDING),
    _status(Status.SENT),
    _status(Status.DELIVERED, final=True),
)


@pytest.mark.parametrize("order", list(permutations(LADDER)))
def test_callbacks_in_every_order_end_the_same(order: tuple[Event, ...]) -> None:
    message = _fold(*order)
    assert (message.status, message.final, message.raw_status) == (Status.DELIVERED, True, "delivered")


_EVENTS = st.builds(
    _status, st.sampled_from([status for status in Status if status is not Status.RECEIVED]), final=st.booleans()
)


@given(st.lists(_EVENTS, min_size=1, max_size=6), st.randoms(), st.data())
def test_any_callbacks_shuffled_and_doubled_end_with_the_same_status_and_final(events, random, data) -> None:
    doubled = events + data.draw(st.lists(st.sampled_from(events), max_size=3))
    random.shuffle(doubled)
    one, other = _fold(*events), _fold(*doubled)
    assert (one.status, one.final) == (other.status, other.final)
    assert RANKS[one.status] == max(RANKS[event.status] for event in events)


def test_a_lower_rank_that_comes_later_is_late_and_moves_nothing_back() -> None:
    message = _fold(_status(Status.DELIVERED, final=True))
    message, odd = absorb(message, _fact(2, _status(Status.SENT)))
    assert odd == (LATE,)
    assert (message.status, message.final, message.findings) == (Status.DELIVERED, True, (LATE,))


def test_a_failure_and_a_success_that_are_both_final_contradict_each_other() -> None:
    for events in permutations((_status(Status.DELIVERED, final=True), _status(Status.FAILED, final=True))):
        assert CONTRADICTORY in _fold(*events).findings
    handed_over_then_failed = _fold(_status(Status.SENT, final=True), _status(Status.FAILED, final=True))
    assert CONTRADICTORY in handed_over_then_failed.findings
    assert CONTRADICTORY not in _fold(_status(Status.SENT), _status(Status.FAILED, final=True)).findings


def test_the_same_request_again_is_a_duplicate() -> None:
    message = begin(_fact(1, _inbound(), "primary aa"))
    message, odd = absorb(message, _fact(2, _inbound(), "primary aa"))
    assert odd == (DUPLICATE,)
    _, odd = absorb(message, _fact(3, _inbound(), "fallback aa"))
    assert odd == ()


def test_a_request_that_comes_again_after_others_is_a_duplicate_too() -> None:
    message = begin(_fact(1, _status(Status.QUEUED), "status aa"))
    message, _ = absorb(message, _fact(2, _status(Status.SENT), "status bb"))
    _, odd = absorb(message, _fact(3, _status(Status.QUEUED), "status aa"))
    assert DUPLICATE in odd


def test_of_several_error_codes_the_first_one_stays() -> None:
    message = _fold(
        _status(Status.UNDELIVERED, final=True, error_code="30003"),
        _status(Status.FAILED, final=True, error_code="30008"),
    )
    assert message.error_code == "30003"


def test_the_time_at_which_it_ended_is_that_of_the_first_final_event_and_stays() -> None:
    message = _fold(_status(Status.SENT))
    assert message.final_at is None
    for n in (2, 3):
        message, _ = absorb(message, _fact(n, _status(Status.DELIVERED, final=True)))
    message, _ = absorb(message, _fact(4, _status(Status.SENT)))
    assert message.final_at == START + timedelta(seconds=2)


def test_a_callback_makes_a_message_that_looked_inbound_an_outbound_one() -> None:
    inbound = _inbound(raw_status="success", as_callback=Word(Status.SENT, final=True))
    queued = _status(Status.QUEUED)
    for events in permutations((inbound, queued)):
        message = _fold(*events)
        assert (message.direction, message.status, message.final) == (Direction.OUTBOUND, Status.SENT, True)
        assert MISPLACED in message.findings


def test_a_documented_but_empty_word_ends_a_message_without_moving_it() -> None:
    message = _fold(_status(Status.SENT), _status(Status.UNKNOWN, final=True, word="delivery_unconfirmed"))
    assert (message.status, message.raw_status, message.final) == (Status.SENT, "sent", True)


def test_what_one_callback_leaves_out_another_may_carry() -> None:
    bare = _status(Status.QUEUED)
    full = _status(Status.FAILED, final=True, text="hi", sender="+1", recipient="+2", price="0.01", error_code="30003")
    message = _fold(full, bare)
    assert (message.text, message.sender, message.recipient) == ("hi", "+1", "+2")
    assert (message.price, message.error_code, message.segments, message.encoding) == ("0.01", "30003", 1, "GSM-7")


@pytest.mark.parametrize(
    ("field", "values", "kept"),
    [
        ("sender", (None, "+1", "+2"), "+1"),
        ("recipient", ("+1", None, "+2"), "+1"),
        ("sender_said", ("", "001", "1"), "001"),
        ("recipient_said", (None, None, "1"), "1"),
        ("text", (None, "", None), ""),
        ("text", ("", "hi", "other"), "hi"),
        ("media", (("a",), (), ("b", "a")), ("a", "b")),
        ("price", ("0.01", "0.02", None), "0.02"),
        ("currency", ("USD", None, "EUR"), "EUR"),
        ("error_code", (None, "30003", "30008"), "30003"),
        ("segments", (None, 2, 3), 2),
    ],
)
def test_each_field_has_its_rule_for_what_events_say_about_it(field: str, values: tuple, kept: object) -> None:
    assert getattr(_fold(*(_status(Status.SENT, **{field: value}) for value in values)), field) == kept


def test_a_message_keeps_its_first_pictures_however_many_are_named() -> None:
    message = _fold(*(_inbound(media=(f"https://example.net/{n}.jpg",)) for n in range(200)))
    assert message.media == tuple(f"https://example.net/{n}.jpg" for n in range(MOST_MEDIA))


def test_pieces_join_in_their_order_and_a_reference_used_again_is_another_message() -> None:
    first = _fact(1, _inbound("world", piece=Piece("108", 2, 2)))
    second = _fact(2, _inbound("hello ", message_id="m2", piece=Piece("108", 1, 2)))
    message = begin(first)
    assert takes_piece(message, second)
    message, _ = absorb(message, second)
    assert (message.text, message.message_id) == ("hello world", "m1")
    assert takes_piece(message, second)
    assert not takes_piece(message, _fact(3, _inbound("other", message_id="m3", piece=Piece("108", 1, 2))))


def test_a_stuck_message_is_open_again_when_something_comes() -> None:
    message = mark_stuck(_fold(_status(Status.QUEUED)))
    assert not message.is_open
    assert STUCK in message.findings
    message, _ = absorb(message, _fact(2, _status(Status.SENT)))
    assert message.is_open
    assert STUCK not in message.findings


def test_the_timeline_tells_gaps_late_ones_and_repeats() -> None:
    facts = [
        _fact(1, _status(Status.SENT), "a"),
        _fact(2, _status(Status.QUEUED), "b"),
        _fact(4, _status(Status.SENT), "a"),
    ]
    steps = timeline(_fold(*(fact.event for fact in facts)), facts)
    assert [step.gap_ms for step in steps] == [None, 1_000, 2_000]
    assert [step.late for step in steps] == [False, True, False]
    assert [step.repeats for step in steps] == [None, None, 1]
