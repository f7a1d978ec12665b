"""Bandwidth (Messaging V2): JSON posts, always an array of events.

Sources, read 2026-11: dev.bandwidth.com/docs: messaging/webhooks (the events, the array, 10 seconds, repeats over 24
hours), account/applications (portal fields, Basic credentials), messaging/errors (codes); the vendor's Python SDK
(field names). Facts to know:

- A group text is one event for each recipient that you own, each with its own id; the top-level `to` says which.
- A group text that you send has one id for all; its callbacks differ by the top-level `to`, so smsbin names each
  message `id:recipient`. That a callback without a top-level `to` is about all recipients is inferred.
- The samples of callbacks leave `text` blank. A blank text there says nothing, so it is not read as an empty SMS.
- `message-sending` is documented for MMS; that it is not the last word is inferred from its name.
- RCS (RBM): `suggestion-response` and `request-location-response` are inbound (the SDK's InboundCallbackTypeEnum);
  their words are in `suggestionResponse`, `locationResponse` or `content`.
- Credentials for inbound and for status callbacks are separate settings, `InboundCallbackCreds` and
  `OutboundCallbackCreds` (account/applications).
- Calls (voice/webhooks) have an `eventType` and a `callId`; the verification of a toll-free number (the SDK's
  VerificationWebhook) has an `internalTicketNumber` and is about no message.
"""

from collections.abc import Iterator, Mapping

from msgspec.structs import replace

from ..domain.events import Event
from ..domain.roles import Kind, Role
from ..domain.statuses import Status, Word
from ..parsing import JsonValue
from .kit.composing import ACCEPT, json_post, number_or_text, stamp_ms
from .kit.events import id_of_one
from .kit.glance import Glance
from .kit.rich import media_of, words_of
from .kit.times import read_iso
from .kit.values import at, count, items, text_at, texts
from .sheet import ComposedRequest, Habits, Play, Portal, PortalField, RequestSpec, Sheet, plain

_INBOUND = frozenset({"messagereceived", "suggestionresponse", "requestlocationresponse"})
_RICH = ("suggestionresponse", "locationresponse", "content")

WORDS: Mapping[str, Word] = {
    "messagesending": Word(Status.SENDING),
    "messagesent": Word(Status.SENT),
    "messagedelivered": Word(Status.DELIVERED, final=True),
    "messagefailed": Word(Status.FAILED, final=True),
    "messageread": Word(Status.READ, final=True),
}


def claims(glance: Glance) -> str | None:
    """The first event's type and its message object; the array may be gone where a test was typed by hand."""
    fields = glance.fields
    for place in ("0.", ""):
        event_type = fields.get(place + "type")
        if event_type and _is_ours(event_type) and glance.json is not None:
            if f"{place}message.applicationid" in fields:
                return f"type is {event_type[:40]} and message.applicationId is present"
            if f"{place}message.owner" in fields or f"{place}message.segmentcount" in fields:
                return f"type is {event_type[:40]} and the message has an owner"
            if glance.quick.repaired and place:
                return f"type is {event_type[:40]}, in JSON that ends early"
    if "callid" in fields and glance.has("eventtype", "accountid", "applicationid"):
        return "eventType, callId and applicationId are present"
    return "internalTicketNumber and accountId are present" if glance.has("internalticketnumber", "accountid") else None


def silent(glance: Glance) -> bool:
    """An event of an account, or of a type that is new: none about a message."""
    return claims(glance) is not None


def _is_ours(event_type: str) -> bool:
    return event_type[:7].lower() == "message" or plain(event_type) in _INBOUND


def read(glance: Glance, role: Role) -> Iterator[Event]:
    """Each entry of the array, in order."""
    if text_at(glance.json, "callid"):
        yield _call(glance.json)
        return
    for entry in items(glance.json):
        yield from _events(role, entry)


def _call(body: JsonValue) -> Event:
    return Event(
        kind=Kind.VOICE,
        message_id=text_at(body, "callid") or "",
        sender_said=text_at(body, "from"),
        recipient_said=text_at(body, "to"),
        raw_status=text_at(body, "eventtype"),
        said_at=read_iso(text_at(body, "eventtime")),
    )


