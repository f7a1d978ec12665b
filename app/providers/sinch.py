"""Sinch (SMS REST API): JSON posts that say in `type` what they are.

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

from collections.abc import Mapping
from datetime import datetime

from ..domain.events import Event, made_id
from ..domain.roles import Kind, Role
from ..domain.statuses import Status, Word
from ..parsing import JsonValue
from .glance import Glance
from .parties import international, party
from .shapes import MAX_EVENTS, at, count, dump, finished, items, stamp_ms, text_at, texts
from .sheet import Draft, Habits, Play, Portal, PortalField, Sheet, Wish
from .times import read_iso

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
}


def claims(glance: Glance) -> str | None:
    """The types of Sinch's callbacks, or its signature."""
    said = glance.fields.get("type")
    if said in _TYPES and glance.json is not None:
        return f"type is {said}"
    if b"x-sinch-webhook-signature" in glance.headers:
        return "the header x-sinch-webhook-signature is present"
    return None


def read(glance: Glance, role: Role) -> tuple[Event, ...]:
    """By type; without one, by what only a report or only a message has."""
    body = glance.json
    said = text_at(body, "type")
    if said in _BATCH or (said is None and at(body, "statuses") is not None):
        return finished(glance, _batch(glance, body), international)
    if said in _RECIPIENT or (said is None and _looks_like_report(body, role)):
        return finished(
            glance, [_report(glance, body, body, text_at(body, "recipient"), read_iso(_when(body)))], international
        )
    if said in _INBOUND or (said is None and any(text_at(body, name) is not None for name in ("from", "to", "body"))):
        return finished(glance, [_inbound(body)], international)
    return ()


def _looks_like_report(body: JsonValue, role: Role) -> bool:
    if text_at(body, "batch_id") is not None or text_at(body, "recipient") is not None:
        return True
    return role is Role.STATUS and text_at(body, "status") is not None


def _when(body: JsonValue) -> str | None:
    return text_at(body, "at") or text_at(body, "operator_status_at")


def _batch(glance: Glance, body: JsonValue) -> list[Event]:
    entries = items(at(body, "statuses"))[:MAX_EVENTS]
    events = [
        _report(glance, body, entry, recipient, None)
        for entry in entries
        for recipient in texts(at(entry, "recipients"))[:MAX_EVENTS]
    ]
    if not events and len(entries) == 1:
        return [_report(glance, body, entries[0], None, None)]
    return events


def _report(
    glance: Glance, body: JsonValue, entry: JsonValue, recipient_said: str | None, said_at: datetime | None
) -> Event:
    sender_said = text_at(body, "applied_originator")
    sender, recipient = party(sender_said, international), party(recipient_said, international)
    batch = text_at(body, "batch_id")
    said, code = text_at(entry, "status"), text_at(entry, "code")
    word = SHEET.word(said)
    if batch is None:
        name = made_id(sender, recipient, None, said_at or glance.raw.received_at)
    else:
        name = batch if recipient is None else f"{batch}:{recipient}"
    return Event(
        kind=Kind.STATUS,
        message_id=name,
        sender=sender,
        recipient=recipient,
        sender_said=sender_said,
        recipient_said=recipient_said,
        status=word.status,
        raw_status=said,
        final=word.final,
        said_at=said_at,
        error_code=None if code in _NO_ERROR else code,
        segments=count(text_at(body, "number_of_message_parts")),
    )


def _inbound(body: JsonValue) -> Event:
    sender_said, recipient_said = text_at(body, "from"), text_at(body, "to")
    content = at(body, "body")
    text = text_at(content, "message") if isinstance(content, dict) else text_at(content)
    if text_at(body, "type") == "mo_binary":
        text = None
    addresses = tuple(url for item in items(at(content, "media"))[:MAX_EVENTS] if (url := text_at(item, "url")))
    said_at = read_iso(text_at(body, "received_at") or text_at(body, "sent_at"))
    return Event(
        kind=Kind.INBOUND,
        message_id=text_at(body, "id") or "",
        sender_said=sender_said,
        recipient_said=recipient_said,
        text=text,
        media=addresses,
        status=Status.RECEIVED,
        final=True,
        said_at=said_at,
    )


def compose(wish: Wish) -> Draft:
    """A `mo_text` (with media a `mo_media`), or a report by recipient.

    The wish's id for a report is a batch, or `batch:recipient` as reports are read.
    """
    stamp = stamp_ms(wish.at) + "Z"
    sender, recipient = wish.sender.removeprefix("+"), wish.recipient.removeprefix("+")
    body: dict[str, object]
    if wish.kind is Kind.STATUS:
        body = {
            "type": "recipient_delivery_report_sms",
            "batch_id": wish.message_id.removesuffix(":" + wish.recipient),
            "recipient": recipient,
            "code": int(wish.error_code) if wish.error_code and wish.error_code.isdecimal() else wish.error_code or 0,
            "status": wish.raw_status or "Delivered",
            "at": stamp,
            "operator_status_at": stamp,
            "applied_originator": sender,
        }
    else:
        content: object = wish.text or ""
        if wish.media:
            media = [{"url": url, "content_type": "image/jpeg", "status": "Uploaded", "code": 0} for url in wish.media]
            content = ({} if wish.text is None else {"message": wish.text}) | {"media": media}
        body = {
            "type": "mo_media" if wish.media else "mo_text", "id": wish.message_id, "from": sender, "to": recipient,
            "body": content, "operator_id": "23410", "received_at": stamp, "sent_at": stamp,
        }  # fmt: skip
    return Draft(method="POST", query="", headers=(("Content-Type", "application/json"),), body=dump(body))


SHEET = Sheet(
    name="sinch",
    title="Sinch",
    claims=claims,
    marks=frozenset({"type"}),
    headers=frozenset({b"x-sinch-webhook-signature"}),
    read=read,
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
            " OAuth 2.0 and mutual TLS are set up by the account manager."
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
