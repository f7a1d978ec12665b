"""Telnyx: JSON events with an envelope; one event may be about several recipients.

Sources: developers.telnyx.com/docs/messaging/messages/receiving-webhooks (event types, statuses, 2 s, retries,
failover, which URL goes first), …/messages/messaging-profiles-overview (portal), …/messages/error-codes (codes),
…/docs/voice/programmable-voice/voice-api-webhooks (calls) and …/api-reference/callbacks (TeXML's form posts); the types
and the verification in github.com/team-telnyx/telnyx-python (payload fields, signature). `meta.attempt` and
`meta.delivered_to` are the try and the URL. A profile can be set to webhook_api_version 2010-04-01 and then speaks
with Twilio's names. RCS (…/messages/receiving-rcs-webhooks, read 2026-11): words and files in `payload.body`, in
Google's shape with `_`; an agent is a party; `message.read`. All other events (numbers, 10DLC, faxes, clicks on links:
…/api-reference/callbacks) have the same envelope and are about no message. WhatsApp (support.telnyx.com article
13986487): sent, delivered, read, failed. Inferred: a WhatsApp message is in `body` or, as in the send call, in
`whatsapp_message`; the price of a message to several recipients is that of all, so the first one bears it.
"""

from collections.abc import Iterator, Mapping

from msgspec.structs import replace

from ..domain.events import Event
from ..domain.roles import VOICE_ROLES, Kind, Role
from ..domain.statuses import FAILURES, UNKNOWN, Status, Word
from ..parsing import JsonValue
from .kit import dialect
from .kit.composing import json_post, stamp_ms, uuid_of
from .kit.events import id_of_one
from .kit.glance import Glance
from .kit.rich import media_of, words_of
from .kit.times import read_iso
from .kit.values import at, count, error_code, items, text_at
from .sheet import ComposedRequest, Habits, Play, Portal, PortalField, RequestSpec, Sheet, plain
from .telnyx_errors import ERRORS
from .telnyx_fields import MEANINGS
from .twilio import WORDS as TWILIO_WORDS

# More than a group message has.
MAX_RECIPIENTS = 100
_SIGNATURE = "telnyx-signature-ed25519"
# Fields of a payload, for JSON whose event type was cut off.
_MARKS = (
    "data.payload.from.phone_number",
    "data.payload.to.0.phone_number",
    "data.payload.messaging_profile_id",
    "data.payload.call_control_id",
)
# Events about a message; a click on a link in one changes nothing that is known of it.
_READ = "message.read"
_MESSAGES = ("message.received", "message.sent", "message.finalized", _READ)
# What a request is about where it has no envelope, and a field that it has.
_RECORDS = {"event": "event_type", "link_clicked": "message_id"}
_PROFILE = "4001900f-5ab2-4d1e-8f77-3b1c2d4e5f60"

WORDS: Mapping[str, Word] = {
    "queued": Word(Status.QUEUED),
    "sending": Word(Status.SENDING),
    "sent": Word(Status.SENT),
    # The event's type speaks where a recipient has no status.
    "message.sent": Word(Status.SENT),
    "read": Word(Status.READ, final=True),
    _READ: Word(Status.READ, final=True),
    "delivered": Word(Status.DELIVERED, final=True),
    "expired": Word(Status.EXPIRED, final=True),
    "sendingfailed": Word(Status.FAILED, final=True),
    "deliveryfailed": Word(Status.FAILED, final=True),
    # WhatsApp's.
    "failed": Word(Status.FAILED, final=True),
    # No receipt came, and none will.
    "deliveryunconfirmed": Word(Status.UNKNOWN, final=True),
    "received": Word(Status.RECEIVED, final=True),
    "webhookdelivered": Word(Status.RECEIVED, final=True),
}


def claims(glance: Glance) -> str | None:
    """The event's type, or what a payload holds; forms only with the signature's header."""
    fields = glance.fields
    event_type = fields.get("data.event_type")
    if event_type and (event_type.startswith(("message.", "call.")) or fields.get("data.record_type") == "event"):
        return f"data.event_type is {event_type[:40]}"
    if "data.payload.id" in fields or "data.payload.direction" in fields:
        for mark in _MARKS:
            if mark in fields:
                return f"{mark} is present"
    if _SIGNATURE.encode() in glance.headers:
        return f"the header {_SIGNATURE} is present"
    if fields.get("record_type", fields.get("data.record_type")) in ("event", "link_clicked"):
        return (
            "record_type is that of an event"
            if glance.has_any(("event_type", "message_id", "data.message_id"))
            else None
        )
    return None