def _events(role: Role, entry: JsonValue) -> Iterator[Event]:
    event_type, message = text_at(entry, "type"), at(entry, "message")
    if not isinstance(message, dict) and not _is_ours(event_type or ""):
        return
    everyone, one = texts(message, "to"), text_at(entry, "to")
    event = _event(entry, message, event_type)
    if not _is_callback(role, event_type, text_at(message, "direction")):
        ours = one or text_at(message, "owner") or next(iter(everyone), None)
        yield replace(event, kind=Kind.INBOUND, recipient_said=ours)
        return
    event = replace(event, text=event.text or None, error_code=text_at(entry, "errorcode"))
    for place, recipient in enumerate((one,) if one else everyone or (None,)):
        name = id_of_one(event.message_id, recipient, place) if len(everyone) > 1 else event.message_id
        yield replace(event, message_id=name, recipient_said=recipient)


def _is_callback(role: Role, event_type: str | None, direction: str | None) -> bool:
    if event_type is not None and (plain(event_type) in _INBOUND or plain(event_type) in WORDS):
        return plain(event_type) not in _INBOUND
    if direction in ("in", "out"):
        return direction == "out"
    return role is Role.STATUS


def _event(entry: JsonValue, message: JsonValue, event_type: str | None) -> Event:
    """What the entry says about all recipients together, as of a callback."""
    rich: JsonValue = [part for name in _RICH if (part := at(message, name)) is not None]
    text = text_at(message, "text")
    return Event(
        kind=Kind.STATUS,
        message_id=text_at(message, "id") or "",
        sender_said=text_at(message, "from"),
        text=text or words_of(rich) or text if rich else text,
        media=(*texts(message, "media"), *media_of(rich)),
        raw_status=event_type,
        said_at=read_iso(text_at(entry, "eventtime") or text_at(entry, "time") or text_at(message, "time")),
        segments=count(text_at(message, "segmentcount")),
    )


def compose(spec: RequestSpec) -> ComposedRequest:
    """An array of one event, as the documented samples have it."""
    callback = spec.kind is Kind.STATUS
    stamp = stamp_ms(spec.at) + "Z"
    type_ = (spec.raw_status or "message-delivered") if callback else "message-received"
    owner = spec.sender if callback else spec.recipient
    message = {
        "id": spec.message_id, "owner": owner, "applicationId": "5f2e7a10-3c4d-4b6e-8a91-b2c3d4e5f607", "time": stamp,
        "segmentCount": 1, "direction": "out" if callback else "in", "to": [spec.recipient], "from": spec.sender,
        "text": "" if callback else spec.text or "",
    }  # fmt: skip
    if spec.media:
        message["media"] = list(spec.media)
    failure = {"errorCode": number_or_text(spec.error_code)} if spec.error_code else {}
    description = "Message status update" if callback else "Incoming message received"
    entry = (
        {"type": type_, "time": stamp, "description": description, "to": spec.recipient}
        | failure
        | {"message": message}
    )
    return json_post([entry], ACCEPT, content_type="application/json; charset=utf-8")


