"""SignalWire: Twilio's names with UUIDs, or JSON of its own; an MMS ends when it is sent."""

import json
from urllib.parse import urlencode

import pytest

from app.domain.roles import Kind, Role
from app.domain.statuses import Status
from app.providers import recognise, why
from tests.storage.builders import a_raw

UUID = "5d2a7c10-4b3e-4f6a-9c81-0e7d6b5a4f32"


def _form(**fields: str):
    return a_raw(
        urlencode(fields).encode(), headers=((b"Content-Type", b"application/x-www-form-urlencoded"),), target="/k"
    )


def _json(body: object):
    return a_raw(json.dumps(body).encode(), headers=((b"Content-Type", b"application/json"),))


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (_form(MessageSid="m", AccountSid=UUID), "MessageSid is present and AccountSid is a UUID"),
        (_form(MessageSid="m", AccountSid=UUID, Action="x"), None),
        (_form(MessageSid="m", AccountSid="AC1"), None),
        (
            _form(CallSid="c", ApiVersion="1", AccountSid=UUID),
            "CallSid and ApiVersion are present and AccountSid is a UUID",
        ),
        (_json({"id": "m", "project_id": UUID, "status": "sent"}), "id, project_id and status are present"),
        (
            _json({"message": {"message_id": "m", "space_id": "s"}}),
            "message.message_id and message.project_id are present",
        ),
        (_json({"call": {"call_id": "c", "project_id": "p"}}), "call.call_id and call.project_id are present"),
        (_json({"id": "m", "project_id": UUID}), None),
    ],
)
def test_each_mark_has_its_reason(raw, reason: str | None) -> None:
    assert why(raw, "signalwire") == reason


@pytest.mark.parametrize(("media", "final"), [("1", True), ("0", False), ("", False)])
def test_an_mms_ends_when_it_is_sent(media: str, final: bool) -> None:
    raw = _form(MessageSid="m", AccountSid=UUID, MessageStatus="sent", NumMedia=media)
    (event,) = recognise(raw, Role.STATUS).events
    assert (event.status, event.final) == (Status.SENT, final)


def test_media_are_addresses_or_objects_with_one() -> None:
    message = {
        "message_id": "m",
        "project_id": "p",
        "from": "+1",
        "media": ["https://a", {"url": "https://b"}, 3, None],
    }
    (event,) = recognise(_json({"message": message}), Role.PRIMARY).events
    assert (event.kind, event.media) == (Kind.INBOUND, ("https://a", "https://b", "3"))
