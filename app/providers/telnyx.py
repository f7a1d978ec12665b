"""Telnyx: JSON events with an envelope; one event may tell of several recipients.

Sources: developers.telnyx.com/docs/messaging/messages/receiving-webhooks (event types, statuses, 2 s, retries,
failover, which URL goes first), …/messages/messaging-profiles-overview (portal), …/messages/error-codes (codes),
…/docs/voice/programmable-voice/voice-api-webhooks (calls) and …/api-reference/callbacks (TeXML's form posts); the types
and the verification in github.com/team-telnyx/telnyx-python (payload fields, signature). `meta.attempt` and
`meta.delivered_to` tell the try and the URL. A profile can be set to webhook_api_version 2010-04-01 and then speaks
with Twilio's names. Inferred: the price of a message to several recipients is that of all, so the first one bears it.
"""

import json
from collections.abc import Mapping

from ..domain.events import Event, made_id
from ..domain.phones import e164
from ..domain.roles import Kind, Role
from ..domain.statuses import FAILURES, UNKNOWN, Status, Word
from ..parsing import JsonValue
from . import dialect
from .bounds import MAX_MEDIA, MAX_TEXT, MAX_VALUE
from .composing import uuid_of
from .fields import short, whole
from .glance import Glance
from .nested import items, said, within
from .parties import channelled
from .sheet import Draft, Habits, Play, Portal, PortalField, Sheet, Wish, plain
from .telnyx_errors import ERRORS
from .times import read_iso
from .twilio import WORDS as TWILIO_WORDS

# More than a group message has.
MAX_RECIPIENTS = 100
_VOICE = (Role.VOICE, Role.VOICE_FALLBACK)
_SIGNATURE = "telnyx-signature-ed25519"
# What stands in a payload even where the event type was cut off.
_MARKS = (
    "data.payload.from.phone_number",
    "data.payload.to.0.phone_number",
    "data.payload.messaging_profile_id",
    "data.payload.call_control_id",
)
_PROFILE = "4001900f-5ab2-4d1e-8f77-3b1c2d4e5f60"

WORDS: Mapping[str, Word] = {
    "queued": Word(Status.QUEUED),
    "sending": Word(Status.SENDING),
    "sent": Word(Status.SENT),
    # The event's type speaks where a recipient has no status.
    "message.sent": Word(Status.SENT),
    "delivered": Word(Status.DELIVERED, final=True),
    "expired": Word(Status.EXPIRED, final=True),
    "sendingfailed": Word(Status.FAILED, final=True),
    "deliveryfailed": Word(Status.FAILED, final=True),
    # No receipt came, and none will.
    "deliveryunconfirmed": Word(Status.UNKNOWN, final=True),
    "received": Word(Status.RECEIVED, final=True),
    "webhookdelivered": Word(Status.RECEIVED, final=True),
}


def claims(glance: Glance) -> str | None:
    """The event's type, or what a payload holds; forms only with the signature's header."""
    fields = glance.fields
    event_type = fields.get("data.event_type")
    if event_type and event_type.startswith(("message.", "call.")):
        return f"data.event_type is {event_type[:40]}"
    if "data.payload.id" in fields or "data.payload.direction" in fields:
        for mark in _MARKS:
            if mark in fields:
                return f"{mark} is present"
    if _SIGNATURE.encode() in glance.headers:
        return f"the header {_SIGNATURE} is present"
    return None


def read(glance: Glance, role: Role) -> tuple[Event, ...]:
    """One event for each recipient; a call is one."""
    if not isinstance(glance.json, dict):
        return dialect.read(glance, role, _twilio_word, e164)
    data = within(glance.json, "data") or glance.json
    payload = within(data, "payload") or data
    event_type = said(data, "event_type") or ""
    if event_type.startswith("call.") or said(payload, "call_leg_id") or said(payload, "call_control_id"):
        return _call(data, payload)
    if role in _VOICE and not said(payload, "id"):
        return ()
    if not (within(payload, "from") or within(payload, "to") or within(payload, "text") or said(payload, "id")):
        return dialect.read(glance, role, _twilio_word, e164)
    if event_type and not event_type.startswith("message."):
        return ()
    return _messages(glance, role, data, payload)


def _twilio_word(word: str | None) -> Word:
    return UNKNOWN if word is None else TWILIO_WORDS.get(plain(word), UNKNOWN)


