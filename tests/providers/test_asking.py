"""How sheets are asked: the first one that reads an event has the request; what a header alone shows is guessed."""

import json

import pytest

from app.domain.captures import RawRequest
from app.domain.roles import Kind, Role
from app.providers import facts_of, recognise
from tests.storage.builders import a_raw

HEADERS = {
    "twilio": b"X-Twilio-Signature",
    "sinch": b"x-sinch-webhook-signature",
    "messagebird": b"MessageBird-Signature",
    "signalwire": b"X-SignalWire-Signature",
}
NEW = {"src": "+14155550163", "dst": "+19495550142", "msg": "hi", "msgid": "m"}


def _raw(body: object, header: bytes) -> RawRequest:
    return a_raw(json.dumps(body).encode(), headers=((b"Content-Type", b"application/json"), (header, b"x")))


@pytest.mark.parametrize(("provider", "header"), HEADERS.items())
def test_a_claim_by_a_header_alone_is_guessed_and_keeps_its_provider(provider: str, header: bytes) -> None:
    raw = _raw(NEW, header)
    reading = recognise(raw, Role.PRIMARY)
    assert (reading.provider, reading.kind, reading.message_id) == (provider, Kind.INBOUND, "m")
    assert (reading.sender, reading.recipient, reading.text) == ("+14155550163", "+19495550142", "hi")
    assert facts_of(raw, Role.PRIMARY, reading.provider).events == reading.events


def test_what_nobody_claims_is_a_guess() -> None:
    assert recognise(_raw(NEW, b"X-Other"), Role.PRIMARY).provider == "generic"


def test_a_claim_that_reads_nothing_leaves_the_request_to_the_next_one() -> None:
    message = {"type": "mo_text", "id": "m", "from": "17145550163", "to": "19495550142", "body": "hi"}
    reading = recognise(_raw(message, b"X-Twilio-Signature"), Role.PRIMARY)
    assert reading.text == "hi"


def test_with_a_provider_set_its_sheet_is_asked_first_and_a_guess_is_no_claim() -> None:
    assert recognise(_raw(NEW, b"X-Other"), Role.PRIMARY, "sinch").provider == "generic"


def test_a_sheet_that_stays_silent_on_purpose_ends_the_asking() -> None:
    event = {"type": "com.twilio.taskrouter.task.created", "data": NEW | {"status": "odd"}} | NEW
    for role in Role:
        raw = _raw(event, b"X-Other")
        reading = recognise(raw, role)
        assert (reading.provider, reading.kind, reading.events, reading.status) == ("twilio", Kind.OTHER, (), None)
        assert facts_of(raw, role, "twilio").loose_word is None
