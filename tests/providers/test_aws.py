"""AWS: an SMS inside of a text of JSON inside of JSON, and handshakes that are about no message."""

import json

import pytest

from app.domain.captures import RawRequest
from app.domain.roles import Kind, Role
from app.providers import recognise, why
from tests.storage.builders import a_raw

SMS = {
    "originationNumber": "+14255550163",
    "destinationNumber": "+12065550142",
    "messageBody": "hi",
    "inboundMessageId": "i",
}


def _sns(message: object, kind: str = "Notification", header: bool = True) -> RawRequest:
    body = {"Type": kind, "MessageId": "n", "TopicArn": "arn:aws:sns:us-east-1:1:t", "Message": message,
            "Timestamp": "2024-07-11T09:36:00.120Z"}  # fmt: skip
    headers = ((b"Content-Type", b"text/plain; charset=UTF-8"),)
    named = ((b"X-Amz-Sns-Message-Type", kind.encode()),)
    return a_raw(json.dumps(body).encode(), headers=headers + named * header)


@pytest.mark.parametrize("header", [True, False])
@pytest.mark.parametrize("message", [SMS, json.dumps(SMS)], ids=["object", "text"])
@pytest.mark.parametrize("role", [Role.PRIMARY, Role.STATUS])
def test_the_sms_is_inside_of_the_notification(role: Role, message: object, header: bool) -> None:
    reading = recognise(_sns(message, header=header), role)
    assert (reading.provider, reading.kind, reading.message_id, reading.text) == ("aws", Kind.INBOUND, "i", "hi")


@pytest.mark.parametrize("kind", ["SubscriptionConfirmation", "UnsubscribeConfirmation"])
@pytest.mark.parametrize("provider", [None, "aws"])
@pytest.mark.parametrize("role", [Role.PRIMARY, Role.FALLBACK, Role.STATUS])
def test_a_handshake_is_about_no_message(role: Role, provider: str | None, kind: str) -> None:
    reading = recognise(_sns("You have chosen to subscribe", kind), role, provider)
    assert (reading.provider, reading.kind, reading.events, reading.problem) == ("aws", Kind.OTHER, (), None)


@pytest.mark.parametrize("message", ["ALARM", "", "7", "null", "[]", "{", 7, None, [], {"a": 1}, "[" * 500])
def test_a_notification_about_something_else_states_nothing(message: object) -> None:
    reading = recognise(_sns(message), Role.PRIMARY)
    assert (reading.provider, reading.kind, reading.events) == ("aws", Kind.OTHER, ())


@pytest.mark.parametrize(
    ("event", "status", "final"),
    [
        ({"eventType": "TEXT_SUCCESSFUL", "messageStatus": "SUCCESSFUL", "isFinal": True}, "sent", True),
        ({"eventType": "TEXT_SUCCESSFUL", "messageStatus": "SUCCESSFUL", "isFinal": False}, "sent", False),
        ({"eventType": "TEXT_SUCCESSFUL"}, "sent", False),
        ({"eventType": "TEXT_DELIVERED"}, "delivered", True),
        ({"eventType": "MEDIA_TTL_EXPIRED"}, "expired", True),
        ({"messageStatus": "UNKNOWN", "isFinal": True}, "unknown", True),
        ({"eventType": "TEXT_NEW", "isFinal": "true"}, "unknown", False),
    ],
)
def test_an_event_says_itself_whether_it_is_the_last(event: dict[str, object], status: str, final: bool) -> None:
    read = recognise(_sns(json.dumps(event | {"messageId": "m"})), Role.STATUS).events[0]
    assert (read.kind, read.status, read.final) == (Kind.STATUS, status, final)


def test_the_time_of_an_event_is_in_milliseconds() -> None:
    event = {"eventType": "TEXT_QUEUED", "messageId": "m", "eventTimestamp": 1720690561470}
    said_at = recognise(_sns(json.dumps(event)), Role.STATUS).events[0].said_at
    assert said_at is not None
    assert said_at.isoformat() == "2024-07-11T09:36:01.470000+00:00"


def test_raw_delivery_is_known_by_its_fields() -> None:
    raw = a_raw(json.dumps(SMS).encode(), headers=((b"Content-Type", b"text/plain"),))
    assert why(raw, "aws") == "originationNumber, destinationNumber and inboundMessageId are present"
    assert recognise(raw, Role.PRIMARY).message_id == "i"
