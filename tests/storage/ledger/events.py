"""Builders of readings."""

from app.domain.captures import Reading
from app.domain.events import Event
from app.domain.roles import Kind
from app.domain.statuses import Status
from tests.storage.builders import reading_of

US, THEM = "+14155550100", "+14155550123"
FINAL = (Status.DELIVERED, Status.FAILED)


def came(message_id: str, text: str | None = "hi", **more: object) -> Reading:
    """An inbound message."""
    return reading_of(an_inbound(message_id, text, **more))


def an_inbound(message_id: str, text: str | None = "hi", **more: object) -> Event:
    values = {"sender": THEM, "recipient": US, "status": Status.RECEIVED, "final": True}
    return Event(kind=Kind.INBOUND, message_id=message_id, text=text, **values | more)


def callback(message_id: str, status: Status = Status.SENT, **more: object) -> Reading:
    """A callback about an outbound message."""
    values = {"sender": US, "recipient": THEM, "raw_status": status.value, "final": status in FINAL}
    return reading_of(Event(kind=Kind.STATUS, message_id=message_id, status=status, **values | more))


def called(call: str) -> Reading:
    """A call."""
    return reading_of(Event(kind=Kind.VOICE, message_id=call, sender=THEM, recipient=US))