SHEET = Sheet(
    name="bandwidth",
    order=80,
    claims=claims,
    marks=frozenset(
        {
            "0.type",
            "message.applicationid",
            "message.owner",
            "message.segmentcount",
            "callid",
            "internalticketnumber",
        }
    ),
    read=read,
    silent=silent,
    compose=compose,
    words=WORDS,
    meanings={
        "type": (
            "What happened: message-received, -sending, -sent, -delivered, -failed or -read; of RCS suggestion-response"
            " and request-location-response too."
        ),
        "eventtime": "When the message was read.",
        "message.channel": "The channel: SMS, MMS or RBM (RCS).",
        "message.suggestionresponse.text": "The button that was pressed (RCS).",
        "message.suggestionresponse.postbackdata": "What your message attached to that button (RCS).",
        "time": "When it happened.",
        "description": "The event in words; of a failure, its reason.",
        "to": "Inbound: which of your numbers this event is for. Outbound: the recipient that it is about.",
        "errorcode": "Why the message failed.",
        "carriername": "The recipient's carrier.",
        "message.id": "The id of the message.",
        "message.owner": "The number on your account that the message belongs to.",
        "message.applicationid": "The application that these webhooks are set in.",
        "message.time": "When the message was made.",
        "message.segmentcount": "In how many segments the text travels.",
        "message.direction": "in or out.",
        "message.to": "All recipients; more than one in a group text.",
        "message.from": "The sender.",
        "message.text": "The text. In callbacks it is blank.",
        "message.media": "URLs of pictures and files. smsbin never fetches them.",
        "message.tag": "Your own text from the send call.",
        "message.priority": "default or high.",
    },
    times="ISO 8601 in UTC, with Z",
    varies=frozenset({"time"}),
    habits=Habits(
        timeout_s=10.0,
        retries="Every callback without a 2xx within 10 seconds is retried for 24 hours; duplicates are possible.",
        fallback="Messaging has no fallback URL.",
        signature=(
            "None. Basic credentials can be set, for inbound and for status callbacks separately (InboundCallbackCreds"
            " and OutboundCallbackCreds in the API)."
        ),
    ),
    play=Play(
        timeout_s=10,
        tries=3,
        pauses_s=(60,),
        good=("message-sending", "message-delivered"),
        bad=("message-sending", "message-failed"),
        assumed="Bandwidth retries for 24 hours: two retries, a minute apart, are simulated.",
    ),
    portal=Portal(
        where="Bandwidth App › Applications › your messaging application",
        fields=(
            PortalField(role=Role.PRIMARY, name="Inbound callback URL", hint="InboundCallbackUrl in the API"),
            PortalField(role=Role.STATUS, name="Status callback URL", hint="OutboundCallbackUrl in the API"),
        ),
        checked="2026-11-25",
    ),
    errors={
        "4001": "The service is not allowed for this account or message.",
        "4301": "The text has an encoding that cannot be sent.",
        "4302": "The From number is malformed.",
        "4303": "The To number is malformed.",
        "4350": "The message could not be converted for its destination.",
        "4360": "The message expired before it could be sent.",
        "4401": "Bandwidth found no route, often because sender and recipient are the same.",
        "4403": "Messaging from this number is forbidden: not yours, not enabled, or invalid.",
        "4404": "Messaging to this number is forbidden.",
        "4405": "The From number is not allocated.",
        "4406": "The To number is not assigned to a carrier.",
        "4407": "The From number belongs to no account.",
        "4408": "The To number belongs to no account.",
        "4409": "The destination profile is invalid; often it cannot take MMS.",
        "4410": "The media could not be downloaded.",
        "4411": "The media are too large together.",
        "4412": "The content type of the media is not supported.",
        "4420": "The destination carrier is not known.",
        "4421": "The account may not send to this destination.",
        "4431": "The account may not send from short codes.",
        "4432": "The account may not send to this country.",
        "4433": "The account may not send from toll-free numbers.",
        "4434": "This toll-free number cannot be sent to.",
        "4435": "The group has too many recipients.",
        "4451": "The user id is invalid.",
        "4452": "The application id is invalid.",
        "4470": "Rejected as spam by Bandwidth.",
        "4481": "The From number is on a block list.",
        "4482": "The To number is on a block list.",
        "4492": "Messages to emergency numbers are forbidden.",
        "4493": "The sender is not authorised.",
        "4700": "The carrier rejected the type of service.",
        "4701": "The destination cannot be reached, or has no SMS service.",
        "4702": "The subscriber cannot be reached.",
        "4720": "The carrier rejected the destination address.",
        "4721": "The number has been deactivated.",
        "4730": "The carrier has no route to the destination.",
        "4740": "The carrier rejected the source address.",
        "4750": "The carrier rejected the message without a reason.",
        "4751": "The carrier rejected the length of the message.",
        "4752": "The carrier reports that the message is malformed.",
        "4770": "The carrier rejected it as spam.",
        "4775": "The recipient has opted out.",
        "4780": "Too many messages for the carrier's limit.",
        "4790": "The carrier blocks this short code.",
        "4791": "The carrier does not allow the short code's campaign.",
        "4792": "The short code is not provisioned at the carrier.",
        "4793": "The short code has expired at the carrier.",
        "4795": "The toll-free number is not verified.",
        "5100": "An application of Bandwidth has a temporary error.",
        "5106": "It could not be routed, after repeated attempts.",
        "5111": "An application of Bandwidth lost its connection.",
        "5201": "The message expired at Bandwidth after repeated attempts.",
        "5211": "An application of Bandwidth is busy.",
        "5231": "Not all parts of the message arrived.",
        "5500": "The carrier reports a general failure.",
        "5501": "No destination is available.",
        "5600": "The carrier is congested.",
        "5610": "The carrier failed to submit the message.",
        "5611": "The message expired at the carrier after repeated attempts.",
        "5620": "The carrier reports an error of its application.",
        "5630": "The carrier did not acknowledge the message.",
        "5650": "The carrier reports a failure.",
        "5999": "Unknown error at Bandwidth.",
    },
)
