"""Plivo: form posts or GETs; numbers as digits without `+`; MessageUUID for messages, CallUUID for calls.

Sources: docs.plivo.com/docs/messaging/api/message/handling-incoming (inbound fields),
…/messaging/api/message/message-status-callbacks (callback fields, states, Sequence, stamps),
…/messaging/concepts/signature-validation (V2), …/account/api/application (application fields, call fields),
plivo.com/docs/messaging/troubleshooting/error-codes (codes), support.plivo.com article 360041344652 (8 s, retries), the
Python SDK's signature modules (V2, V3). Numbers without `+` are what public handlers met. Inferred: the stamps name no
zone and read as UTC; there is no fallback for messages, since none is documented; `read` is WhatsApp's word; the names
of the fields for what a WhatsApp user pressed, chose or shared (`ContentType` button, interactive, location).
"""

import re
from collections.abc import Mapping

from ..domain.events import Event
from ..domain.roles import VOICE_ROLES, Kind, Role
from ..domain.statuses import Status, Word
from ..domain.verbs import Verbs
from .kit.composing import form_post
from .kit.glance import Glance
from .kit.parties import international
from .kit.rich import place_of
from .kit.times import read_iso
from .kit.values import count, error_code
from .sheet import ComposedRequest, Habits, Play, Portal, PortalField, RequestSpec, Sheet, xml_answer

_MESSAGE_MARKS = {
    "type": "Type",
    "totalrate": "TotalRate",
    "totalamount": "TotalAmount",
    "units": "Units",
    "messageintent": "MessageIntent",
    "powerpackuuid": "PowerpackUUID",
}
# Of WhatsApp: the button or the row, and what the message attached to it.
_PRESSED = ("buttontext", "listtitle", "interactivetitle", "caption")
_PAYLOADS = ("buttonpayload", "listid", "interactiveid")
_CALL_MARKS = ("direction", "callstatus", "event", "hangupcause", "billrate")
_HEADERS = {
    name.lower().encode(): name
    for name in ("X-Plivo-Signature-V2", "X-Plivo-Signature-Ma-V2", "X-Plivo-Signature-V3", "X-Plivo-Signature-Ma-V3")
}
_DIGITS = re.compile(r"\+\d+", re.ASCII)

# Directly under <Response>; voice documents and those for messages share the name.
_VERBS = Verbs(
    known=frozenset({
        "Message", "Speak", "Play", "GetDigits", "GetInput", "Record", "Dial", "Conference", "MultiPartyCall",
        "Redirect", "Wait", "Hangup", "PreAnswer", "DTMF", "Stream",
    }),
    sending=frozenset({"Message"}),
)  # fmt: skip
WORDS: Mapping[str, Word] = {
    "queued": Word(Status.QUEUED),
    "sent": Word(Status.SENT),
    "delivered": Word(Status.DELIVERED, final=True),
    "undelivered": Word(Status.UNDELIVERED, final=True),
    "failed": Word(Status.FAILED, final=True),
    "rejected": Word(Status.REJECTED, final=True),
    "read": Word(Status.READ, final=True),
    "received": Word(Status.RECEIVED, final=True),
}
# Each state has its own stamp; what ends a message has the delivery report's.
_STAMPS = {Status.QUEUED: "queuedtime", Status.SENT: "senttime", Status.RECEIVED: "messagetime"}


def claims(glance: Glance) -> str | None:
    """MessageUUID or CallUUID with another field of Plivo's, or its headers."""
    fields = glance.fields
    if "messageuuid" in fields:
        for mark, spelled in _MESSAGE_MARKS.items():
            if mark in fields:
                return f"MessageUUID and {spelled} are present"
    if "calluuid" in fields and any(mark in fields for mark in _CALL_MARKS):
        return "CallUUID and Plivo's call fields are present"
    for header in _HEADERS.keys() & glance.headers:
        return f"the header {_HEADERS[header]} is present"
    return None


