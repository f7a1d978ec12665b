"""MessageBird, now Bird: inbound form posts, delivery reports by GET; Bird's channels post JSON.

Sources, read 2026-11: docs.bird.com ("Receiving delivery reports (DLRs)", "Receiving messages" of Programmable SMS,
"Verifying a webhook", "Message failure codes"), the vendor's Python client (signature), public handlers with recorded
requests (nyaruka/courier: names, short code variant, words). Facts to know:

- A delivery report names the recipient only; the sender is not known. It is sent only for messages with a `reference`.
- One send call with several recipients has one id, and each report carries just that id: smsbin cannot tell them apart
  by id and keeps it as it is.
- Inbound to a short code has other names: `mid`, `shortcode`, `message`, `receive_datetime` (14 digits; that they are
  UTC is inferred).
- A public handler answers `OK` to inbound requests. That other bodies are refused is documented nowhere, so the safe
  default stays.
- Bird's JSON envelope (`service`, `event`, `payload`) is read as its documentation shows the message; an inbound one
  names the connector, not your number.
"""

from collections.abc import Mapping
from datetime import datetime
from urllib.parse import urlencode

from ..domain.events import Event, made_id
from ..domain.roles import Kind, Role
from ..domain.statuses import Status, Word
from ..parsing import JsonValue
from .glance import Glance
from .parties import international, party
from .shapes import MAX_EVENTS, at, count, finished, items, text_at
from .sheet import Draft, Habits, Play, Portal, PortalField, Sheet, Wish
from .times import read_iso, read_utc

_SIGNATURES = {
    b"messagebird-signature-jwt": "MessageBird-Signature-JWT",
    b"messagebird-signature": "MessageBird-Signature",
}
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


def claims(glance: Glance) -> str | None:
    """Names of MessageBird's reports and messages, of Bird's envelope, or a signature."""
    fields = glance.fields
    if "recipient" in fields:
        if "statusdatetime" in fields:
            return "recipient and statusDatetime are present"
        if "originator" in fields and ("createddatetime" in fields or ("id" in fields and "body" in fields)):
            return "originator, recipient and id or createdDatetime are present"
    if "shortcode" in fields and "originator" in fields and ("mid" in fields or "receive_datetime" in fields):
        return "shortcode, originator and mid are present"
    if "payload.channelid" in fields or ("channelid" in fields and "sender.contact.identifiervalue" in fields):
        return "channelId of a Bird channel is present"
    for name, title in _SIGNATURES.items():
        if name in glance.headers:
            return f"the header {title} is present"
    return None


def read(glance: Glance, role: Role) -> tuple[Event, ...]:
    """One event of MessageBird's; of Bird's, one a recipient."""
    if isinstance(glance.json, dict):
        payload = at(glance.json, "payload")
        message = payload if isinstance(payload, dict) else glance.json
        if text_at(message, "direction") is not None or text_at(message, "channelId") is not None:
            return finished(glance, _bird(glance, role, message), international)
    if not glance.get("id", "mid", "recipient", "originator", "shortcode"):
        return ()
    fields = glance.fields
    if "status" in fields or "statusdatetime" in fields:
        return finished(glance, [_report(glance)], international)
    bare = role is Role.STATUS and not any(name in fields for name in _CONTENT)
    return finished(glance, [_report(glance) if bare else _inbound(glance)], international)


def _report(glance: Glance) -> Event:
    recipient_said = glance.fields.get("recipient")
    said = glance.get("status")
    word = SHEET.word(said)
    said_at = _stamp(glance.get("statusdatetime"))
    code = glance.get("statuserrorcode")
    return Event(
        kind=Kind.STATUS,
        message_id=glance.get("id") or "",
        recipient_said=recipient_said,
        status=word.status,
        raw_status=said,
        final=word.final,
        said_at=said_at,
        price=glance.get("price[amount]", "price.amount"),
        currency=glance.get("price[currency]", "price.currency"),
        error_code=None if code == "0" else code,
        segments=count(glance.get("messagepartcount")),
    )


