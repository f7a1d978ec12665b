"""Ytel (formerly message360): form posts or GETs, the same fields inbound and as status callback.

Sources, read 2026-11: "Using webhooks to collect SMS data" (support.ytel.com article 2284203: portal fields, the
sample request), docs.ytel.com/docs/track-your-sms-delivery (Queued, then Success or Failed; Success means handed to
the carrier), docs.ytel.com/docs/receive-a-call (voice fields), the published Swagger document of API v3 (`SmsUrl`,
`SmsFallbackUrl`, `MessageStatusCallback`) and Ytel's own example handlers (`MediaURL`). Ytel publishes neither
time-out nor retries nor a signature, and no field list for status callbacks: they are read with the inbound names.
Inferred: the zone (the ids are version 1 UUIDs whose clock agrees with `Time` read as UTC), `Time` as the stamp of the
callback itself and `DateSent` as the message's, `ErrorCode` as the name of the error's field.
"""

import re
from collections.abc import Mapping

from ..domain.events import Event
from ..domain.roles import VOICE_ROLES, Kind, Role
from ..domain.statuses import Status, Word
from ..domain.verbs import Verbs
from .kit.composing import form_post
from .kit.glance import Glance
from .kit.parties import north_american
from .kit.times import read_utc
from .sheet import ComposedRequest, Habits, Play, Portal, PortalField, RequestSpec, Sheet, plain, xml_answer

_UUID = re.compile(r"[0-9a-f]{7,8}-[0-9a-f]{3,4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", re.IGNORECASE)
_OTHERS_SID = re.compile(r"(?:SM|MM|CA)[0-9a-f]{32}", re.IGNORECASE)

# Directly under <Response>; voice documents and those for messages share the name.
_VERBS = Verbs(
    known=frozenset({
        "Say", "Speak", "Play", "Gather", "GetSpeech", "Record", "PlayLastRecording", "Dial", "Hangup", "Ping",
        "Redirect", "Reject", "Pause", "Sms",
    }),
    exact=False,
)  # fmt: skip
WORDS: Mapping[str, Word] = {
    "queued": Word(Status.QUEUED),
    "inqueue": Word(Status.QUEUED),
    "inprogress": Word(Status.SENDING),
    # "Passed to the upstream carrier": never drawn as delivered.
    "success": Word(Status.SENT, final=True),
    "failed": Word(Status.FAILED, final=True),
    # The second axis, only with DeliveryStatus=true and a receipt from the carrier.
    "sent": Word(Status.SENT),
    "delivered": Word(Status.DELIVERED, final=True),
    "undelivered": Word(Status.UNDELIVERED, final=True),
}
# Words that only an outbound message has, whatever URL they come to.
_CALLBACK_WORDS = frozenset({"queued", "inqueue", "failed", "delivered", "undelivered"})


def claims(glance: Glance) -> str | None:
    """The field names of Ytel's samples, with an id that is not Twilio's."""
    fields = glance.fields
    sid = fields.get("messagesid", "")
    if sid and "action" in fields and ("text" in fields or "body" in fields) and not _OTHERS_SID.fullmatch(sid):
        return f"{'Text' if 'text' in fields else 'Body'}, MessageSid and Action are present"
    if sid and "datesent" in fields and "accountsid" not in fields and not _OTHERS_SID.fullmatch(sid):
        return "MessageSid and DateSent are present, without an AccountSid"
    if "callsid" in fields:
        return _claims_call(glance)
    return None


def read(glance: Glance, role: Role) -> tuple[Event, ...]:
    """One event. On the status URL it is a callback; elsewhere the status word decides, else it is inbound."""
    call, sid = glance.get("callsid"), glance.get("messagesid")
    if call and not sid:
        return (_call(glance, call),)
    # Without any id, a request to a voice URL is a call with too few fields.
    if not sid and (role in VOICE_ROLES or not glance.get("status", "text", "body", "from", "to")):
        return ()
    return (_sms(glance, role, sid or ""),)


def _sms(glance: Glance, role: Role, sid: str) -> Event:
    status = glance.fields.get("status")
    callback = role is Role.STATUS or plain(status or "") in _CALLBACK_WORDS
    return Event(
        kind=Kind.STATUS if callback else Kind.INBOUND,
        message_id=sid,
        sender_said=glance.get("from"),
        recipient_said=glance.get("to"),
        text=glance.text("text", "body"),
        media=glance.numbered("mediaurl"),
        raw_status=status,
        said_at=read_utc(glance.get("time", "datesent")),
        price=glance.get("price"),
        error_code=glance.get("errorcode") if callback else None,
        as_callback=None if callback else SHEET.word(status),
    )


def _call(glance: Glance, call: str) -> Event:
    return Event(
        kind=Kind.VOICE,
        message_id=call,
        sender_said=glance.get("from"),
        recipient_said=glance.get("to"),
        raw_status=glance.get("callstatus", "status"),
    )


