"""What is added to all events alike: parties, ids, what a status word means, bounds."""

from datetime import UTC, datetime

import pytest

from app.domain.events import Event, Piece, made_id
from app.domain.roles import Kind
from app.domain.statuses import UNKNOWN, Status, Word
from app.providers.kit.bounds import MAX_EVENTS, MAX_MEDIA, MAX_TEXT, MAX_VALUE
from app.providers.kit.events import finished, id_of_one
from app.providers.kit.glance import Glance
from app.providers.kit.parties import international
from tests.storage.builders import a_raw

GLANCE = Glance(a_raw(received_at=datetime(2026, 11, 25, tzinfo=UTC)))
WORDS = {"sent": Word(Status.SENT), "gone": Word(Status.DELIVERED, final=True)}


def _word(raw_status: str | None) -> Word:
    return WORDS.get(raw_status or "", UNKNOWN)


def _finished(**stated: object) -> Event:
    (event,) = finished(GLANCE, [Event(**{"kind": Kind.INBOUND, "message_id": "m"} | stated)], _word, international)
    return event


def test_what_is_out_of_all_proportion_is_cut() -> None:
    long = "x" * (MAX_TEXT + 1)
    event = _finished(
        message_id=long, text=long, raw_status=long, price=long, media=(long,) * (MAX_MEDIA + 1),
        piece=Piece("r" * (MAX_VALUE + 1), 1, 2),
    )  # fmt: skip
    assert (len(event.message_id), len(event.raw_status or ""), len(event.price or "")) == (MAX_VALUE,) * 3
    assert (len(event.text or ""), len(event.media), len(event.media[0])) == (MAX_TEXT, MAX_MEDIA, MAX_TEXT)
    assert event.piece is None


def test_the_first_events_of_a_request_are_taken() -> None:
    events = [Event(kind=Kind.INBOUND, message_id=str(n)) for n in range(MAX_EVENTS + 1)]
    assert [event.message_id for event in finished(GLANCE, events, _word)] == [str(n) for n in range(MAX_EVENTS)]


def test_blank_values_are_left_out_and_a_blank_text_is_an_empty_sms() -> None:
    event = _finished(sender_said="", recipient_said="", raw_status="", price="", currency="", error_code="", text="")
    assert (event.sender_said, event.recipient_said, event.raw_status) == (None, None, None)
    assert (event.price, event.currency, event.error_code, event.text) == (None, None, None, "")


def test_parties_and_a_missing_id_come_from_what_was_sent() -> None:
    event = _finished(message_id="", sender_said="447700900123", recipient_said="88022", text="hi")
    assert (event.sender, event.recipient) == ("+447700900123", "88022")
    assert event.message_id == made_id("+447700900123", "88022", "hi", GLANCE.raw.received_at)
    stamp = datetime(2026, 1, 1, tzinfo=UTC)
    assert _finished(message_id="", said_at=stamp).message_id == made_id(None, None, None, stamp)


@pytest.mark.parametrize(
    ("stated", "status", "final"),
    [
        ({"kind": Kind.INBOUND, "raw_status": "sent"}, Status.RECEIVED, True),
        ({"kind": Kind.STATUS, "raw_status": "sent"}, Status.SENT, False),
        ({"kind": Kind.STATUS, "raw_status": "gone"}, Status.DELIVERED, True),
        ({"kind": Kind.STATUS, "raw_status": "odd"}, Status.UNKNOWN, False),
        ({"kind": Kind.STATUS}, None, False),
        ({"kind": Kind.STATUS, "raw_status": "gone", "status": Status.FAILED}, Status.FAILED, False),
        ({"kind": Kind.VOICE, "raw_status": "gone"}, None, False),
    ],
)
def test_a_callback_without_a_status_gets_that_of_its_word(
    stated: dict[str, object], status: Status | None, final: bool
) -> None:
    event = _finished(**stated)
    assert (event.status, event.final) == (status, final)


def test_one_id_for_many_recipients_is_told_apart_by_the_recipient_or_its_place() -> None:
    assert id_of_one("m", "447700900123", 0, international) == "m:+447700900123"
    assert id_of_one("m", None, 2) == "m:2"
    assert id_of_one("", "+14155550123", 0) == id_of_one(None, None, 0) == ""
    assert id_of_one("m" * 1_000, "+14155550123", 0).endswith("m:+14155550123")
    assert len(id_of_one("m" * 1_000, "+14155550123", 0)) == MAX_VALUE


@pytest.mark.parametrize(("stamp", "to_minute"), [("2407110926", True), ("2024-07-11T09:26:00Z", False)])
def test_a_stamp_that_the_request_has_without_seconds_is_marked(stamp: str, to_minute: bool) -> None:
    headers = ((b"Content-Type", b"application/x-www-form-urlencoded"),)
    glance = Glance(a_raw(body=f"Done={stamp}".encode(), headers=headers))
    event = Event(kind=Kind.STATUS, message_id="m", said_at=datetime(2024, 7, 11, 9, 26, tzinfo=UTC))
    assert finished(glance, [event], _word)[0].said_to_minute is to_minute
