"""Bird's envelope and MessageBird's Conversations: the message inside is read, what is about none is known."""

import json

import pytest

from app.domain.captures import Reading
from app.domain.roles import Kind, Role
from app.providers import recognise
from tests.storage.builders import a_raw

MESSAGE = {"id": "m", "conversationId": "c", "content": {"text": "hi"}, "createdDatetime": "2024-07-11T09:26:30Z"}
PARTIES = {"conversation": {"id": "c", "status": "active"}, "contact": {"id": "k", "msisdn": 447700900163}}


def _read(body: object, role: Role = Role.PRIMARY) -> Reading:
    return recognise(a_raw(json.dumps(body).encode(), headers=((b"Content-Type", b"application/json"),)), role)


@pytest.mark.parametrize(
    ("direction", "kind", "sender", "recipient"),
    [("received", Kind.INBOUND, "+447700900163", None), ("sent", Kind.STATUS, None, "+447700900163")],
)
def test_the_contact_is_the_other_side_where_the_message_names_none(
    direction: str, kind: Kind, sender: str | None, recipient: str | None
) -> None:
    reading = _read(PARTIES | {"type": "message.created", "message": MESSAGE | {"direction": direction}})
    assert (reading.kind, reading.sender, reading.recipient, reading.message_id) == (kind, sender, recipient, "m")


def test_two_messages_of_a_conversation_are_two() -> None:
    read = [_read(PARTIES | {"type": "message.created", "message": MESSAGE | {"id": id}}) for id in ("m1", "m2")]
    assert [(reading.provider, reading.message_id) for reading in read] == [
        ("messagebird", "m1"),
        ("messagebird", "m2"),
    ]


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize(
    "body",
    [
        PARTIES | {"type": "conversation.created"},
        PARTIES | {"type": "conversation.updated"},
        {"service": "channels", "event": "channel.updated", "payload": {"id": "x", "status": "active"}},
        {
            "service": "channels",
            "event": "email.interaction",
            "payload": {"id": "x", "channelId": "c", "type": "opened"},
        },
        {"service": "numbers", "event": "number.updated", "payload": {"id": "x", "number": "+447700900142"}},
        {"service": "conversations", "event": "conversation.created", "payload": {"id": "x", "status": "active"}},
    ],
)
def test_what_is_about_no_message_is_birds_and_says_nothing(body: object, role: Role) -> None:
    reading = _read(body, role)
    assert (reading.provider, reading.kind, reading.events, reading.findings) == ("messagebird", Kind.OTHER, (), ())


def test_a_channel_of_another_platform_is_read_as_sms_is() -> None:
    payload = {
        "id": "m", "channelId": "c", "direction": "outgoing", "status": "delivered",
        "receiver": {"contacts": [{"identifierValue": "+447700900163"}]},
    }  # fmt: skip
    reading = _read({"service": "channels", "event": "rcs.outbound", "payload": payload}, Role.STATUS)
    assert (reading.kind, reading.status, reading.recipient) == (Kind.STATUS, "delivered", "+447700900163")
