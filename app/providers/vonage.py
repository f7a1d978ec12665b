"""Vonage (Nexmo): the SMS API (GET, form or JSON, flat fields), the Messages API (JSON) and the Voice API.

Sources, read 2026-11: developer.vonage.com: "Inbound SMS", "Delivery receipts" (words, err-code), "Signing messages",
"Webhooks" (answers and the resending for 24 hours), "API settings" (portal), "Messages API status callbacks", "Voice
API webhook reference"; the public definition of the SMS API (Nexmo/api-specification, sms.yml). Facts to know:

- Numbers are digits with the country code, without `+`.
- In a delivery receipt of the SMS API the sense is reversed: `msisdn` is the recipient, `to` is your sender id.
- A long inbound message comes as one webhook a part; each has a `messageId` of its own.
- `scts` changes its zone with the status (seen by users: vonage-php-sdk-core issue 173), so it is not read as a time.
- The price of a receipt comes without a currency.
- The Messages API has the words of other kinds of message in an object of its name (Messages API reference, "Inbound
Message": reply, button, location, contact, order, reaction, sticker …; github.com/botpress/messaging issue 53).
- Webhooks of the Messages API are signed by default, those of the SMS API only on request ("Signed webhooks").
- Verify (its webhook has a `request_id` and a `type` of event or summary) is about no message that you sent.
"""

from collections.abc import Mapping
from datetime import datetime

from ..domain.events import Event, Piece
from ..domain.roles import VOICE_ROLES, Kind, Role
from ..domain.statuses import Status, Word
from ..parsing import JsonValue
from .kit.bounds import MAX_PIECES
from .kit.composing import get, json_post, stamp_ms
from .kit.glance import Glance
from .kit.parties import international
from .kit.rich import media_of, words_of
from .kit.times import read_epoch, read_iso, read_utc
from .kit.values import count, error_code
from .sheet import ComposedRequest, Habits, Play, Portal, PortalField, RequestSpec, Sheet

_MARKS = ("keyword", "scts", "err-code", "message-timestamp", "network-code", "api-key")
_RECEIPT = ("status", "err-code", "scts")
_VERIFY = ("event", "summary")
_CONTENT = ("text", "keyword", "data", "type")
_RICH = (
    "message", "image", "audio", "video", "file", "vcard", "sticker", "reply", "button", "location",
    "contact", "contacts", "order", "reaction", "card", "custom",
)  # fmt: skip

WORDS: Mapping[str, Word] = {
    "accepted": Word(Status.SENT),
    "buffered": Word(Status.SENDING),
    "delivered": Word(Status.DELIVERED, final=True),
    "expired": Word(Status.EXPIRED, final=True),
    "failed": Word(Status.FAILED, final=True),
    "rejected": Word(Status.REJECTED, final=True),
    "unknown": Word(Status.UNKNOWN, final=True),
    # The Messages API. `submitted`: passed on to a messaging provider.
    "submitted": Word(Status.SENT),
    "undeliverable": Word(Status.UNDELIVERED, final=True),
    "read": Word(Status.READ, final=True),
}


def claims(glance: Glance) -> str | None:
    """Vonage's names for sender and id together with a third; no other provider has the pair."""
    fields = glance.fields
    if "msisdn" in fields and "messageid" in fields:
        for mark in _MARKS:
            if mark in fields:
                return f"msisdn, messageId and {mark} are present"
        return "msisdn and messageId are present, in JSON that ends early" if glance.quick.repaired else None
    if "message_uuid" in fields and ("channel" in fields or "to.type" in fields or "from.type" in fields):
        return "message_uuid and channel are present"
    if "conversation_uuid" in fields:
        for mark in ("uuid", "recording_uuid"):
            if mark in fields:
                return f"{mark} and conversation_uuid are present"
    if "request_id" in fields and fields.get("type") in _VERIFY and glance.has_any(("triggered_at", "submitted_at")):
        return "request_id and a type of Verify are present"
    return None


def silent(glance: Glance) -> bool:
    """A verification: about no message that you sent."""
    return "request_id" in glance.fields and claims(glance) is not None


def read(glance: Glance, role: Role) -> tuple[Event, ...]:
    """One event: a status word makes it a callback, content makes it inbound; where neither stands, the URL decides."""
    if glance.get("message_uuid"):
        return (_message(glance, role),)
    if glance.get("msisdn", "messageid", "message-id") and role not in VOICE_ROLES:
        bare = role is Role.STATUS and not glance.has_any(_CONTENT)
        return (_receipt(glance) if bare or glance.has_any(_RECEIPT) else _inbound(glance),)
    call = glance.get("uuid", "conversation_uuid")
    return (_call(glance, call),) if call else ()


def _inbound(glance: Glance) -> Event:
    return Event(
        kind=Kind.INBOUND,
        message_id=glance.get("messageid", "message-id") or "",
        sender_said=glance.get("msisdn"),
        recipient_said=glance.get("to"),
        text=glance.text("text"),
        said_at=_stamp(glance),
        piece=_piece(glance),
    )


