"""Telnyx: one event of several recipients is a message each, with that one's status and error."""

import json

import pytest

from app.domain.captures import RawRequest, Reading
from app.domain.roles import Kind, Role
from app.domain.statuses import Status
from app.providers import PROVIDERS, recognise
from app.providers.kit.glance import Glance
from app.providers.telnyx import MAX_RECIPIENTS
from tests.storage.builders import a_raw


def _raw(payload: dict[str, object], event_type: str) -> RawRequest:
    body = {"data": {"event_type": event_type, "occurred_at": "2024-07-11T09:26:30.012+00:00", "payload": payload}}
    return a_raw(json.dumps(body).encode(), headers=((b"Content-Type", b"application/json"),))


def _read(payload: dict[str, object], event_type: str = "message.finalized", role: Role = Role.STATUS) -> Reading:
    return recognise(_raw(payload, event_type), role)


GROUP = {
    "id": "m", "direction": "outbound", "from": {"phone_number": "+19495550142"}, "text": "hi", "parts": 2,
    "cost": {"amount": "0.02", "currency": "USD"}, "errors": [{"code": "40008"}],
    "to": [
        {"phone_number": "+14155550101", "status": "delivered"},
        {"phone_number": "+14155550102", "status": "delivery_failed"},
        {"status": "delivered"},
    ],
}  # fmt: skip


def test_each_recipient_of_a_group_has_a_message_of_its_own() -> None:
    events = _read(GROUP).events
    assert [event.message_id for event in events] == ["m:+14155550101", "m:+14155550102", "m:2"]
    assert [event.status for event in events] == [Status.DELIVERED, Status.FAILED, Status.DELIVERED]
    assert {(event.text, event.sender, event.segments) for event in events} == {("hi", "+19495550142", 2)}


def test_the_first_recipient_bears_the_price_and_the_failed_one_the_error() -> None:
    events = _read(GROUP).events
    assert [event.price for event in events] == ["0.02", None, None]
    assert [event.currency for event in events] == ["USD", None, None]
    assert [event.error_code for event in events] == [None, "40008", None]


def test_a_single_recipient_keeps_the_id_and_the_error() -> None:
    (event,) = _read(GROUP | {"to": [{"phone_number": "+14155550101"}]}, "message.sent").events
    assert (event.message_id, event.error_code, event.raw_status) == ("m", "40008", "message.sent")


def test_a_message_without_recipients_is_still_one() -> None:
    (event,) = _read({"id": "m", "from": "+14155550101", "text": "hi"}, "message.received", Role.PRIMARY).events
    assert (event.kind, event.sender, event.recipient) == (Kind.INBOUND, "+14155550101", None)


def test_the_recipients_of_one_event_are_bounded() -> None:
    many = [{"phone_number": f"+1415555{n:04}", "status": "sent"} for n in range(MAX_RECIPIENTS + 1)]
    assert len(_read(GROUP | {"to": many}).events) == MAX_RECIPIENTS


def test_an_event_about_something_else_states_nothing() -> None:
    glance = Glance(_raw({"id": "x", "to": "+1"}, "number_order.complete"))
    assert PROVIDERS["telnyx"].events(glance, Role.STATUS) == ()


WORDS = {"type": "interactive", "interactive": {"type": "button_reply", "button_reply": {"id": "b", "title": "Yes"}}}


@pytest.mark.parametrize("name", ["body", "whatsapp_message"])
def test_the_words_of_a_rich_message_are_read_where_they_are(name: str) -> None:
    payload = {"id": "m", "direction": "inbound", "from": {"phone_number": "+14155550101"}, name: WORDS}
    reading = _read(payload, "message.received", Role.PRIMARY)
    assert (reading.kind, reading.sender, reading.text) == (Kind.INBOUND, "+14155550101", "Yes")


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize(
    "event_type",
    ["10dlc.brand.update", "number_order.complete", "porting_order.status_changed", "fax.received",
     "fax.sending.started", "whatsapp.message.delivered", "messaging_hosted_numbers_order.updated",
     "message.link_click", "something.new"],
)  # fmt: skip
def test_an_event_about_no_message_is_telnyxs_and_says_nothing(event_type: str, role: Role) -> None:
    payload = {"id": "x", "status": "accepted", "from": "+14155550101", "to": "+19495550142", "text": "hi"}
    body = {"data": {"event_type": event_type, "record_type": "event", "payload": payload}}
    raw = a_raw(json.dumps(body).encode(), headers=((b"Content-Type", b"application/json"),))
    reading = recognise(raw, role)
    assert (reading.provider, reading.kind, reading.events, reading.findings) == ("telnyx", Kind.OTHER, (), ())
    assert reading.status is None