def _inbound(glance: Glance) -> Event:
    fields = glance.fields
    short = bool(fields.get("shortcode"))
    sender_said = fields.get("originator")
    recipient_said = fields.get("shortcode") if short else glance.get("recipient", "receiver")
    text = fields.get("message", fields.get("body")) if short else fields.get("body", fields.get("message"))
    said_at = _stamp(glance.get("createddatetime", "receive_datetime"))
    return Event(
        kind=Kind.INBOUND,
        message_id=(glance.get("mid", "id") if short else glance.get("id", "mid")) or "",
        sender_said=sender_said,
        recipient_said=recipient_said,
        text=text,
        media=tuple(value for name, value in glance.pairs if value and name[:9].lower() == "mediaurls"),
        status=Status.RECEIVED,
        final=True,
        said_at=said_at,
    )


def _bird(glance: Glance, role: Role, message: JsonValue) -> list[Event]:
    direction = text_at(message, "direction")
    if direction == "incoming" or (direction is None and role is not Role.STATUS):
        ours = text_at(message, "receiver", "connector", "identifierValue")
        return [_bird_event(glance, message, Kind.INBOUND, ours, grouped=False)]
    contacts = items(at(message, "receiver", "contacts"))[:MAX_EVENTS]
    recipients = [text_at(contact, "identifierValue") for contact in contacts] or [None]
    return [_bird_event(glance, message, Kind.STATUS, to, grouped=len(recipients) > 1) for to in recipients]


def _bird_event(glance: Glance, message: JsonValue, kind: Kind, recipient_said: str | None, *, grouped: bool) -> Event:
    callback = kind is Kind.STATUS
    sender_said = text_at(message, "sender", "contact" if not callback else "connector", "identifierValue")
    sender, recipient = party(sender_said, international), party(recipient_said, international)
    text = text_at(message, "body", "text", "text")
    said = text_at(message, "status")
    word = SHEET.word(said)
    said_at = read_iso((callback and text_at(message, "lastStatusAt")) or text_at(message, "createdAt"))
    name = text_at(message, "id") or made_id(sender, recipient, text, said_at or glance.raw.received_at)
    images = items(at(message, "body", "image", "images"))[:MAX_EVENTS]
    return Event(
        kind=kind,
        message_id=f"{name}:{recipient}" if grouped else name,
        sender=sender,
        recipient=recipient,
        sender_said=sender_said,
        recipient_said=recipient_said,
        text=text,
        media=tuple(url for image in images if (url := text_at(image, "mediaUrl"))),
        status=word.status if callback else Status.RECEIVED,
        raw_status=said,
        final=word.final if callback else True,
        said_at=said_at,
        error_code=text_at(message, "failure", "code") if callback else None,
    )


def _stamp(text: str | None) -> datetime | None:
    if text and len(text) == 14 and text.isascii() and text.isdigit():
        return read_utc(f"{text[:4]}-{text[4:6]}-{text[6:8]} {text[8:10]}:{text[10:12]}:{text[12:]}")
    # In a query the `+` of the offset is a blank where it was not percent-encoded.
    return read_iso(text.replace(" ", "+") if text and "T" in text else text)


def compose(wish: Wish) -> Draft:
    """An inbound form post, or a delivery report by GET."""
    stamp = wish.at.strftime("%Y-%m-%dT%H:%M:%S+00:00")
    sender, recipient = wish.sender.removeprefix("+"), wish.recipient.removeprefix("+")
    if wish.kind is Kind.STATUS:
        pairs = [
            ("datacoding", "plain"), ("id", wish.message_id), ("mccmnc", "20408"), ("messagePartCount", "1"),
            ("ported", "0"), ("recipient", recipient), ("reference", "smsbin"),
            ("status", wish.raw_status or "delivered"),
        ]  # fmt: skip
        if wish.error_code:
            pairs.append(("statusErrorCode", wish.error_code))
        pairs.append(("statusDatetime", stamp))
        return Draft(method="GET", query=urlencode(pairs), headers=(("Accept", "*/*"),), body=b"")
    pairs = [("id", wish.message_id), ("recipient", recipient), ("originator", sender)]
    if wish.text is not None:
        pairs.append(("body", wish.text))
    pairs += [("mediaUrls", address) for address in wish.media]
    pairs.append(("createdDatetime", stamp))
    headers = (("Accept", "*/*"), ("Content-Type", "application/x-www-form-urlencoded"))
    return Draft(method="POST", query="", headers=headers, body=urlencode(pairs).encode())


SHEET = Sheet(
    name="messagebird",
    title="MessageBird (Bird)",
    claims=claims,
    marks=frozenset({"statusdatetime", "originator", "payload.channelid", "channelid"}),
    headers=frozenset(_SIGNATURES),
    read=read,
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
