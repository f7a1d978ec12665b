"""Sinch (SMS REST API): JSON posts, with their kind in `type`. Its other APIs are in `sinch_conversation.py`.

Sources, read 2026-11: developers.sinch.com/docs/sms/api-reference/sms/tag/Webhooks (repeats, the three ways of
authentication), .../tag/Delivery-reports (words and codes), the vendor's Python, Java and Node SDKs (field names,
codes, signature). Facts to know:

- A report names a batch and a recipient, never a message, so smsbin's message id is `batch_id:recipient`, the recipient
  in E.164. An inbound message has an `id` of its own.
- A report by batch lists many recipients a status. A summary lists none, only counts: with one status it is read as
  the batch's, with several it states nothing about any message.
- A report by batch has no time. Numbers come with or without `+`.
- `mo_binary` has its content in Base64, which is no text.
"""

from collections.abc import Iterator, Mapping

from msgspec.structs import replace

from ..domain.events import Event
from ..domain.roles import Kind, Role
from ..domain.statuses import Status, Word
from ..parsing import JsonValue
from .kit.composing import json_post, number_or_text, stamp_ms
from .kit.events import id_of_one
from .kit.glance import Glance
from .kit.parties import international, party
from .kit.times import read_iso
from .kit.values import at, count, items, text_at, texts
from .sheet import ComposedRequest, Habits, Play, Portal, PortalField, RequestSpec, Sheet
from .sinch_conversation import WHATSAPP, is_other, is_whatsapp, read_call, read_trigger, read_whatsapp, trigger_of
from .sinch_conversation import WORDS as CONVERSATION_WORDS

_INBOUND = frozenset({"mo_text", "mo_binary", "mo_media"})
_RECIPIENT = frozenset({"recipient_delivery_report_sms", "recipient_delivery_report_mms"})
_BATCH = frozenset({"delivery_report_sms", "delivery_report_mms"})
_TYPES = _INBOUND | _RECIPIENT | _BATCH
# Codes of reports that are no errors: delivered, queued, dispatched.
_NO_ERROR = frozenset({"0", "400", "401"})

WORDS: Mapping[str, Word] = {
    "queued": Word(Status.QUEUED),
    "dispatched": Word(Status.SENT),
    "aborted": Word(Status.FAILED, final=True),
    "cancelled": Word(Status.CANCELED, final=True),
    "canceled": Word(Status.CANCELED, final=True),
    "deleted": Word(Status.CANCELED, final=True),
    "rejected": Word(Status.REJECTED, final=True),
    "delivered": Word(Status.DELIVERED, final=True),
    "failed": Word(Status.FAILED, final=True),
    "expired": Word(Status.EXPIRED, final=True),
    "unknown": Word(Status.UNKNOWN, final=True),
    **CONVERSATION_WORDS,
}


def claims(glance: Glance) -> str | None:
    """The types of Sinch's callbacks, the envelope of its Conversation API, or its signature."""
    request_type = glance.fields.get("type")
    if request_type in _TYPES and glance.json is not None:
        return f"type is {request_type}"
    if request_type == WHATSAPP and is_whatsapp(glance):
        return "type is whatsapp, with statuses, notifications or contacts"
    if b"x-sinch-webhook-signature" in glance.headers:
        return "the header x-sinch-webhook-signature is present"
    trigger = trigger_of(glance)
    return is_other(glance) if trigger is None else f"app_id and {trigger} are present"


def silent(glance: Glance) -> bool:
    """A callback of the Conversation API, or of another API, that is about no message."""
    return trigger_of(glance) is not None or is_whatsapp(glance) or is_other(glance) is not None


def read(glance: Glance, role: Role) -> Iterator[Event]:
    """By type; without one, by what only a report or only a message has."""
    body = glance.json
    request_type = text_at(body, "type")
    if trigger := trigger_of(glance):
        yield from read_trigger(glance, trigger)
    elif is_whatsapp(glance):
        yield from read_whatsapp(glance)
    elif is_other(glance):
        yield from read_call(glance)
    elif request_type in _BATCH or (request_type is None and at(body, "statuses") is not None):
        yield from _batch(body)
    elif request_type in _RECIPIENT or (request_type is None and _looks_like_report(body, role)):
        report = replace(_report(body, body), said_at=read_iso(_when(body)))
        yield _for_recipient(report, text_at(body, "recipient"))
    elif request_type in _INBOUND or (request_type is None and _has_any(body, "from", "to", "body")):
        yield _inbound(body)