def silent(glance: Glance) -> bool:
    """An event about neither a message nor a call, known by its type or, of a click, by its record."""
    if not isinstance(glance.json, dict) or claims(glance) is None:
        return False
    data = _data(glance.json)
    return bool(_event(data)[0]) or text_at(data, "record_type") == "link_clicked"


def _data(json: JsonValue) -> JsonValue:
    return at(json, "data") or json


def _event(data: JsonValue) -> tuple[str, JsonValue]:
    """The type of an event ("" for none) and its payload; the envelope may be gone."""
    return text_at(data, "event_type") or "", at(data, "payload") or data


def _is_other(event_type: str, data: JsonValue) -> bool:
    """An event about no message; a click on a link has no type."""
    return event_type not in _MESSAGES if event_type else text_at(data, "record_type") == "link_clicked"


def read(glance: Glance, role: Role) -> tuple[Event, ...]:
    """One event for each recipient; a call is one."""
    if not isinstance(glance.json, dict):
        return dialect.read(glance, role, _twilio_word)
    data = _data(glance.json)
    event_type, payload = _event(data)
    if event_type.startswith("call.") or text_at(payload, "call_leg_id") or text_at(payload, "call_control_id"):
        return _call(data, payload)
    if _is_other(event_type, data):
        return ()
    if role in VOICE_ROLES and not text_at(payload, "id"):
        return ()
    if not (at(payload, "from") or at(payload, "to") or at(payload, "text") or text_at(payload, "id")):
        return dialect.read(glance, role, _twilio_word)
    recipients = items(payload, "to")[:MAX_RECIPIENTS] or [None]
    return tuple(_for_each(recipients, _message(role, data, payload)))


def _twilio_word(word: str | None) -> Word:
    return UNKNOWN if word is None else TWILIO_WORDS.get(plain(word), UNKNOWN)


def _message(role: Role, data: JsonValue, payload: JsonValue) -> Event:
    """The message of a payload, without its recipients."""
    callback = _is_callback(role, data, payload)
    media = tuple(url for item in items(payload, "media") if (url := text_at(item, "url")))
    body = at(payload, "body") or at(payload, "whatsapp_message")
    return Event(
        kind=Kind.STATUS if callback else Kind.INBOUND,
        message_id=text_at(payload, "id") or "",
        sender_said=_number(at(payload, "from")),
        text=text_at(payload, "text") if body is None else words_of(body),
        media=media if body is None else media + media_of(body),
        raw_status=text_at(data, "event_type") if callback else None,
        said_at=read_iso(text_at(data, "occurred_at")),
        price=text_at(payload, "cost", "amount"),
        currency=text_at(payload, "cost", "currency"),
        error_code=error_code(text_at(payload, "errors", 0, "code")),
        segments=count(text_at(payload, "parts")),
    )


def _for_each(recipients: list[JsonValue], message: Event) -> Iterator[Event]:
    """The message to each of its recipients, with that one's status. Of several, the first one bears the price, and the
    error is that of those who did not get it."""
    if len(recipients) == 1:
        status = _status_of(recipients[0], message)
        yield replace(message, recipient_said=_number(recipients[0]), raw_status=status)
        return
    for place, recipient in enumerate(recipients):
        number, status = _number(recipient), _status_of(recipient, message)
        yield replace(
            message,
            message_id=id_of_one(message.message_id, number, place),
            recipient_said=number,
            raw_status=status,
            price=None if place else message.price,
            currency=None if place else message.currency,
            error_code=message.error_code if SHEET.word(status).status in FAILURES else None,
        )


def _status_of(recipient: JsonValue, message: Event) -> str | None:
    """The recipient's, else that of the event; a recipient who has read it may still have "delivered"."""
    if message.raw_status == _READ:
        return _READ
    return text_at(recipient, "status") or message.raw_status


def _is_callback(role: Role, data: JsonValue, payload: JsonValue) -> bool:
    event_type, direction = text_at(data, "event_type") or "", text_at(payload, "direction") or ""
    if event_type == "message.received" or direction == "inbound":
        return False
    if event_type.startswith("message.") or direction == "outbound":
        return True
    first = SHEET.word(text_at(payload, "to", 0, "status"))
    return role is Role.STATUS if first is UNKNOWN else first.status is not Status.RECEIVED


