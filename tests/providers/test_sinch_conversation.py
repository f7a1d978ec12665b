"""Sinch's other APIs: of the Conversation API the triggers about a message are read, all others are known."""

import json

import pytest

from app.domain.captures import RawRequest
from app.domain.roles import Kind, Role
from app.domain.statuses import Status
from app.providers import recognise, why
from app.providers.sinch_conversation import TRIGGERS
from tests.storage.builders import a_raw

ABOUT_MESSAGES = {"message", "message_redaction", "message_submit_notification", "message_delivery_report"}
IDENTITY = {"channel": "SMS", "identity": "17145550163"}


def _raw(headers: tuple[tuple[bytes, bytes], ...] = (), **body: object) -> RawRequest:
    return a_raw(json.dumps(body).encode(), headers=((b"Content-Type", b"application/json"), *headers))


def test_who_wrote_is_the_sender_and_who_gets_it_the_recipient() -> None:
    inbound = {"id": "m", "channel_identity": IDENTITY, "sender_id": "19495550142", "direction": "TO_APP"}
    outbound = inbound | {"direction": "TO_CONTACT", "app_message": {"text_message": {"text": "hi"}}}
    read = [recognise(_raw(app_id="a", message=message), Role.PRIMARY) for message in (inbound, outbound)]
    assert [(reading.kind, reading.sender, reading.recipient) for reading in read] == [
        (Kind.INBOUND, "+17145550163", "+19495550142"),
        (Kind.STATUS, "+19495550142", "+17145550163"),
    ]
    assert read[1].text == "hi"


@pytest.mark.parametrize(
    ("word", "status", "final"),
    [
        ("QUEUED_ON_CHANNEL", Status.QUEUED, False),
        ("SWITCHING_CHANNEL", Status.SENDING, False),
        ("DELIVERED", Status.DELIVERED, True),
        ("READ", Status.READ, True),
        ("FAILED", Status.FAILED, True),
    ],
)
def test_a_delivery_report_says_how_far_the_message_is(word: str, status: Status, final: bool) -> None:
    report = {"message_id": "m", "status": word, "channel_identity": IDENTITY}
    (event,) = recognise(_raw(app_id="a", message_delivery_report=report), Role.STATUS).events
    assert (event.message_id, event.recipient, event.status, event.final) == ("m", "+17145550163", status, final)


def test_what_was_submitted_is_the_text_of_an_outbound_message() -> None:
    submitted = {"message_id": "m", "channel_identity": IDENTITY, "submitted_message": {"text_message": {"text": "hi"}}}
    (event,) = recognise(_raw(app_id="a", message_submit_notification=submitted), Role.STATUS).events
    assert (event.kind, event.message_id, event.text, event.raw_status) == (Kind.STATUS, "m", "hi", None)


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize("trigger", [trigger for trigger in TRIGGERS if trigger not in ABOUT_MESSAGES])
def test_a_trigger_about_no_message_is_sinchs_and_says_nothing(trigger: str, role: Role) -> None:
    subject = {"id": "1", "contact_id": "k", "identity": "17145550163", "status": "FAILED", "text": "x", "to": "1"}
    reading = recognise(_raw(app_id="a", **{trigger: subject}), role)
    assert (reading.provider, reading.kind, reading.events, reading.findings) == ("sinch", Kind.OTHER, (), ())


def test_the_signature_of_voice_and_verification_shows_sinch() -> None:
    signed = ((b"Authorization", b"Application k:s"), (b"X-Timestamp", b"2024-07-11T09:26:30Z"))
    reading = recognise(_raw(signed, event="pie", callid="c"), Role.VOICE)
    assert (reading.provider, reading.kind, reading.message_id) == ("sinch", Kind.VOICE, "c")
    assert recognise(_raw(signed, event="VerificationResultEvent", id="1"), Role.PRIMARY).kind is Kind.OTHER
    assert why(_raw((signed[0],), event="pie"), "sinch") is why(_raw((signed[1],), event="pie"), "sinch") is None


def test_the_id_of_an_app_alone_shows_nobody() -> None:
    assert why(_raw(app_id="a", message="hi", **{"from": "1"}), "sinch") is None
