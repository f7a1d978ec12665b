"""Sinch's Conversation API, and its callbacks that are about no message.

Sources, read 2026-11: developers.sinch.com/docs/conversation/callbacks (an object for each trigger, in an envelope with
`app_id`), the vendor's Python SDK (…/conversation/models/v1/sinch_events: field names, the delivery statuses),
developers.sinch.com/docs/voice/api-reference/voice/callbacks and …/verification (`event`; signed with `Authorization:
application KEY:SIGNATURE` over, among others, `x-timestamp`), …/docs/numbers (events of a number). Facts to know:

- The other side is `channel_identity.identity`, on SMS its number; your own number is `sender_id`, where it is known.
- A delivery report names the message, and never your number.
- SWITCHING_CHANNEL: it failed on this channel, and another one is tried.
- The older WhatsApp API (developers.sinch.com/docs/whatsapp/http-rest/callback) has `type` whatsapp and lists of
  `statuses`, with the word in `state`, and of `notifications`, which are inbound messages.
"""

from collections.abc import Iterator, Mapping

from ..domain.events import Event
from ..domain.roles import Kind
from ..domain.statuses import Status, Word
from ..parsing import JsonValue
from .kit.glance import Glance
from .kit.rich import media_of, words_of
from .kit.times import read_iso
from .kit.values import at, items, text_at

WORDS: Mapping[str, Word] = {
    "queuedonchannel": Word(Status.QUEUED),
    "switchingchannel": Word(Status.SENDING),
    "read": Word(Status.READ, final=True),
    # The older WhatsApp API. `warning`: it was sent, without a part of it.
    "sent": Word(Status.SENT),
    "warning": Word(Status.SENT),
    "nooptin": Word(Status.REJECTED, final=True),
    "nocapability": Word(Status.REJECTED, final=True),
}
WHATSAPP = "whatsapp"
_MESSAGES = ("message", "message_redaction")
_SUBMIT, _REPORT = "message_submit_notification", "message_delivery_report"
# The objects of the triggers, those about a message first.
TRIGGERS = (
    *_MESSAGES, _SUBMIT, _REPORT,
    "event", "event_delivery_report", "opt_in_notification", "opt_out_notification", "capability_notification",
    "channel_event_notification", "contact_create_notification", "contact_update_notification",
    "contact_delete_notification", "contact_merge_notification", "duplicated_contact_identities_notification",
    "conversation_start_notification", "conversation_stop_notification", "conversation_delete_notification",
    "smart_conversation_notification", "unsupported_callback", "record_notification",
)  # fmt: skip
_CALLS = frozenset({"ice", "ace", "dice", "pie", "notify"})


def trigger_of(glance: Glance) -> str | None:
    """The object of the Conversation API that a request is about."""
    body = glance.json
    if "app_id" not in glance.fields or not isinstance(body, dict):
        return None
    return next((name for name in TRIGGERS if isinstance(body.get(name), dict)), None)


def is_other(glance: Glance) -> str | None:
    """Why a request is Sinch's and about no SMS: of a number, a fax, a call or a verification, as the end of a
    sentence."""
    fields = glance.fields
    if "resourcetype" in fields and glance.has("eventtype", "resourceid"):
        return "eventType, resourceId and resourceType are present"
    if "fax.id" in fields and "event" in fields:
        return "event and fax.id are present"
    signed = (b"x-timestamp" in glance.headers and glance.raw.header(b"authorization")) or b""
    if signed[:12].lower() == b"application ":
        return "the header Authorization begins with application, and x-timestamp is present"
    return None


def read_call(glance: Glance) -> Iterator[Event]:
    """An event of the Voice API; a verification is none."""
    body = glance.json
    if (text_at(body, "event") or "").lower() in _CALLS and text_at(body, "callid"):
        yield Event(
            kind=Kind.VOICE,
            message_id=text_at(body, "callid") or "",
            sender_said=text_at(body, "cli"),
            recipient_said=text_at(body, "to", "endpoint"),
            raw_status=text_at(body, "event"),
            said_at=read_iso(text_at(body, "timestamp")),
        )


def read_trigger(glance: Glance, trigger: str) -> Iterator[Event]:
    """A message from or to a contact, or a delivery report; nothing for the other triggers."""
    body, subject = glance.json, at(glance.json, trigger)
    stamp = text_at(body, "event_time") or text_at(body, "accepted_time")
    if trigger in _MESSAGES:
        yield _message(subject, stamp)
    elif trigger == _SUBMIT:
        content = at(subject, "submitted_message")
        yield Event(
            kind=Kind.STATUS,
            message_id=text_at(subject, "message_id") or "",
            recipient_said=_identity(subject),
            text=words_of(content),
            media=media_of(content),
            said_at=read_iso(stamp),
        )
    elif trigger == _REPORT:
        yield Event(
            kind=Kind.STATUS,
            message_id=text_at(subject, "message_id") or "",
            recipient_said=_identity(subject),
            raw_status=text_at(subject, "status"),
            said_at=read_iso(stamp),
            error_code=text_at(subject, "reason", "code"),
        )


def _message(message: JsonValue, stamp: str | None) -> Event:
    ours = (text_at(message, "direction") or "").upper() == "TO_CONTACT"
    content = at(message, "app_message" if ours else "contact_message")
    other, own = _identity(message), text_at(message, "sender_id")
    return Event(
        kind=Kind.STATUS if ours else Kind.INBOUND,
        message_id=text_at(message, "id") or "",
        sender_said=own if ours else other,
        recipient_said=other if ours else own,
        text=words_of(content),
        media=media_of(content),
        said_at=read_iso(text_at(message, "accept_time") or stamp),
    )


def is_whatsapp(glance: Glance) -> bool:
    """A callback of the older WhatsApp API."""
    body = glance.json
    lists = ("statuses", "notifications", "contacts")
    return text_at(body, "type") == WHATSAPP and any(isinstance(at(body, name), list) for name in lists)


def read_whatsapp(glance: Glance) -> Iterator[Event]:
    """The statuses and the inbound messages of the older WhatsApp API, in order."""
    for status in items(glance.json, "statuses"):
        yield Event(
            kind=Kind.STATUS,
            message_id=text_at(status, "message_id") or "",
            recipient_said=text_at(status, "recipient"),
            raw_status=text_at(status, "state") or text_at(status, "status"),
            said_at=read_iso(text_at(status, "timestamp")),
            error_code=text_at(status, "errors", 0, "code"),
        )
    for inbound in items(glance.json, "notifications"):
        message = at(inbound, "message")
        yield Event(
            kind=Kind.INBOUND,
            message_id=text_at(inbound, "message_id") or "",
            sender_said=text_at(inbound, "from"),
            recipient_said=text_at(inbound, "to"),
            text=words_of(message),
            media=media_of(message),
            said_at=read_iso(text_at(inbound, "timestamp")),
        )


def _identity(subject: JsonValue) -> str | None:
    return text_at(subject, "channel_identity", "identity")
