"""MessageBird, now Bird: inbound form posts, delivery reports by GET; Bird's channels post JSON.

Sources, read 2026-11: docs.bird.com ("Receiving delivery reports (DLRs)", "Receiving messages" of Programmable SMS,
"Verifying a webhook", "Message failure codes"), the vendor's Python client (signature), public handlers with recorded
requests (nyaruka/courier: names, short code variant, words). Facts to know:

- A delivery report names the recipient only; the sender is not known. It is sent only for messages with a `reference`.
- One send call with several recipients has one id, and each report carries just that id: smsbin cannot distinguish
  them by id and keeps it as it is.
- Inbound to a short code has other names: `mid`, `shortcode`, `message`, `receive_datetime` (14 digits; that they are
  UTC is inferred).
- A public handler answers `OK` to inbound requests. That other bodies are refused is documented nowhere, so the safe
  default stays.
- Bird's JSON envelope (`service`, `event`, `payload`) is read as its documentation shows the message; an inbound one
  names the connector, not your number.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime

from msgspec.structs import replace

from ..domain.events import Event
from ..domain.roles import Kind, Role
from ..domain.statuses import Status, Word
from ..parsing import JsonValue
from .kit.composing import form_post, get
from .kit.events import id_of_one
from .kit.glance import Glance
from .kit.marks import RequestMark, first_reason, header_mark
from .kit.parties import international
from .kit.times import read_iso, read_utc
from .kit.values import at, count, error_code, items, text_at
from .sheet import ComposedRequest, Habits, Play, Portal, PortalField, RequestSpec, Sheet

_SIGNATURES = ("MessageBird-Signature-JWT", "MessageBird-Signature")
_CONTENT = ("originator", "body", "message", "shortcode", "createddatetime", "receive_datetime")

WORDS: Mapping[str, Word] = {
    "scheduled": Word(Status.QUEUED),
    "buffered": Word(Status.SENDING),
    "sent": Word(Status.SENT),
    "delivered": Word(Status.DELIVERED, final=True),
    "deliveryfailed": Word(Status.FAILED, final=True),
    "expired": Word(Status.EXPIRED, final=True),
    # Bird's channels.
    "accepted": Word(Status.QUEUED),
    "rejected": Word(Status.REJECTED, final=True),
    "processing": Word(Status.SENDING),
    "sendingfailed": Word(Status.FAILED, final=True),
    "skipped": Word(Status.CANCELED, final=True),
    "deleted": Word(Status.CANCELED, final=True),
}


_MARKS = (
    RequestMark(reason="recipient and statusDatetime are present", all_of=("recipient", "statusdatetime")),
    RequestMark(
        reason="originator, recipient and id or createdDatetime are present",
        all_of=("originator", "recipient", "createddatetime"),
    ),
    RequestMark(
        reason="originator, recipient and id or createdDatetime are present",
        all_of=("originator", "recipient", "id", "body"),
    ),
    RequestMark(
        reason="shortcode, originator and mid are present",
        all_of=("shortcode", "originator"),
        any_of=("mid", "receive_datetime"),
    ),
    RequestMark(reason="channelId of a Bird channel is present", all_of=("payload.channelid",)),
    RequestMark(
        reason="channelId of a Bird channel is present", all_of=("channelid", "sender.contact.identifiervalue")
    ),
    *map(header_mark, _SIGNATURES),
)


def claims(glance: Glance) -> str | None:
    """Names of MessageBird's reports and messages, of Bird's envelope, or a signature."""
    return first_reason(glance, _MARKS)


def read(glance: Glance, role: Role) -> Iterator[Event]:
    """One event of MessageBird's; of Bird's, one a recipient."""
    payload = at(glance.json, "payload")
    message = payload if isinstance(payload, dict) else glance.json
    if text_at(message, "direction") is not None or text_at(message, "channelid") is not None:
        yield from _bird(role, message)
    elif glance.get("id", "mid", "recipient", "originator", "shortcode"):
        bare = role is Role.STATUS and not glance.has_any(_CONTENT)
        yield _report(glance) if bare or glance.has_any(("status", "statusdatetime")) else _inbound(glance)


def _report(glance: Glance) -> Event:
    return Event(
        kind=Kind.STATUS,
        message_id=glance.get("id") or "",
        recipient_said=glance.get("recipient"),
        raw_status=glance.get("status"),
        said_at=_stamp(glance.get("statusdatetime")),
        price=glance.get("price[amount]", "price.amount"),
        currency=glance.get("price[currency]", "price.currency"),
        error_code=error_code(glance.get("statuserrorcode")),
        segments=count(glance.get("messagepartcount")),
    )


def _inbound(glance: Glance) -> Event:
    short = glance.get("shortcode")
    return Event(
        kind=Kind.INBOUND,
        message_id=(glance.get("mid", "id") if short else glance.get("id", "mid")) or "",
        sender_said=glance.get("originator"),
        recipient_said=short or glance.get("recipient", "receiver"),
        text=glance.text("message", "body") if short else glance.text("body", "message"),
        media=tuple(value for name, value in glance.pairs if value and name[:9].lower() == "mediaurls"),
        said_at=_stamp(glance.get("createddatetime", "receive_datetime")),
    )


def _bird(role: Role, message: JsonValue) -> Iterator[Event]:
    direction = text_at(message, "direction")
    if direction == "incoming" or (direction is None and role is not Role.STATUS):
        yield Event(
            kind=Kind.INBOUND,
            message_id=text_at(message, "id") or "",
            sender_said=text_at(message, "sender", "contact", "identifiervalue"),
            recipient_said=text_at(message, "receiver", "connector", "identifiervalue"),
            text=text_at(message, "body", "text", "text"),
            media=_images(message),
            raw_status=text_at(message, "status"),
            said_at=read_iso(text_at(message, "createdat")),
        )
        return
    report = Event(
        kind=Kind.STATUS,
        message_id=text_at(message, "id") or "",
        sender_said=text_at(message, "sender", "connector", "identifiervalue"),
        text=text_at(message, "body", "text", "text"),
        media=_images(message),
        raw_status=text_at(message, "status"),
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


def _images(message: JsonValue) -> tuple[str, ...]:
    images = items(message, "body", "image", "images")
    return tuple(url for image in images if (url := text_at(image, "mediaurl")))


def _stamp(text: str | None) -> datetime | None:
    if text and len(text) == 14 and text.isascii() and text.isdigit():
        return read_utc(f"{text[:4]}-{text[4:6]}-{text[6:8]} {text[8:10]}:{text[10:12]}:{text[12:]}")
    # In a query the `+` of the offset is a blank where it was not percent-encoded.
    return read_iso(text.replace(" ", "+") if text and "T" in text else text)


def compose(spec: RequestSpec) -> ComposedRequest:
    """An inbound form post, or a delivery report by GET."""
    stamp = spec.at.strftime("%Y-%m-%dT%H:%M:%S+00:00")
    sender, recipient = spec.sender.removeprefix("+"), spec.recipient.removeprefix("+")
    if spec.kind is Kind.STATUS:
        pairs = [
            ("datacoding", "plain"), ("id", spec.message_id), ("mccmnc", "20408"), ("messagePartCount", "1"),
            ("ported", "0"), ("recipient", recipient), ("reference", "smsbin"),
            ("status", spec.raw_status or "delivered"),
        ]  # fmt: skip
        if spec.error_code:
            pairs.append(("statusErrorCode", spec.error_code))
        pairs.append(("statusDatetime", stamp))
        return get(pairs)
    pairs = [("id", spec.message_id), ("recipient", recipient), ("originator", sender)]
    if spec.text is not None:
        pairs.append(("body", spec.text))
    pairs += [("mediaUrls", address) for address in spec.media]
    pairs.append(("createdDatetime", stamp))
    return form_post(pairs)


SHEET = Sheet(
    name="messagebird",
    scope="Bird",
    order=60,
    claims=claims,
    marks=frozenset({"statusdatetime", "originator", "payload.channelid", "channelid"}),
    headers=frozenset(name.lower().encode() for name in _SIGNATURES),
    read=read,
    read_number=international,
    compose=compose,
    words=WORDS,
    meanings={
        "id": "The id of the message.",
        "recipient": "Inbound: your number. In a report: the recipient.",
        "receiver": "Your number (older requests).",
        "originator": "The sender.",
        "body": "The text.",
        "mediaurls": "URLs of pictures or files. smsbin never fetches them.",
        "createddatetime": "When the message was made.",
        "mid": "The id of a message to a short code.",
        "shortcode": "Your short code.",
        "message": "The text of a message to a short code.",
        "receive_datetime": "When the message to the short code came, YYYYMMDDhhmmss.",
        "reference": "Your own reference. Without one in the send call there are no reports.",
        "status": "The status of the message.",
        "statusreason": "The reason of the status.",
        "statuserrorcode": "The operator's reason as a number.",
        "statusdatetime": "When the status was reached.",
        "mccmnc": "The recipient's network: country code and operator code.",
        "ported": "1: the number was moved to another operator.",
        "datacoding": "plain, unicode or auto.",
        "messagelength": "The length of the text.",
        "messagepartcount": "In how many SMS it was sent.",
        "price[amount]": "What the message cost.",
        "price[currency]": "The currency of the price.",
        "service": "Bird: the service, channels.",
        "event": "Bird: sms.inbound or sms.outbound.",
        "payload.id": "Bird: the id of the message.",
        "payload.channelid": "Bird: the channel.",
        "payload.sender.contact.identifiervalue": "Bird: the sender.",
        "payload.receiver.contacts.identifiervalue": "Bird: the recipients.",
        "payload.body.text.text": "Bird: the text.",
        "payload.status": "Bird: the status of the message.",
        "payload.reason": "Bird: the reason in words.",
        "payload.failure.code": "Bird: the failure code.",
        "payload.direction": "Bird: incoming or outgoing.",
    },
    times="ISO 8601 with +00:00; for short codes YYYYMMDDhhmmss, read as UTC",
    habits=Habits(
        fallback="The SMS documentation describes no fallback URL and no retries.",
        signature=(
            "MessageBird-Signature-JWT: a JWT with the SHA-256 of the URL and of the body. Bird: MessageBird-Signature,"
            " an HMAC-SHA256 of timestamp, URL and body hash."
        ),
    ),
    play=Play(
        good=("sent", "delivered"),
        bad=("sent", "delivery_failed"),
        assumed="MessageBird documents no timeout and no retries: 15 s and one attempt are assumed.",
    ),
    portal=Portal(
        where="Dashboard › Numbers › your number; Bird: Developers › Webhooks",
        fields=(
            PortalField(role=Role.PRIMARY, name="Forward to URL", hint="a step of the number's flow, POST"),
            PortalField(role=Role.STATUS, name="reportUrl", hint="a parameter of a send call, together with reference"),
        ),
        checked="2026-11-25",
    ),
    errors={
        "1": "Unknown subscriber.",
        "5": "Unknown subscriber: the operator does not know the number.",
        "103": "The recipient has sent STOP.",
        "15005": "Bird: the subscriber is not known.",
    },
)