def _messages(glance: Glance, role: Role, data: JsonValue, payload: JsonValue) -> tuple[Event, ...]:
    recipients = items(payload, "to")[:MAX_RECIPIENTS] or [None]
    callback = _is_callback(role, data, payload)
    sender_said = _number(within(payload, "from"))
    sender = channelled(sender_said)
    text = said(payload, "text")
    text = None if text is None else text[:MAX_TEXT]
    media = tuple(url for item in items(payload, "media")[:MAX_MEDIA] if (url := said(item, "url")))
    said_at = read_iso(said(data, "occurred_at"))
    error = dialect.error_of(said(payload, "errors", 0, "code"))
    told = said(payload, "id")
    events = []
    for at, to in enumerate(recipients):
        recipient_said = _number(to)
        recipient = channelled(recipient_said)
        word_said = said(to, "status") or (said(data, "event_type") if callback else None)
        word = SHEET.word(word_said)
        one = len(recipients) == 1
        id = short(told) or made_id(sender, recipient, text, said_at or glance.raw.received_at)
        events.append(
            Event(
                kind=Kind.STATUS if callback else Kind.INBOUND,
                message_id=id if one else f"{id}:{recipient or at}",
                sender=sender,
                recipient=recipient,
                sender_said=short(sender_said),
                recipient_said=short(recipient_said),
                text=text,
                media=media,
                status=word.status if callback else Status.RECEIVED,
                raw_status=short(word_said),
                final=word.final if callback else True,
                said_at=said_at,
                price=short(said(payload, "cost", "amount")) if at == 0 else None,
                currency=short(said(payload, "cost", "currency")) if at == 0 else None,
                error_code=error if one or word.status in FAILURES else None,
                segments=whole(said(payload, "parts")),
            )
        )
    return tuple(events)


def _is_callback(role: Role, data: JsonValue, payload: JsonValue) -> bool:
    event_type, direction = said(data, "event_type") or "", said(payload, "direction") or ""
    if event_type == "message.received" or direction == "inbound":
        return False
    if event_type.startswith("message.") or direction == "outbound":
        return True
    first = said(payload, "to", 0, "status")
    if first and SHEET.word(first) is not UNKNOWN:
        return SHEET.word(first).status is not Status.RECEIVED
    return role is Role.STATUS


def _number(party: JsonValue) -> str | None:
    return said(party, "phone_number") or said(party) or None


def _call(data: JsonValue, payload: JsonValue) -> tuple[Event, ...]:
    """A leg is what a CallSid is elsewhere: all events of one call to us have it."""
    id = said(payload, "call_leg_id") or said(payload, "call_control_id") or said(payload, "call_session_id")
    if not id:
        return ()
    sender_said, recipient_said = _number(within(payload, "from")), _number(within(payload, "to"))
    return (
        Event(
            kind=Kind.VOICE,
            message_id=id[:MAX_VALUE],
            sender=channelled(sender_said),
            recipient=channelled(recipient_said),
            sender_said=short(sender_said),
            recipient_said=short(recipient_said),
            raw_status=short(said(payload, "state") or said(data, "event_type")),
            said_at=read_iso(said(data, "occurred_at")),
        ),
    )


def compose(wish: Wish) -> Draft:
    """An event as JSON, in Telnyx's order of the alphabet. It is not signed."""
    payload: dict[str, JsonValue]
    if wish.kind is Kind.VOICE:
        event_type = "call.initiated"
        payload = {
            "call_control_id": f"v3:{wish.message_id}",
            "call_leg_id": wish.message_id,
            "call_session_id": uuid_of("session", wish.message_id),
            "client_state": None,
            "connection_id": "7267000000000000001",
            "direction": "incoming",
            "from": wish.sender,
            "state": wish.raw_status or "parked",
            "to": wish.recipient,
        }
    else:
        event_type, payload = _event_type(wish), _payload(wish)
    stamp = _stamp(wish)
    body: JsonValue = {
        "data": {
            "event_type": event_type,
            "id": uuid_of(wish.message_id, event_type, stamp),
            "occurred_at": stamp,
            "payload": payload,
            "record_type": "event",
        },
        "meta": {"attempt": wish.attempt, "delivered_to": wish.url},
    }
    text = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
    headers = (("User-Agent", "telnyx-webhooks"), ("Content-Type", "application/json"))
    return Draft(method="POST", query="", headers=headers, body=text.encode())


def _event_type(wish: Wish) -> str:
    if wish.kind is not Kind.STATUS:
        return "message.received"
    return "message.finalized" if SHEET.word(wish.raw_status or "delivered").final else "message.sent"


def _stamp(wish: Wish) -> str:
    return wish.at.strftime("%Y-%m-%dT%H:%M:%S.") + f"{wish.at.microsecond // 1000:03}+00:00"


def _payload(wish: Wish) -> dict[str, JsonValue]:
    callback = wish.kind is Kind.STATUS
    status = (wish.raw_status or "delivered") if callback else "webhook_delivered"
    errors: list[JsonValue] = []
    if wish.error_code:
        errors.append({"code": wish.error_code, "title": ERRORS.get(wish.error_code, ""), "detail": ""})
    media: list[JsonValue] = [
        {"url": url, "content_type": "image/jpeg", "size": None, "sha256": None} for url in wish.media
    ]
    return {
        "cc": [],
        "completed_at": _stamp(wish) if SHEET.word(status).final and callback else None,
        "cost": {"amount": "0.0040", "currency": "USD"},
        "direction": "outbound" if callback else "inbound",
        "encoding": "GSM-7" if (wish.text or "").isascii() else "UCS-2",
        "errors": errors,
        "from": {"carrier": "Example Mobile", "line_type": "Wireless", "phone_number": wish.sender},
        "id": wish.message_id,
        "media": media,
        "messaging_profile_id": _PROFILE,
        "parts": 1,
        "received_at": _stamp(wish),
        "record_type": "message",
        "sent_at": _stamp(wish) if callback else None,
        "subject": "",
        "tags": [],
        "text": wish.text or "",
        "to": [
            {"carrier": "Example Mobile", "line_type": "Wireless", "phone_number": wish.recipient, "status": status}
        ],
        "type": "MMS" if wish.media else "SMS",
        "valid_until": None,
        "webhook_failover_url": None,
        "webhook_url": wish.url,
    }