def _receipt(glance: Glance) -> Event:
    return Event(
        kind=Kind.STATUS,
        message_id=glance.get("messageid", "message-id") or "",
        sender_said=glance.get("to"),
        recipient_said=glance.get("msisdn"),
        raw_status=glance.get("status"),
        said_at=_stamp(glance),
        price=glance.get("price"),
        error_code=error_code(glance.get("err-code")),
    )


def _stamp(glance: Glance) -> datetime | None:
    return read_utc(glance.get("message-timestamp")) or read_epoch(glance.get("timestamp"))


def _message(glance: Glance, role: Role) -> Event:
    body = glance.json if isinstance(glance.json, dict) else {}
    content: JsonValue = [body[name] for name in _RICH if name in body]
    text, media = glance.text("text"), media_of(content)
    text = words_of(content) if text is None else text
    status = glance.get("status")
    callback = status is not None or (role is Role.STATUS and text is None and not media)
    return Event(
        kind=Kind.STATUS if callback else Kind.INBOUND,
        message_id=glance.fields["message_uuid"],
        sender_said=glance.get("from", "from.number"),
        recipient_said=glance.get("to", "to.number"),
        text=text,
        media=media,
        raw_status=status,
        said_at=read_iso(glance.get("timestamp")),
        price=glance.get("usage.price"),
        currency=glance.get("usage.currency"),
        error_code=glance.get("error.title", "error.code") if callback else None,
        segments=count(glance.get("sms.count_total", "sms.num_messages")),
    )


def _call(glance: Glance, call: str) -> Event:
    return Event(
        kind=Kind.VOICE,
        message_id=call,
        sender_said=glance.get("from"),
        recipient_said=glance.get("to"),
        raw_status=glance.get("status"),
        said_at=read_iso(glance.get("timestamp")),
    )


def _piece(glance: Glance) -> Piece | None:
    ref = glance.get("concat-ref")
    number, total = count(glance.get("concat-part")), count(glance.get("concat-total"))
    if not ref or number is None or total is None or not number <= total <= MAX_PIECES:
        return None
    return Piece(ref, number, total)


def compose(spec: RequestSpec) -> ComposedRequest:
    """A GET of the SMS API, which is its long-standing default; with media a JSON post of the Messages API (MMS)."""
    sender, recipient = spec.sender.removeprefix("+"), spec.recipient.removeprefix("+")
    stamp, epoch = spec.at.strftime("%Y-%m-%d %H:%M:%S"), int(spec.at.timestamp())
    if spec.kind is Kind.VOICE:
        pairs = [
            ("from", sender), ("to", recipient), ("uuid", spec.message_id),
            ("conversation_uuid", "CON-0f1e2d3c-4b5a-4697-8869-7a8b9c0d1e2f"),
        ]  # fmt: skip
    elif spec.kind is Kind.STATUS:
        pairs = [
            ("msisdn", recipient), ("to", sender), ("network-code", "23410"), ("messageId", spec.message_id),
            ("price", "0.03330000"), ("status", spec.raw_status or "delivered"),
            ("scts", spec.at.strftime("%y%m%d%H%M")), ("err-code", spec.error_code or "0"), ("api-key", "abcd1234"),
            ("message-timestamp", stamp),
        ]  # fmt: skip
    elif spec.media:
        return _compose_mms(spec, sender, recipient)
    else:
        text = spec.text or ""
        pairs = [
            ("msisdn", sender), ("to", recipient), ("messageId", spec.message_id), ("text", text),
            ("type", "text" if text.isascii() else "unicode"), ("keyword", next(iter(text.split()), "").upper()),
            ("api-key", "abcd1234"), ("message-timestamp", stamp), ("timestamp", str(epoch)),
            ("nonce", "1b2c3d4e-5f60-4712-8a9b-0c1d2e3f4a5b"),
        ]  # fmt: skip
    return get(pairs)


def _compose_mms(spec: RequestSpec, sender: str, recipient: str) -> ComposedRequest:
    image = {"url": spec.media[0], "name": "image.jpg"} | ({} if spec.text is None else {"caption": spec.text})
    body = {
        "channel": "mms", "message_uuid": spec.message_id, "to": recipient, "from": sender,
        "timestamp": stamp_ms(spec.at) + "Z", "message_type": "image", "image": image,
    }  # fmt: skip
    return json_post(body)