def read(glance: Glance, role: Role) -> tuple[Event, ...]:
    """A call, an inbound message, or a status callback, which has a Status."""
    sid, call = glance.get("messageuuid"), glance.get("calluuid")
    if call and not sid:
        return (_call(glance, call),)
    status = glance.get("status")
    # Without any id, a request to a voice URL is a call with too few fields.
    if not sid and (role in VOICE_ROLES or not (status or glance.get("from", "to", "text", "body"))):
        return ()
    word = SHEET.word(status)
    if status:
        callback = word.status is not Status.RECEIVED
    else:
        callback = role is Role.STATUS and not glance.has_any(("text", "body"))
    stamp = _STAMPS.get(word.status if callback else Status.RECEIVED, "deliveryreporttime")
    return (
        Event(
            kind=Kind.STATUS if callback else Kind.INBOUND,
            message_id=sid or "",
            sender_said=glance.get("from"),
            recipient_said=glance.get("to"),
            text=_text(glance),
            media=glance.numbered("media"),
            raw_status=status,
            said_at=read_iso(glance.get(stamp)),
            price=glance.get("totalamount"),
            error_code=error_code(glance.get("errorcode")),
            segments=count(glance.get("units")),
        ),
    )


def _text(glance: Glance) -> str | None:
    """The text, or what a WhatsApp user pressed, chose or shared."""
    place = place_of(glance.get("latitude"), glance.get("longitude"), glance.get("name"), glance.get("address"))
    return glance.get("text", "body", *_PRESSED) or place or glance.get(*_PAYLOADS) or glance.text("text", "body")


def _call(glance: Glance, call: str) -> Event:
    return Event(
        kind=Kind.VOICE,
        message_id=call,
        sender_said=glance.get("from"),
        recipient_said=glance.get("to"),
        raw_status=glance.get("callstatus", "event"),
    )


def compose(spec: RequestSpec) -> ComposedRequest:
    """A form post with the fields of Plivo's documentation, in the order of the alphabet. It is not signed."""
    if spec.kind is Kind.VOICE:
        pairs = [
            ("BillRate", "0.0055"), ("CallStatus", spec.raw_status or "ringing"), ("CallUUID", spec.message_id),
            ("Direction", "inbound"), ("Event", "StartApp"), ("From", _bare(spec.sender)),
            ("To", _bare(spec.recipient)),
        ]  # fmt: skip
    elif spec.kind is Kind.STATUS:
        pairs = _callback(spec)
    else:
        pairs = _inbound(spec)
    return form_post(pairs)


def _inbound(spec: RequestSpec) -> list[tuple[str, str]]:
    mms = bool(spec.media)
    pairs = [("From", _bare(spec.sender))]
    pairs += [(f"Media{at}", address) for at, address in enumerate(spec.media, start=1)]
    if mms:
        pairs.append(("MediaCount", str(len(spec.media))))
    pairs += [("MessageIntent", ""), ("MessageUUID", spec.message_id), ("PowerpackUUID", "")]
    if spec.text is not None:
        pairs.append(("Body" if mms else "Text", spec.text))
    return [
        *pairs, ("To", _bare(spec.recipient)), ("TotalAmount", "0.00550"), ("TotalRate", "0.00550"),
        ("Type", "mms" if mms else "sms"), ("Units", "1"),
    ]  # fmt: skip


def _callback(spec: RequestSpec) -> list[tuple[str, str]]:
    status = spec.raw_status or "delivered"
    stamp = spec.at.strftime("%Y-%m-%d %H:%M:%S.%f")
    ended = status not in ("queued", "sent")
    return [
        ("DeliveryReportTime", stamp if ended else ""), ("ErrorCode", spec.error_code or "000"),
        ("From", _bare(spec.sender)), ("MCC", "310"), ("MNC", "004"), ("MessageTime", stamp),
        ("MessageUUID", spec.message_id), ("ParentMessageUUID", spec.message_id), ("PartInfo", "1 of 1"),
        ("QueuedTime", stamp), ("SentTime", "" if status == "queued" else stamp),
        ("Sequence", {"queued": "1", "sent": "2"}.get(status, "3")), ("Status", status),
        ("To", _bare(spec.recipient)), ("TotalAmount", "0.00550"), ("TotalRate", "0.00550"), ("Type", "sms"),
        ("Units", "1"),
    ]  # fmt: skip


def _bare(party: str) -> str:
    return party[1:] if _DIGITS.fullmatch(party) else party


