"""Twilio's events: only those about one message make events, all others are known and nothing is guessed from them."""

import json
from urllib.parse import urlencode

import pytest

from app.domain.captures import Reading
from app.domain.roles import Kind, Role
from app.providers import recognise, why
from tests.storage.builders import a_raw

ACCOUNT = "AC00000000000000000000000000000001"
SID = "SMab12ab12ab12ab12ab12ab12ab12ab12"
JSON = ((b"Content-Type", b"application/json"),)
FORM = ((b"Content-Type", b"application/x-www-form-urlencoded"),)
# Of each product in twilio.com/docs/events/event-types-overview one type that is about no message.
OTHERS = [
    "messaging.compliance.brand-registration.brand-registered",
    "messaging.compliance.campaign-registration.campaign-approved",
    "messaging.compliance.number-registration.successful",
    "messaging.compliance.toll-free-verification.approved",
    "daptbt.link-shortening.link-clicked",
    "daptbt.link-shortening.link-shortened",
    "error-logs.error.logged",
    "accountsecurity.verify.verification.approved",
    "accountsecurity.verify.message.delivered",
    "conversations.conversation.added",
    "conversations.participant.added",
    "conversations.message.removed",
    "conversations.message.updated",
    "engagement.opt-out.added",
    "studio.flow.execution.started",
    "taskrouter.task.created",
    "voice.insights.call-summary.complete",
    "comms-api.operation.processing",
    "something.new.happened",
]


def _stream(*events: dict[str, object], role: Role = Role.STATUS) -> Reading:
    return recognise(a_raw(json.dumps(events).encode(), headers=JSON), role)


def _event(event_type: str, **data: object) -> dict[str, object]:
    return {"specversion": "1.0", "type": f"com.twilio.{event_type}", "id": "NO1", "data": data}


def _form(role: Role = Role.STATUS, **fields: str) -> Reading:
    return recognise(a_raw(urlencode(fields).encode(), headers=FORM), role)


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize("event_type", OTHERS)
def test_an_event_about_no_message_is_twilios_and_says_nothing(event_type: str, role: Role) -> None:
    data = {
        "accountsid": ACCOUNT,
        "message_sid": SID,
        "to": "+14155550163",
        "from": "+19495550142",
        "status": "approved",
    }
    reading = _stream(_event(event_type, **data), role=role)
    assert (reading.provider, reading.kind, reading.events, reading.findings) == ("twilio", Kind.OTHER, (), ())
    assert reading.status is None


def test_of_several_events_those_about_a_message_are_read() -> None:
    reading = _stream(
        _event("messaging.compliance.brand-registration.brand-registered"),
        _event("messaging.message.sent", messageSid=SID, to="+14155550163"),
        _event("messaging.inbound-message.received", messageSid="SM2", body="hi"),
    )
    assert [(event.kind, event.message_id) for event in reading.events] == [(Kind.STATUS, SID), (Kind.INBOUND, "SM2")]


@pytest.mark.parametrize(
    "fields",
    [
        {"EventType": "click", "SmsSid": SID, "Link": "https://example.com/", "To": "+14155550163"},
        {"FaxSid": "FX" + "ab12" * 8, "From": "+14155550163", "To": "+19495550142", "FaxStatus": "received"},
        {"EventType": "reservation.accepted", "TaskSid": "WT" + "ab12" * 8, "TaskAttributes": "{}"},
        {"Sid": "NO" + "ab12" * 8, "Level": "ERROR", "Payload": "{}", "PayloadType": "application/json"},
        {"VerificationSid": "VE" + "ab12" * 8, "To": "+14155550163", "Status": "approved"},
        {"RoomSid": "RM" + "ab12" * 8, "StatusCallbackEvent": "room-created"},
        {"EventType": "onParticipantAdded", "ConversationSid": "CH" + "ab12" * 8, "MessagingBinding.Address": "+1"},
        {"EventType": "onMessageAdd", "ConversationSid": "CH" + "ab12" * 8, "Author": "+14155550163", "Body": "hi"},
    ],
)
def test_a_form_about_something_else_is_twilios_and_says_nothing(fields: dict[str, str]) -> None:
    for role in Role:
        reading = _form(role, AccountSid=ACCOUNT, **fields)
        assert (reading.provider, reading.kind, reading.events, reading.findings) == ("twilio", Kind.OTHER, (), ())


def test_ids_that_stand_in_messages_too_are_no_other_resource() -> None:
    fields = {"AccountSid": ACCOUNT, "MessagingServiceSid": "MG" + "ab12" * 8, "ApiVersion": "2010-04-01"}
    reading = _form(Role.PRIMARY, **fields, From="+14155550163", Body="hi")
    assert (reading.kind, reading.sender, reading.text) == (Kind.INBOUND, "+14155550163", "hi")


@pytest.mark.parametrize(
    ("source", "author", "sender"),
    [
        ("SMS", "+14155550163", "+14155550163"),
        ("WhatsApp", "whatsapp:+14155550163", "+14155550163"),
        ("", "+14155550163", "+14155550163"),
        ("API", "+14155550163", None),
        ("SDK", "agent", None),
        ("", "system", None),
    ],
)
def test_a_message_of_a_conversation_is_inbound_where_an_address_wrote_it(
    source: str, author: str, sender: str | None
) -> None:
    fields = {"EventType": "onMessageAdded", "ConversationSid": "CH" + "ab12" * 8, "MessageSid": "IM" + "ab12" * 8}
    reading = _form(Role.PRIMARY, AccountSid=ACCOUNT, **fields, Source=source, Author=author, Body="hi")
    assert (reading.kind, reading.sender) == (Kind.INBOUND if sender else Kind.OTHER, sender)


def test_an_account_alone_shows_nobody() -> None:
    raw = a_raw(urlencode({"AccountSid": ACCOUNT, "From": "+14155550163"}).encode(), headers=FORM)
    assert why(raw, "twilio") is None
