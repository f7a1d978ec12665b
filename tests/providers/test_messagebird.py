"""MessageBird: reports by GET without a sender, short codes with names of their own, Bird's envelope."""

import json
from datetime import UTC, datetime
from urllib.parse import urlencode

import pytest

from app.domain.captures import RawRequest
from app.domain.roles import Kind, Role
from app.providers import recognise, why
from tests.storage.builders import a_raw

AT = datetime(2024, 7, 11, 9, 29, tzinfo=UTC)


def _get(query: str) -> RawRequest:
    return a_raw(b"", headers=(), target=f"/k?{query}", method="GET")


def _bird(**message: object) -> RawRequest:
    body = {"service": "channels", "event": "sms.outbound", "payload": {"id": "m", "channelId": "c"} | message}
    return a_raw(json.dumps(body).encode(), headers=((b"Content-Type", b"application/json"),))


@pytest.mark.parametrize("stamp", ["2024-07-11T09:29:00%2B00:00", "2024-07-11T09:29:00+00:00", "2024-07-11T09:29:00Z"])
def test_a_report_names_the_recipient_only(stamp: str) -> None:
    raw = _get(f"id=m&reference=r&recipient=447700900163&status=sent&statusDatetime={stamp}")
    event = recognise(raw, Role.PRIMARY).events[0]
    assert (event.kind, event.sender, event.recipient) == (Kind.STATUS, None, "+447700900163")
    assert (event.status, event.said_at) == ("sent", AT)


def test_a_short_code_has_names_of_its_own() -> None:
    form = {"shortcode": "51515", "message": "JOIN", "id": "other", "mid": "m", "recipient": "447700900142",
            "originator": "447700900163", "body": "other", "receive_datetime": "20240711092900"}  # fmt: skip
    event = recognise(_get(urlencode(form)), Role.PRIMARY).events[0]
    assert (event.message_id, event.recipient, event.text, event.said_at) == ("m", "51515", "JOIN", AT)


@pytest.mark.parametrize("header", [b"MessageBird-Signature-JWT", b"messagebird-signature"])
def test_a_signature_is_enough(header: bytes) -> None:
    assert (why(a_raw(b"", headers=((header, b"x"),)), "messagebird") or "").startswith(
        "the header MessageBird-Signature"
    )


@pytest.mark.parametrize(("role", "kind"), [(Role.PRIMARY, Kind.INBOUND), (Role.STATUS, Kind.STATUS)])
def test_where_content_says_nothing_the_url_decides(role: Role, kind: Kind) -> None:
    assert recognise(_get("id=m&recipient=447700900163"), role, "messagebird").kind is kind


def test_birds_direction_tells_and_each_contact_has_a_message() -> None:
    incoming = recognise(_bird(direction="incoming", status="delivered"), Role.STATUS)
    assert (incoming.kind, incoming.status, incoming.raw_status) == (Kind.INBOUND, "received", "delivered")
    contacts = [{"identifierValue": "+447700900163"}, {"identifierValue": "+447700900164"}]
    outgoing = recognise(
        _bird(direction="outgoing", status="sending_failed", receiver={"contacts": contacts}), Role.PRIMARY
    )
    assert [event.message_id for event in outgoing.events] == ["m:+447700900163", "m:+447700900164"]
    assert {event.status for event in outgoing.events} == {"failed"}