SHEET = Sheet(
    name="vonage",
    order=100,
    claims=claims,
    marks=frozenset({"msisdn", "message_uuid", "conversation_uuid", "request_id"}),
    read=read,
    silent=silent,
    read_number=international,
    compose=compose,
    words=WORDS,
    meanings={
        "msisdn": "Inbound: the sender. In a delivery receipt: the recipient.",
        "to": "Inbound: your number. In a delivery receipt of the SMS API: your own sender id.",
        "from": "The sender (Messages API, Voice API).",
        "messageid": "The id of the message; each part of a long one has its own.",
        "text": "The text of this message or part.",
        "type": "text, unicode or binary.",
        "keyword": "The first word of the text in capitals.",
        "data": "The content of a binary message, in hex.",
        "udh": "The user data header of a binary message, in hex.",
        "api-key": "Your API key.",
        "message-timestamp": "When Vonage began to push this webhook, in UTC.",
        "timestamp": "The time in Unix seconds (signed webhooks); in the Messages API an ISO time.",
        "nonce": "A random text that is part of a signed webhook.",
        "sig": "The signature, when signed webhooks are on.",
        "concat": "true: this is one part of a long message.",
        "concat-ref": "The same for all parts of one message.",
        "concat-total": "How many parts there are.",
        "concat-part": "Which part this is, from 1.",
        "network-code": "The recipient's network: country code and operator code (MCC, MNC).",
        "price": "What the message cost, without a currency.",
        "status": "The status of the message.",
        "scts": "The carrier's time, YYMMDDHHMM; its zone varies, so smsbin does not read it.",
        "err-code": "0 for no error, else the reason.",
        "client-ref": "Your own reference from the send call.",
        "message_uuid": "The id of the message (Messages API).",
        "channel": "sms, mms, rcs, whatsapp, viber_service or messenger.",
        "message_type": "text, image, audio, video, file, vcard, reply, button, location, contact, order or reaction.",
        "reply.title": "The row or button that was chosen (WhatsApp, RCS).",
        "reply.id": "What your message attached to it.",
        "button.text": "The button that was pressed (WhatsApp).",
        "button.payload": "What your message attached to that button.",
        "image.url": "URL of the picture. smsbin never fetches it.",
        "image.caption": "The text that came with the picture.",
        "client_ref": "Your own reference from the send call (Messages API).",
        "usage.price": "What the message cost.",
        "usage.currency": "The currency of the price.",
        "sms.num_messages": "Of how many parts an inbound SMS was put together.",
        "sms.count_total": "In how many parts an SMS was sent.",
        "destination.network_code": "The recipient's network.",
        "error.title": "The code of the error (Messages API).",
        "error.detail": "The error in words.",
        "uuid": "The id of the call leg.",
        "conversation_uuid": "The id of the conversation that the call belongs to.",
    },
    times="SMS API: YYYY-MM-DD HH:MM:SS in UTC (message-timestamp); Messages and Voice API: ISO 8601 with Z",
    varies=frozenset({"nonce", "sig", "timestamp"}),
    habits=Habits(
        retries="A response other than 200 or 204 is retried for 24 hours.",
        fallback="SMS has none; a voice application has a Fallback URL beside its Answer URL.",
        signature=(
            "SMS API: off by default; the parameter sig, an MD5 or HMAC over the sorted parameters. Messages and Voice"
            " API: on by default; a JWT in the Authorization header, with the SHA-256 of the body."
        ),
    ),
    play=Play(
        tries=3,
        pauses_s=(60,),
        voice=True,
        voice_fallback=True,
        good=("accepted", "delivered"),
        bad=("accepted", "failed"),
        assumed="Vonage retries for 24 hours: two retries, a minute apart, are simulated.",
    ),
    portal=Portal(
        where="Dashboard › Settings › API Settings",
        fields=(
            PortalField(
                role=Role.PRIMARY, name="Inbound SMS webhooks", hint="a number can have its own; any Webhook format"
            ),
            PortalField(
                role=Role.STATUS,
                name="Delivery receipts (DLR) webhooks",
                hint="Messages API: Status URL of the application",
            ),
            PortalField(role=Role.VOICE, name="Answer URL", hint="in the application, under Voice"),
            PortalField(role=Role.VOICE_FALLBACK, name="Fallback URL", hint="in the application, under Voice"),
        ),
        checked="2026-11-25",
    ),
    errors={
        "1": "Unknown: it was not delivered, and no reason is known.",
        "2": "Absent subscriber, temporary: the handset could not be reached for now.",
        "3": "Absent subscriber, permanent: the number is not in use any more.",
        "4": "Call barred by user.",
        "5": "Portability error.",
        "6": "Anti-spam rejection by a carrier's filter.",
        "7": "Handset busy.",
        "8": "Network error.",
        "9": "Illegal number: the user asked not to get messages of this kind.",
        "10": "Illegal message.",
        "11": "Unroutable: no route to the number was found.",
        "12": "Destination unreachable.",
        "13": "Subscriber age restriction.",
        "14": "Number blocked by the carrier.",
        "15": "Prepaid account without enough funds.",
        "16": "Gateway quota exceeded.",
        "50": "Entity filter (India: the entity id is wrong or missing).",
        "51": "Header filter (India: the sender id is not registered).",
        "52": "Content filter (India: the text fits no registered template).",
        "53": "Consent filter (India: the recipient has not agreed).",
        "54": "Regulation error.",
        "99": "General error.",
    },
)