SHEET = Sheet(
    name="plivo",
    order=50,
    claims=claims,
    marks=frozenset({"messageuuid", "calluuid"}),
    headers=frozenset(_HEADERS),
    read=read,
    read_number=international,
    compose=compose,
    words=WORDS,
    verbs=_VERBS,
    sms_reply=xml_answer('<Message src="{{to}}" dst="{{from}}">We got: {{text}}</Message>', "application/xml"),
    meanings={
        "messageuuid": "The id of the message, a UUID.",
        "from": "The sender, digits without a plus.",
        "to": "The recipient, digits without a plus; inbound it is your Plivo number.",
        "text": "The text of an SMS.",
        "body": "The text of an MMS or a WhatsApp message.",
        "type": "sms, mms or whatsapp.",
        "units": "How many SMS the text took.",
        "totalrate": "The price of one unit, without a currency.",
        "totalamount": "The price of the whole message, without a currency.",
        "messageintent": "optout, optin or help where the text is such a keyword, else blank.",
        "powerpackuuid": "The Powerpack that the number belongs to, if any.",
        "mediacount": "How many pictures or files came with it.",
        "media1": "Where the first picture or file lies; further ones are Media2 and so on. smsbin fetches none.",
        "contenttype": "The kind of a WhatsApp message.",
        "profilename": "The name that a WhatsApp sender has given.",
        "status": "The state of an outbound message: this is a status callback.",
        "errorcode": "Why a message failed; 000 is no error.",
        "sequence": "The true order of the callbacks of one message, whatever order they come in.",
        "messagetime": "When the message was taken; no zone is written, it reads as UTC.",
        "queuedtime": "When it was queued; no zone is written, it reads as UTC.",
        "senttime": "When it went to the carrier; no zone is written, it reads as UTC.",
        "deliveryreporttime": "When the carrier's report came; no zone is written, it reads as UTC.",
        "mcc": "The country code of the recipient's mobile network.",
        "mnc": "The code of the recipient's mobile network.",
        "parentmessageuuid": "Reserved: the message that this part belongs to.",
        "partinfo": "Reserved: which part of the message this is.",
        "requester_ip": "The address that the send call came from.",
        "calluuid": "The id of the call, a UUID.",
        "callstatus": "ringing, in-progress or completed; after the end why it ended.",
        "direction": "inbound or outbound.",
        "event": "What this request is about, such as StartApp or Hangup.",
        "forwardedfrom": "The number that forwarded the call.",
        "aleguuid": "The first leg of an outbound call.",
        "alegrequestuuid": "The request that started an outbound call.",
        "duration": "How long the call lasted, in seconds.",
        "billduration": "How many seconds are billed.",
        "billrate": "The price of a minute.",
        "hangupcausename": "Why the call ended.",
        "hangupcausecode": "Why the call ended, as a code.",
        "hangupsource": "Who ended the call.",
    },
    times="YYYY-MM-DD HH:MM:SS.ffffff without a zone, read as UTC; one stamp for each state",
    habits=Habits(
        timeout_s=8,
        retries="Without a 2xx in 8 s, retries after 60 s, 120 s and 240 s; inbound and status.",
        fallback="Messages have no fallback; calls have the fallback answer URL, requested when the answer URL fails.",
        signature=(
            "X-Plivo-Signature-V2: Base64 of HMAC-SHA256 with the auth token over the URL without its query and the"
            " nonce; neither query nor body is covered. Calls have V3, which covers them."
        ),
    ),
    play=Play(
        timeout_s=8,
        tries=4,
        pauses_s=(60, 120, 240),
        voice=True,
        voice_fallback=True,
        good=("queued", "sent", "delivered"),
        bad=("queued", "sent", "undelivered"),
    ),
    portal=Portal(
        where="Messaging or Voice › Applications › XML › your application",
        fields=(
            PortalField(role=Role.PRIMARY, name="Message URL", hint="GET or POST; then assign your numbers to it"),
            PortalField(role=Role.STATUS, name="url", hint="a parameter of every send call"),
            PortalField(role=Role.VOICE, name="Primary Answer URL", hint="answer_url in the API"),
            PortalField(role=Role.VOICE_FALLBACK, name="Fallback Answer URL", hint="fallback_answer_url in the API"),
        ),
        checked="2026-11-25",
    ),
    errors={
        "10": "The carrier rejected the message as invalid.",
        "20": "The carrier's network had trouble; a later try may work.",
        "30": "A carrier treated the message as spam.",
        "40": "The sender's number is malformed, cannot send SMS, or is not yours.",
        "50": "The recipient's number is malformed or cannot take SMS.",
        "60": "The message was sent in a loop.",
        "70": "The recipient cannot be reached, for good.",
        "80": "The recipient cannot be reached at the moment.",
        "90": "There is no route to the recipient.",
        "100": "The carrier does not allow the message.",
        "110": "The message is too long.",
        "200": "The recipient has replied STOP to this sender.",
        "300": "Plivo failed to hand the message over.",
        "420": "The message was not delivered in time.",
        "900": "The account has not enough credit.",
        "910": "The account is disabled.",
        "1000": "The reason is unknown.",
    },
)
