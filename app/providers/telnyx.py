"""Telnyx: JSON events with an envelope; one event may be about several recipients.

Sources: developers.telnyx.com/docs/messaging/messages/receiving-webhooks (event types, statuses, 2 s, retries,
failover, which URL goes first), …/messages/messaging-profiles-overview (portal), …/messages/error-codes (codes),
…/docs/voice/programmable-voice/voice-api-webhooks (calls) and …/api-reference/callbacks (TeXML's form posts); the types
and the verification in github.com/team-telnyx/telnyx-python (payload fields, signature). `meta.attempt` and
`meta.delivered_to` are the try and the URL. A profile can be set to webhook_api_version 2010-04-01 and then speaks
with Twilio's names. Inferred: the price of a message to several recipients is that of all, so the first one bears it.
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
from .kit.times import read_iso
from .kit.values import at, count, error_code, items, text_at
from .sheet import ComposedRequest, Habits, Play, Portal, PortalField, RequestSpec, Sheet, plain
from .telnyx_errors import ERRORS
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
        return dialect.read(glance, role, _twilio_word)
    data = at(glance.json, "data") or glance.json
    payload = at(data, "payload") or data
    event_type = text_at(data, "event_type") or ""
    if event_type.startswith("call.") or text_at(payload, "call_leg_id") or text_at(payload, "call_control_id"):
        return _call(data, payload)
    if role in VOICE_ROLES and not text_at(payload, "id"):
        return ()
    if not (at(payload, "from") or at(payload, "to") or at(payload, "text") or text_at(payload, "id")):
        return dialect.read(glance, role, _twilio_word)
    if event_type and not event_type.startswith("message."):
        return ()
    recipients = items(payload, "to")[:MAX_RECIPIENTS] or [None]
    return tuple(_for_each(recipients, _message(role, data, payload)))


def _twilio_word(word: str | None) -> Word:
    return UNKNOWN if word is None else TWILIO_WORDS.get(plain(word), UNKNOWN)


def _message(role: Role, data: JsonValue, payload: JsonValue) -> Event:
    """The message of a payload, without its recipients."""
    callback = _is_callback(role, data, payload)
    return Event(
        kind=Kind.STATUS if callback else Kind.INBOUND,
        message_id=text_at(payload, "id") or "",
        sender_said=_number(at(payload, "from")),
        text=text_at(payload, "text"),
        media=tuple(url for item in items(payload, "media") if (url := text_at(item, "url"))),
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
        status = text_at(recipients[0], "status") or message.raw_status
        yield replace(message, recipient_said=_number(recipients[0]), raw_status=status)
        return
    for place, recipient in enumerate(recipients):
        number, status = _number(recipient), text_at(recipient, "status") or message.raw_status
        yield replace(
            message,
            message_id=id_of_one(message.message_id, number, place),
            recipient_said=number,
            raw_status=status,
            price=None if place else message.price,
            currency=None if place else message.currency,
            error_code=message.error_code if SHEET.word(status).status in FAILURES else None,
        )


def _is_callback(role: Role, data: JsonValue, payload: JsonValue) -> bool:
    event_type, direction = text_at(data, "event_type") or "", text_at(payload, "direction") or ""
    if event_type == "message.received" or direction == "inbound":
        return False
    if event_type.startswith("message.") or direction == "outbound":
        return True
    first = SHEET.word(text_at(payload, "to", 0, "status"))
    return role is Role.STATUS if first is UNKNOWN else first.status is not Status.RECEIVED


def _number(party: JsonValue) -> str | None:
    return text_at(party, "phone_number") or text_at(party)


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