def _number(party: JsonValue) -> str | None:
    """A phone number, or the agent of an RCS message."""
    return text_at(party, "phone_number") or text_at(party, "agent_id") or text_at(party)


def _call(data: JsonValue, payload: JsonValue) -> tuple[Event, ...]:
    """A leg is what a CallSid is elsewhere: all events of one call to us have it."""
    names = ("call_leg_id", "call_control_id", "call_session_id")
    id = next((id for name in names if (id := text_at(payload, name))), None)
    if id is None:
        return ()
    return (
        Event(
            kind=Kind.VOICE,
            message_id=id,
            sender_said=_number(at(payload, "from")),
            recipient_said=_number(at(payload, "to")),
            raw_status=text_at(payload, "state") or text_at(data, "event_type"),
            said_at=read_iso(text_at(data, "occurred_at")),
        ),
    )


def compose(spec: RequestSpec) -> ComposedRequest:
    """An event as JSON, in Telnyx's order of the alphabet. It is not signed."""
    payload: dict[str, JsonValue]
    if spec.kind is Kind.VOICE:
        event_type = "call.initiated"
        payload = {
            "call_control_id": f"v3:{spec.message_id}",
            "call_leg_id": spec.message_id,
            "call_session_id": uuid_of("session", spec.message_id),
            "client_state": None,
            "connection_id": "7267000000000000001",
            "direction": "incoming",
            "from": spec.sender,
            "state": spec.raw_status or "parked",
            "to": spec.recipient,
        }
    else:
        event_type, payload = _event_type(spec), _payload(spec)
    stamp = _stamp(spec)
    body: JsonValue = {
        "data": {
            "event_type": event_type,
            "id": uuid_of(spec.message_id, event_type, stamp),
            "occurred_at": stamp,
            "payload": payload,
            "record_type": "event",
        },
        "meta": {"attempt": spec.attempt, "delivered_to": spec.url},
    }
    return json_post(body, ("User-Agent", "telnyx-webhooks"))


def _event_type(spec: RequestSpec) -> str:
    if spec.kind is not Kind.STATUS:
        return "message.received"
    return "message.finalized" if SHEET.word(spec.raw_status or "delivered").final else "message.sent"


def _stamp(spec: RequestSpec) -> str:
    return stamp_ms(spec.at) + "+00:00"


def _payload(spec: RequestSpec) -> dict[str, JsonValue]:
    callback = spec.kind is Kind.STATUS
    status = (spec.raw_status or "delivered") if callback else "webhook_delivered"
    errors: list[JsonValue] = []
    if spec.error_code:
        errors.append({"code": spec.error_code, "title": ERRORS.get(spec.error_code, ""), "detail": ""})
    media: list[JsonValue] = [
        {"url": url, "content_type": "image/jpeg", "size": None, "sha256": None} for url in spec.media
    ]
    return {
        "cc": [],
        "completed_at": _stamp(spec) if SHEET.word(status).final and callback else None,
        "cost": {"amount": "0.0040", "currency": "USD"},
        "direction": "outbound" if callback else "inbound",
        "encoding": "GSM-7" if (spec.text or "").isascii() else "UCS-2",
        "errors": errors,
        "from": {"carrier": "Example Mobile", "line_type": "Wireless", "phone_number": spec.sender},
        "id": spec.message_id,
        "media": media,
        "messaging_profile_id": _PROFILE,
        "parts": 1,
        "received_at": _stamp(spec),
        "record_type": "message",
        "sent_at": _stamp(spec) if callback else None,
        "subject": "",
        "tags": [],
        "text": spec.text or "",
        "to": [
            {"carrier": "Example Mobile", "line_type": "Wireless", "phone_number": spec.recipient, "status": status}
        ],
        "type": "MMS" if spec.media else "SMS",
        "valid_until": None,
        "webhook_failover_url": None,
        "webhook_url": spec.url,
    }


SHEET = Sheet(
    name="telnyx",
    order=20,
    claims=claims,
    marks=frozenset(
        {
            "data.event_type",
            "data.payload.id",
            "data.payload.direction",
            "record_type",
            "data.record_type",
        }
    ),
    headers=frozenset({_SIGNATURE.encode()}),
    read=read,
    silent=silent,
    compose=compose,
    words=WORDS,
    meanings=MEANINGS,
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
