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
- Bird's channels and MessageBird's Conversations post JSON: `bird.py`.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime

from ..domain.events import Event
from ..domain.roles import Kind, Role
from ..domain.statuses import Status, Word
from . import bird
from .kit.composing import form_post, get
from .kit.glance import Glance
from .kit.marks import RequestMark, first_reason, header_mark
from .kit.parties import international
from .kit.times import read_iso, read_utc
from .kit.values import at, count, error_code, text_at
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
    **bird.WORDS,
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
    *map(header_mark, _SIGNATURES),
)


def claims(glance: Glance) -> str | None:
    """Names of MessageBird's reports and messages, of Bird's envelopes, or a signature."""
    return bird.claims(glance) or first_reason(glance, _MARKS)


def silent(glance: Glance) -> bool:
    """An event of Bird's, or of a conversation, that is about no message."""
    return bird.claims(glance) is not None


def read(glance: Glance, role: Role) -> Iterator[Event]:
    """One event of MessageBird's; of Bird's, one a recipient."""
    message = at(glance.json, "payload") or glance.json
    if (
        bird.claims(glance)
        or text_at(message, "direction") is not None
        or text_at(message, "channelid") is not None
        or text_at(message, "message", "conversationid") is not None
    ):
        yield from bird.read(glance, role)
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
    marks=frozenset(
        {
            "statusdatetime",
            "originator",
            "payload.channelid",
            "channelid",
            "payload.id",
            "conversation.id",
        }
    ),
    headers=frozenset(name.lower().encode() for name in _SIGNATURES),
    read=read,
    silent=silent,
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
        "message.id": "Conversations: the id of the message.",
        "message.from": "Conversations: the sender.",
        "message.to": "Conversations: the recipient.",
        "message.direction": "Conversations: received (inbound) or sent.",
        "message.status": "Conversations: the status of the message.",
        "message.content.text": "Conversations: the text.",
        "message.platform": "Conversations: the channel.",
        "conversation.id": "Conversations: the id of the conversation, not of the message.",
        "contact.msisdn": "Conversations: the number of the other side.",
    },
    times="ISO 8601 with +00:00; for short codes YYYYMMDDhhmmss, read as UTC",
    habits=Habits(
        retries="Bird repeats for 8 hours, ever less often, without a 2xx. For older SMS requests none is described.",
        fallback="The SMS documentation describes no fallback URL.",
        signature=(
            "MessageBird-Signature-JWT: a JWT with the SHA-256 of the URL and of the body. Bird: MessageBird-Signature,"
            " an HMAC-SHA256 of timestamp, URL and body hash."
        ),
    ),
    play=Play(
        good=("sent", "delivered"),
        bad=("sent", "delivery_failed"),
        assumed="MessageBird documents no timeout, and no retries of SMS requests: 15 s and one attempt are assumed.",
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