def _looks_like_report(body: JsonValue, role: Role) -> bool:
    return _has_any(body, "batch_id", "recipient") or (role is Role.STATUS and _has_any(body, "status"))


def _has_any(body: JsonValue, *names: str) -> bool:
    return any(text_at(body, name) is not None for name in names)


def _when(body: JsonValue) -> str | None:
    return text_at(body, "at") or text_at(body, "operator_status_at")


def _batch(body: JsonValue) -> Iterator[Event]:
    entries = [entry for entry in items(body, "statuses") if isinstance(entry, dict)]
    if len(entries) == 1 and not texts(entries[0], "recipients"):
        yield _report(body, entries[0])
    for entry in entries:
        report = _report(body, entry)
        yield from (_for_recipient(report, recipient) for recipient in texts(entry, "recipients"))


def _report(body: JsonValue, entry: JsonValue) -> Event:
    """A status of the batch, without a recipient."""
    code = text_at(entry, "code")
    return Event(
        kind=Kind.STATUS,
        message_id=text_at(body, "batch_id") or "",
        sender_said=text_at(body, "applied_originator"),
        raw_status=text_at(entry, "status"),
        error_code=None if code in _NO_ERROR else code,
        segments=count(text_at(body, "number_of_message_parts")),
    )


def _for_recipient(report: Event, recipient: str | None) -> Event:
    name = report.message_id
    if party(recipient) is not None:
        name = id_of_one(name, recipient, 0, international)
    return replace(report, message_id=name, recipient_said=recipient)


def _inbound(body: JsonValue) -> Event:
    content = at(body, "body")
    return Event(
        kind=Kind.INBOUND,
        message_id=text_at(body, "id") or "",
        sender_said=text_at(body, "from"),
        recipient_said=text_at(body, "to"),
        text=None if text_at(body, "type") == "mo_binary" else _text(content),
        media=tuple(url for item in items(content, "media") if (url := text_at(item, "url"))),
        said_at=read_iso(text_at(body, "received_at") or text_at(body, "sent_at")),
    )


def _text(content: JsonValue) -> str | None:
    return text_at(content, "message") if isinstance(content, dict) else text_at(content)


def compose(spec: RequestSpec) -> ComposedRequest:
    """A `mo_text` (with media a `mo_media`), or a report by recipient.

    The spec's id for a report is a batch, or `batch:recipient` as reports are read.
    """
    stamp = stamp_ms(spec.at) + "Z"
    sender, recipient = spec.sender.removeprefix("+"), spec.recipient.removeprefix("+")
    body: dict[str, object]
    if spec.kind is Kind.STATUS:
        body = {
            "type": "recipient_delivery_report_sms",
            "batch_id": spec.message_id.removesuffix(":" + spec.recipient),
            "recipient": recipient,
            "code": number_or_text(spec.error_code or "0"),
            "status": spec.raw_status or "Delivered",
            "at": stamp,
            "operator_status_at": stamp,
            "applied_originator": sender,
        }
    else:
        content: object = spec.text or ""
        if spec.media:
            media = [{"url": url, "content_type": "image/jpeg", "status": "Uploaded", "code": 0} for url in spec.media]
            content = ({} if spec.text is None else {"message": spec.text}) | {"media": media}
        body = {
            "type": "mo_media" if spec.media else "mo_text", "id": spec.message_id, "from": sender, "to": recipient,
            "body": content, "operator_id": "23410", "received_at": stamp, "sent_at": stamp,
        }  # fmt: skip
    return json_post(body)