def _claims_call(glance: Glance) -> str | None:
    if glance.has("zipcode", "wireless"):
        return "CallSid, zipcode and wireless are present"
    ids = (glance.fields["callsid"], glance.fields.get("accountsid", ""))
    # SignalWire has UUIDs too, but says which version of its API speaks.
    if all(_UUID.fullmatch(value) for value in ids) and "apiversion" not in glance.fields:
        return "CallSid and AccountSid are UUIDs, without an ApiVersion"
    return None


def compose(spec: RequestSpec) -> ComposedRequest:
    """A form post with the fields of the vendor's sample, in its order."""
    stamp = spec.at.strftime("%Y-%m-%d %H:%M:%S")
    if spec.kind is Kind.VOICE:
        pairs = [
            ("From", spec.sender), ("To", spec.recipient), ("CallSid", spec.message_id),
            ("AccountSid", "0c4d5e6f-8a1b-4c2d-9e3f-a1b2c3d4e5f6"), ("city", "SPRINGFIELD"), ("zipcode", "00000"),
            ("carrier", "Example Mobile"), ("wireless", "True"),
        ]  # fmt: skip
    else:
        pairs = [
            ("To", spec.recipient), ("Price", "0.0075"), ("Time", stamp), ("Method", "POST"), ("DateSent", stamp),
            ("MessageSid", spec.message_id), ("From", spec.sender),
        ]  # fmt: skip
        if spec.text is not None:
            pairs.append(("Text", spec.text))
        pairs += [("MediaURL", address) for address in spec.media]
        pairs += [("Action", spec.url), ("Status", spec.raw_status or "success")]
        if spec.error_code:
            pairs.append(("ErrorCode", spec.error_code))
    return form_post(pairs)


SHEET = Sheet(
    name="ytel",
    order=110,
    claims=claims,
    marks=frozenset({"messagesid", "callsid"}),
    read=read,
    read_number=north_american,
    compose=compose,
    words=WORDS,
    verbs=_VERBS,
    sms_reply=xml_answer("<Sms>We got: {{text}}</Sms>"),
    meanings={
        "to": "The recipient; inbound it is your Ytel number.",
        "from": "The sender.",
        "text": "The text of the SMS (the send call names it Body).",
        "body": "The text of the SMS, by the name that the send call gives it.",
        "messagesid": "The id of the message: a version 1 UUID, so it contains the time when Ytel accepted it.",
        "status": "Inbound: how the inbound leg ended. Callback: Queued, then Success (handed over) or Failed.",
        "price": "What Ytel charges, without a currency.",
        "time": "When this happened at Ytel; no zone is written, it reads as UTC.",
        "datesent": "When the message was sent; no zone is written, it reads as UTC.",
        "method": "The HTTP method that is set for this URL in the portal.",
        "action": "The URL that Ytel requests.",
        "mediaurl": "URL of a picture or file of an MMS. smsbin never fetches it.",
        "errorcode": "Why a message failed. Ytel does not document the name of this field: it is inferred.",
        "callsid": "The id of the call.",
        "callstatus": "The state of the call.",
        "duration": "How long the call has lasted, in seconds (heartbeats come every 60 s).",
        "accountsid": "Your account.",
        "wireless": "Whether the caller's number is a mobile one.",
        "carrier": "The caller's carrier.",
        "zipcode": "The caller's ZIP code.",
        "city": "The caller's city.",
    },
    times="YYYY-MM-DD HH:MM:SS without a zone, read as UTC",
    varies=frozenset({"action", "time"}),
    habits=Habits(
        fallback=(
            "The fallback is requested when the primary URL is not available, or when its InboundXML has errors."
            " Status callbacks have no fallback."
        ),
    ),
    play=Play(
        wants_xml=True,
        fallback=True,
        voice=True,
        voice_fallback=True,
        good=("Queued", "Success"),
        bad=("Queued", "Failed"),
        assumed="Ytel documents no timeout and no retries: 15 s and one attempt are assumed, without redirects.",
    ),
    portal=Portal(
        where="Numbers › Manage Numbers › Edit",
        fields=(
            PortalField(role=Role.PRIMARY, name="SMS Request URL", hint="POST or GET; smsbin records both"),
            PortalField(role=Role.FALLBACK, name="Fallback SMS Request URL", hint="called when the primary fails"),
            PortalField(role=Role.VOICE, name="Voice Request URL", hint="each call"),
            PortalField(role=Role.VOICE_FALLBACK, name="Voice Fallback URL", hint="called when the voice URL fails"),
            PortalField(
                role=Role.STATUS, name="MessageStatusCallback", hint="a parameter of every send; it has no fallback"
            ),
        ),
        checked="2026-11-23",
    ),
)
