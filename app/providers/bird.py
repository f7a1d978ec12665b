"""Bird's channels, and MessageBird's Conversations: JSON with the message inside of an envelope.

Sources, read 2026-11: docs.bird.com/api/notifications-api (the envelope `service`, `event`, `payload`; which events
there are; repeats for 8 hours), …/api/channels-api/supported-channels/programmable-sms, -rcs and -whatsapp ("Receiving
messages"), developers.messagebird.com/api/conversations (webhooks `message.created`, `message.updated` and those of
conversations; statuses, content). An inbound message of Bird's names the connector, not your number.
"""

from collections.abc import Iterator, Mapping

from msgspec.structs import replace

from ..domain.events import Event
from ..domain.roles import Kind, Role
from ..domain.statuses import Status, Word
from ..parsing import JsonValue
from .kit.events import id_of_one
from .kit.glance import Glance
from .kit.parties import international
from .kit.rich import media_of, words_of
from .kit.times import read_iso
from .kit.values import at, error_code, items, text_at

WORDS: Mapping[str, Word] = {
    # Bird's channels.
    "accepted": Word(Status.QUEUED),
    "rejected": Word(Status.REJECTED, final=True),
    "processing": Word(Status.SENDING),
    "sendingfailed": Word(Status.FAILED, final=True),
    "skipped": Word(Status.CANCELED, final=True),
    "deleted": Word(Status.CANCELED, final=True),
    # MessageBird's Conversations.
    "pending": Word(Status.QUEUED),
    "transmitted": Word(Status.SENT),
    "failed": Word(Status.FAILED, final=True),
    "read": Word(Status.READ, final=True),
    "received": Word(Status.RECEIVED, final=True),
    "unknown": Word(Status.UNKNOWN, final=True),
}
_SERVICES = frozenset({"channels", "numbers", "payments", "conversations"})
_ABOUT_MESSAGES = (".inbound", ".outbound")
_INTERACTION = ".interaction"
_OF_CONVERSATIONS = ("message.", "conversation.")


def claims(glance: Glance) -> str | None:
    """The envelope of Bird or of Conversations, or a message of a Bird channel; the end of a sentence."""
    fields = glance.fields
    if "payload.channelid" in fields:
        return "channelId of a Bird channel is present"
    if "channelid" in fields and "sender.contact.identifiervalue" in fields:
        return "channelId of a Bird channel is present"
    if "payload.id" in fields and fields.get("service") in _SERVICES and "event" in fields:
        return "service and event are Bird's"
    if fields.get("type", "").startswith(_OF_CONVERSATIONS) and "conversation.id" in fields:
        return f"type is {fields['type'][:40]} and a conversation is present"
    return None


def read(glance: Glance, role: Role) -> Iterator[Event]:
    """One event of an inbound message, one for each recipient of an outbound one; nothing of what is about none."""
    body, event = glance.json, text_at(glance.json, "event") or ""
    if at(body, "conversation") is not None or text_at(at(body, "message"), "conversationid") is not None:
        if (text_at(body, "type") or "message.").startswith("message."):
            yield _of_conversation(at(body, "message"), at(body, "contact"))
        return
    payload = at(body, "payload")
    message = payload if isinstance(payload, dict) else body
    if event.endswith(_INTERACTION):
        yield from _interaction(message)
    elif not event or event.endswith(_ABOUT_MESSAGES):
        yield from _of_channel(role, message)


def _of_conversation(message: JsonValue, contact: JsonValue) -> Event:
    content = at(message, "content")
    ours = text_at(message, "direction") == "sent"
    return Event(
        kind=Kind.STATUS if ours else Kind.INBOUND,
        message_id=text_at(message, "id") or "",
        sender_said=text_at(message, "from") or (None if ours else text_at(contact, "msisdn")),
        recipient_said=text_at(message, "to") or (text_at(contact, "msisdn") if ours else None),
        text=words_of(content),
        media=media_of(content),
        raw_status=text_at(message, "status"),
        said_at=read_iso(text_at(message, "updateddatetime") or text_at(message, "createddatetime")),
        error_code=error_code(text_at(message, "error", "code")),
    )


def _interaction(interaction: JsonValue) -> Iterator[Event]:
    """A message that was read; clicks and the like change nothing that is known of it."""
    if text_at(interaction, "type") == "read" and text_at(interaction, "messageid"):
        yield Event(
            kind=Kind.STATUS,
            message_id=text_at(interaction, "messageid") or "",
            raw_status="read",
            said_at=read_iso(text_at(interaction, "createdat")),
        )


def _of_channel(role: Role, message: JsonValue) -> Iterator[Event]:
    direction, body = text_at(message, "direction"), at(message, "body")
    event = Event(
        kind=Kind.INBOUND,
        message_id=text_at(message, "id") or "",
        text=words_of(body),
        media=media_of(body),
        raw_status=text_at(message, "status"),
    )
    if direction == "incoming" or (direction is None and role is not Role.STATUS):
        yield replace(
            event,
            sender_said=text_at(message, "sender", "contact", "identifiervalue"),
            recipient_said=text_at(message, "receiver", "connector", "identifiervalue"),
            said_at=read_iso(text_at(message, "createdat")),
        )
        return
    report = replace(
        event,
        kind=Kind.STATUS,
        sender_said=text_at(message, "sender", "connector", "identifiervalue"),
        said_at=read_iso(text_at(message, "laststatusat") or text_at(message, "createdat")),
        error_code=text_at(message, "failure", "code"),
    )
    contacts = items(message, "receiver", "contacts") or [None]
    for place, contact in enumerate(contacts):
        recipient = text_at(contact, "identifiervalue")
        name = report.message_id
        if len(contacts) > 1:
            name = id_of_one(name, recipient, place, international)
        yield replace(report, message_id=name, recipient_said=recipient)