SHEET = Sheet(
    name="sinch",
    order=70,
    claims=claims,
    marks=frozenset({"type", "app_id", "resourcetype", "fax.id"}),
    headers=frozenset({b"x-sinch-webhook-signature", b"x-timestamp"}),
    read=read,
    silent=silent,
    read_number=international,
    compose=compose,
    words=WORDS,
    meanings={
        "type": "What this is: mo_text, mo_binary, mo_media, delivery_report_sms or recipient_delivery_report_sms.",
        "id": "The id of the inbound message.",
        "from": "The sender.",
        "to": "Your number.",
        "body": "The text; of a binary message its content in Base64.",
        "body.message": "The text that came with media.",
        "body.subject": "The subject of an MMS.",
        "body.media.url": "URL of a picture or file. smsbin never fetches it.",
        "body.media.content_type": "What kind of file it is.",
        "body.media.status": "Whether the file could be stored.",
        "udh": "The user data header of a binary message, in hex.",
        "operator_id": "The sender's network: country code and operator code (MCC, MNC).",
        "received_at": "When Sinch got the message.",
        "sent_at": "When the message left the sender, if the operator reports it.",
        "client_reference": "Your own reference of the batch.",
        "batch_id": "The batch that the report is about.",
        "statuses.code": "The detailed status code.",
        "statuses.status": "The status of all recipients in this entry.",
        "statuses.count": "How many recipients have this status.",
        "statuses.recipients": "The recipients with this status.",
        "total_message_count": "How many messages the batch has.",
        "recipient": "The recipient that the report is about.",
        "code": "The detailed status code.",
        "status": "The status of the message.",
        "at": "When Sinch made the report.",
        "operator_status_at": "The operator's own time of the status.",
        "operator": "The operator, where the number was looked up.",
        "applied_originator": "The sender that was used, when the batch had none.",
        "number_of_message_parts": "In how many parts the message was sent.",
        "encoding": "GSM or UNICODE, when smart encoding is on.",
        "app_id": "Your app (Conversation API).",
        "accepted_time": "When Sinch took the message (Conversation API).",
        "event_time": "When it happened (Conversation API).",
        "message.id": "The id of the message (Conversation API).",
        "message.direction": "TO_APP: inbound; TO_CONTACT: outbound (Conversation API).",
        "message.channel_identity.identity": "The other side, on SMS its number (Conversation API).",
        "message.channel_identity.channel": "The channel: SMS, RCS, WHATSAPP … (Conversation API).",
        "message.sender_id": "Your number, where it is known (Conversation API).",
        "message.contact_message.text_message.text": "The text (Conversation API).",
        "message_delivery_report.message_id": "The id of the message (Conversation API).",
        "message_delivery_report.status": "The status of the message (Conversation API).",
        "message_delivery_report.reason.code": "Why it failed (Conversation API).",
    },
    times="ISO 8601 in UTC, with Z",
    habits=Habits(
        retries=(
            "Answers 5xx and 429 are followed by repeats after 5, 10, 20, 40 seconds and so on, doubling up to 81,920"
            " seconds; other 4xx are not repeated."
        ),
        fallback="There is no fallback URL.",
        signature=(
            "x-sinch-webhook-signature: HMAC-SHA256, in Base64, of body, nonce and timestamp joined by dots. Basic,"
            " OAuth 2.0 and mutual TLS are set up by the account manager. Voice and Verification: Authorization:"
            " application KEY:SIGNATURE, over method, body, x-timestamp and path."
        ),
    ),
    play=Play(
        tries=4,
        pauses_s=(5, 10, 20),
        good=("Queued", "Dispatched", "Delivered"),
        bad=("Queued", "Dispatched", "Failed"),
        id_shape=lambda digits, kind, recipient: f"{digits}:{recipient}" if kind is Kind.STATUS else digits,
        assumed="Only three of the retries are simulated; the timeout is assumed to be 15 s.",
    ),
    portal=Portal(
        where="Dashboard › SMS › APIs › REST configuration › your service plan",
        fields=(
            PortalField(
                role=Role.PRIMARY, name="Callback URL", hint="inbound messages; reports too, where a batch has no URL"
            ),
            PortalField(
                role=Role.STATUS, name="callback_url", hint="a parameter of a batch, with delivery_report per_recipient"
            ),
        ),
        checked="2026-11-25",
    ),
    errors={
        "402": "Unroutable: the message was rejected, and would be again.",
        "403": "Internal error.",
        "404": "Temporary delivery failure: it can be sent again.",
        "405": "Unmatched parameter: the text has a parameter without a value for this recipient.",
        "406": "Expired before it reached the operator.",
        "407": "Cancelled before it reached the operator.",
        "408": "Internal reject: it would be rejected again.",
        "410": "No sender is configured for this recipient.",
        "411": "It has more parts than the batch allows.",
        "412": "The account is not provisioned for this region.",
        "413": "The account is blocked.",
        "414": "MMS: the URL of the media is bad.",
        "415": "MMS: rejected by the gateway or the mobile network.",
        "416": "MMS: not supported.",
        "417": "MMS: the network or the subscriber cannot be reached.",
        "418": "MMS: the handset does not recognise the content.",
    },
)
