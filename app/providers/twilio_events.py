"""Twilio's events other than the plain webhooks: Event Streams (JSON), Conversations, and what is about no message.

Sources, below twilio.com/docs, read 2026-11: events/event-types-overview (every type of Event Streams; only those of
messaging/inbound-message, messaging/outbound-message and conversations/message and …/delivery are about one message),
conversations/conversations-webhooks (`onMessageAdded` and the others), messaging/features/link-shortening (the click
callback), github.com/twilio/twilio-python issue 603 (a recorded `onMessageAdded`). Inferred: a message of a
conversation whose `Source` is API or SDK, or whose author is no address, was sent by your side.
"""

import re
from collections.abc import Callable, Iterator
from functools import partial

from ..domain.events import Event
from ..domain.roles import Kind
from ..domain.statuses import Status, Word
from ..parsing import JsonValue
from .kit.glance import Glance
from .kit.times import read_iso
from .kit.values import at, count, error_code, items, text_at

STREAM = "com.twilio."
_OUTBOUND, _INBOUND = STREAM + "messaging.message.", STREAM + "messaging.inbound-message."
_ADDED, _DELIVERY = "onmessageadded", "ondeliveryupdated"
_CONVERSATIONS = {STREAM + "conversations.message.added": _ADDED, STREAM + "conversations.delivery.updated": _DELIVERY}
_IDS = ("messagesid", "smssid", "smsmessagesid", "callsid")
# Ids that requests about a message or a call have too.
_NOT_RESOURCES = frozenset({"accountsid", "parentaccountsid", "messagingservicesid", "channelinstalledsid"})
_ANY_SID = re.compile(r"[A-Z]{2}[0-9a-f]{32}", re.IGNORECASE)
_OWN_SIDE = frozenset({"api", "sdk"})
_ADDRESS = re.compile(r"(?:[a-z]+:)?\+?\d{3,}", re.IGNORECASE)

Meaning = Callable[[str | None], Word]


def is_stream(glance: Glance) -> bool:
    """JSON of Event Streams, one event or several, by the type of the first one."""
    return glance.fields.get("0.type", glance.fields.get("type", "")).startswith(STREAM)


def read_stream(glance: Glance, meaning: Meaning) -> Iterator[Event]:
    """An event for each that is about a message, in order."""
    for item in items(glance.json):
        event_type, data = text_at(item, "type") or "", at(item, "data")
        if event_type.startswith((_OUTBOUND, _INBOUND)):
            yield _streamed(item, data, event_type, meaning)
        elif event_type in _CONVERSATIONS:
            yield from _of_conversation(_CONVERSATIONS[event_type], partial(text_at, data))


def _streamed(item: JsonValue, data: JsonValue, event_type: str, meaning: Meaning) -> Event:
    status = text_at(data, "messagestatus") or event_type.rpartition(".")[2]
    inbound = event_type.startswith(_INBOUND) or meaning(status).status is Status.RECEIVED
    return Event(
        kind=Kind.INBOUND if inbound else Kind.STATUS,
        message_id=text_at(data, "messagesid") or "",
        sender_said=text_at(data, "from"),
        recipient_said=text_at(data, "to"),
        text=text_at(data, "body"),
        raw_status=status,
        said_at=read_iso(text_at(data, "timestamp")) or read_iso(text_at(item, "time")),
        error_code=error_code(text_at(data, "errorcode")),
        segments=count(text_at(data, "numsegments") or text_at(data, "numberofsegments")),
    )


def is_of_conversation(glance: Glance) -> bool:
    """A webhook of Conversations; its event types begin with "on"."""
    return "conversationsid" in glance.fields and glance.fields.get("eventtype", "")[:2].lower() == "on"


def read_conversation(glance: Glance) -> Iterator[Event]:
    """A message that was added, or how far one is; nothing for the others: they change nothing that is known of it."""
    event_type = glance.fields.get("eventtype", "").lower()
    if event_type in (_ADDED, _DELIVERY) and glance.get("messagesid"):
        yield from _of_conversation(event_type, glance.get)


def _of_conversation(event_type: str, get: Callable[[str], str | None]) -> Iterator[Event]:
    """What an agent of yours adds was not received, and says nothing about its delivery."""
    author = get("author") or ""
    if event_type == _DELIVERY:
        yield Event(
            kind=Kind.STATUS,
            message_id=get("messagesid") or "",
            raw_status=get("status"),
            said_at=read_iso(get("dateupdated") or get("datecreated")),
            error_code=error_code(get("errorcode")),
        )
    elif (get("source") or "").lower() not in _OWN_SIDE and _ADDRESS.match(author):
        yield Event(
            kind=Kind.INBOUND,
            message_id=get("messagesid") or "",
            sender_said=author,
            text=get("body"),
            said_at=read_iso(get("datecreated")),
        )


def names_other(glance: Glance) -> bool:
    """A form about something that is neither a message nor a call: a click on a link, a fax, a task, an error …

    It has the type of an event, and neither a status nor a text; or the id of another resource, and none of a message
    or of a call.
    """
    fields = glance.fields
    if "eventtype" in fields and not glance.has_any(("messagestatus", "smsstatus", "callstatus", "body", "nummedia")):
        return True
    return not glance.has_any(_IDS) and other_resource(glance)


def other_resource(glance: Glance) -> bool:
    """A field that ends in "sid" holds the id of a resource: two letters and 32 hex digits."""
    return any(
        name.endswith("sid") and name.replace("_", "") not in _NOT_RESOURCES and _ANY_SID.fullmatch(value)
        for name, value in glance.fields.items()
    )