SHEET = Sheet(
    name="telnyx",
    title="Telnyx",
    claims=claims,
    marks=frozenset({"data.event_type", "data.payload.id", "data.payload.direction"}),
    headers=frozenset({_SIGNATURE.encode()}),
    read=read,
    compose=compose,
    words=WORDS,
    meanings={
        "data.event_type": "message.received (inbound), message.sent or message.finalized (outbound), call.… (calls).",
        "data.id": "The id of this event: the same when it is delivered again.",
        "data.occurred_at": "When it happened, ISO 8601 with its zone.",
        "data.record_type": "Always event.",
        "data.payload.id": "The id of the message.",
        "data.payload.direction": "inbound or outbound.",
        "data.payload.type": "SMS or MMS.",
        "data.payload.from.phone_number": "The sender.",
        "data.payload.from.carrier": "The sender's carrier.",
        "data.payload.from.line_type": "What kind of number the sender has.",
        "data.payload.to.phone_number": "A recipient.",
        "data.payload.to.carrier": "The recipient's carrier.",
        "data.payload.to.line_type": "What kind of number the recipient has.",
        "data.payload.to.status": "The state for this recipient.",
        "data.payload.cc": "Further recipients of a group message.",
        "data.payload.text": "The text of the message.",
        "data.payload.subject": "The subject of an MMS.",
        "data.payload.media.url": "URL of a picture or file. smsbin never fetches it.",
        "data.payload.media.content_type": "The kind of the file.",
        "data.payload.media.size": "The size of the file, in bytes.",
        "data.payload.media.sha256": "The SHA-256 of the file.",
        "data.payload.parts": "How many SMS the text took.",
        "data.payload.encoding": "The encoding of the text.",
        "data.payload.cost.amount": "What the message costs.",
        "data.payload.cost.currency": "The currency of the cost.",
        "data.payload.cost_breakdown": "The cost by its parts.",
        "data.payload.errors.code": "Why it failed.",
        "data.payload.errors.title": "The error in words.",
        "data.payload.errors.detail": "More details about the error.",
        "data.payload.tags": "Your own tags.",
        "data.payload.received_at": "When Telnyx took the message.",
        "data.payload.sent_at": "When it went to the carrier.",
        "data.payload.completed_at": "When it reached its last state.",
        "data.payload.valid_until": "Until when it may be delivered.",
        "data.payload.messaging_profile_id": "The messaging profile.",
        "data.payload.organization_id": "Your organisation.",
        "data.payload.webhook_url": "The primary URL for this event.",
        "data.payload.webhook_failover_url": "The failover URL for this event.",
        "data.payload.call_control_id": "The id for commands to the call.",
        "data.payload.call_leg_id": "The id of this leg of the call.",
        "data.payload.call_session_id": "The id of the whole call.",
        "data.payload.client_state": "What your last command attached, as Base64.",
        "data.payload.connection_id": "The Voice API application.",
        "data.payload.state": "The state of the call.",
        "meta.attempt": "The number of this attempt, from 1.",
        "meta.delivered_to": "The URL of this attempt: primary or failover.",
    },
    times="ISO 8601 with a zone",
    varies=frozenset({"meta.attempt", "meta.delivered_to"}),
    habits=Habits(
        timeout_s=2,
        retries="Without a 2xx in 2 s, up to 3 attempts per URL; expect duplicates and any order.",
        fallback="After all attempts at the primary URL, the same event goes to the failover URL; status events too.",
        signature=(
            "telnyx-signature-ed25519: Ed25519 over telnyx-timestamp, a bar and the body; stamps older than 300 s are"
            " to be refused."
        ),
    ),
    play=Play(
        timeout_s=2,
        tries=3,
        pauses_s=(0.5,),
        fallback=True,
        voice=True,
        voice_fallback=True,
        good=("sent", "delivered"),
        bad=("sent", "delivery_failed"),
        assumed="The pause between two attempts is not documented: half a second is assumed.",
    ),
    portal=Portal(
        where="Messaging › Messaging Profiles › your profile › Inbound",
        fields=(
            PortalField(
                role=Role.PRIMARY, name="Send a webhook to this URL", hint="status events come here too; API v2"
            ),
            PortalField(role=Role.FALLBACK, name="Failover URL", hint="webhook_failover_url in the API"),
            PortalField(
                role=Role.STATUS, name="webhook_url", hint="a parameter of a send; it goes before the profile's"
            ),
            PortalField(
                role=Role.VOICE, name="Voice API application: webhook URL", hint="webhook_event_url in the API"
            ),
            PortalField(role=Role.VOICE_FALLBACK, name="Voice API application: failover URL"),
        ),
        checked="2026-11-25",
    ),
    errors=ERRORS,
)
