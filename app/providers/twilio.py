"""Twilio: form posts or GETs, status callbacks without a text, events of its Event Streams as JSON.

Sources, below twilio.com/docs: messaging/guides/webhook-request (inbound fields),
messaging/guides/outbound-message-status-in-status-callbacks and messaging/api/message-resource (callback fields,
statuses), usage/webhooks/webhooks-connection-overrides (time-outs, retries), usage/security/availability-reliability
(fallback, ErrorCode and ErrorUrl, "Primary handler fails"), usage/webhooks/webhooks-security (signature),
messaging/twiml (answers), api/errors (codes), voice/twiml (call fields), events/event-types (JSON events).
Telnyx can be told to speak with these field names, so detection says what it looks like and no more. Inferred:
`RawDlrDoneDate` (YYMMDDhhmm) reads as UTC; `partially_delivered` is not the last word.
"""

import re
from collections.abc import Mapping
from typing import NamedTuple

from ..domain.events import Event, made_id
from ..domain.roles import Kind, Role
from ..domain.statuses import Status, Word
from ..domain.verbs import Verbs
from ..parsing import JsonValue
from . import dialect
from .bounds import MAX_TEXT
from .composing import FORM, form, uuid_of
from .fields import short, whole
from .glance import Glance
from .nested import items, said, within
from .parties import channelled, north_american
from .sheet import Draft, Habits, Play, Portal, PortalField, Sheet, Wish, xml_answer
from .times import read_iso
from .twilio_errors import ERRORS

_ACCOUNT = re.compile(r"AC[0-9a-f]{32}", re.IGNORECASE)
_MESSAGE = re.compile(r"[SM]M[0-9a-f]{32}", re.IGNORECASE)
_CALL = re.compile(r"CA[0-9a-f]{32}", re.IGNORECASE)
_EVENTS = "com.twilio.messaging."
_ACCOUNT_SID = "AC00000000000000000000000000000001"

# Directly under <Response>; voice documents and those for messages share the name.
_VERBS = Verbs(
    known=frozenset({
        "Message", "Redirect", "Say", "Play", "Gather", "Record", "Dial", "Enqueue", "Leave", "Hangup", "Reject",
        "Pause", "Sms", "Pay", "Connect", "Start", "Stop", "Refer", "Prompt", "Echo", "Queue",
    })
)  # fmt: skip
WORDS: Mapping[str, Word] = {
    "accepted": Word(Status.QUEUED),
    "scheduled": Word(Status.QUEUED),
    "queued": Word(Status.QUEUED),
    "sending": Word(Status.SENDING),
    # It may stay the last word, where a carrier gives no receipt; nothing promises that it is.
    "sent": Word(Status.SENT),
    "partiallydelivered": Word(Status.SENT),
    "delivered": Word(Status.DELIVERED, final=True),
    "undelivered": Word(Status.UNDELIVERED, final=True),
    "failed": Word(Status.FAILED, final=True),
    "canceled": Word(Status.CANCELED, final=True),
    "read": Word(Status.READ, final=True),
    "receiving": Word(Status.RECEIVED, final=True),
    "received": Word(Status.RECEIVED, final=True),
}


def claims(glance: Glance) -> str | None:
    """Twilio's ids (two letters and 32 hex digits), its headers, or the type of its JSON events."""
    fields = glance.fields
    if "apiversion" in fields and _ACCOUNT.fullmatch(fields.get("accountsid", "")):
        return "AccountSid begins with AC and ApiVersion is present"
    sid = fields.get("messagesid") or fields.get("smssid")
    if sid and _MESSAGE.fullmatch(sid):
        return "MessageSid is SM or MM and 32 hex digits"
    call = fields.get("callsid")
    if call and _CALL.fullmatch(call):
        return "CallSid is CA and 32 hex digits"
    if fields.get("0.type", fields.get("type", "")).startswith(_EVENTS):
        return "the event type begins with com.twilio.messaging"
    if b"x-twilio-signature" in glance.headers:
        return "the header X-Twilio-Signature is present"
    return (
        "the header I-Twilio-Idempotency-Token is present" if b"i-twilio-idempotency-token" in glance.headers else None
    )


def read(glance: Glance, role: Role) -> tuple[Event, ...]:
    """One event of a form; of Event Streams one for each event in the list."""
    if isinstance(glance.json, dict | list):
        told = [item for item in items(glance.json) if (said(item, "type") or "").startswith(_EVENTS)]
        if told:
            return tuple(_streamed(glance, item) for item in told)
    return dialect.read(glance, role, SHEET.word)


def _streamed(glance: Glance, item: JsonValue) -> Event:
    data = within(item, "data")
    word_said = said(data, "messagestatus") or (said(item, "type") or "").rpartition(".")[2]
    word = SHEET.word(word_said)
    inbound = word.status is Status.RECEIVED
    sender_said, recipient_said = said(data, "from"), said(data, "to")
    sender, recipient = channelled(sender_said, north_american), channelled(recipient_said, north_american)
    text = said(data, "body")
    return Event(
        kind=Kind.INBOUND if inbound else Kind.STATUS,
        message_id=short(said(data, "messagesid")) or made_id(sender, recipient, text, glance.raw.received_at),
        sender=sender,
        recipient=recipient,
        sender_said=short(sender_said),
        recipient_said=short(recipient_said),
        text=None if text is None else text[:MAX_TEXT],
        status=word.status,
        raw_status=short(word_said),
        final=word.final,
        said_at=read_iso(said(data, "timestamp") or said(item, "time")),
        error_code=dialect.error_of(said(data, "errorcode")),
        segments=whole(said(data, "numsegments")),
    )


class _Place(NamedTuple):
    city: str
    state: str
    zip: str
    country: str


# Twilio looks both numbers up; fields of a number that it knows nothing about come blank.
_FROM = _Place("SPRINGFIELD", "CA", "00000", "US")
_TO = _Place("", "", "", "US")


def compose(wish: Wish) -> Draft:
    """A form post with the fields of Twilio's documentation. It is not signed."""
    if wish.kind is Kind.VOICE:
        pairs = _call(wish)
    elif wish.kind is Kind.STATUS:
        pairs = _callback(wish)
    else:
        pairs = _inbound(wish)
    if wish.failed_code:
        pairs += [("ErrorCode", wish.failed_code), ("ErrorUrl", wish.failed_url or "")]
    token = uuid_of(wish.message_id, wish.raw_status or "", wish.at.isoformat())
    first = (("User-Agent", "TwilioProxy/1.1"), ("I-Twilio-Idempotency-Token", token))
    return form(pairs, *first, content_type=f"{FORM}; charset=utf-8")


def _inbound(wish: Wish) -> list[tuple[str, str]]:
    return [
        *_places("From", _FROM), *_places("To", _TO),
        ("SmsMessageSid", wish.message_id), ("NumMedia", str(len(wish.media))), ("SmsSid", wish.message_id),
        ("SmsStatus", "received"), ("Body", wish.text or ""), ("To", wish.recipient), ("NumSegments", "1"),
        ("MessageSid", wish.message_id), ("AccountSid", _ACCOUNT_SID), ("From", wish.sender),
        *((f"MediaContentType{at}", "image/jpeg") for at in range(len(wish.media))),
        *((f"MediaUrl{at}", address) for at, address in enumerate(wish.media)),
        ("ApiVersion", "2010-04-01"),
    ]  # fmt: skip


def _callback(wish: Wish) -> list[tuple[str, str]]:
    status = wish.raw_status or "delivered"
    pairs = [
        ("SmsSid", wish.message_id), ("SmsStatus", status), ("MessageStatus", status), ("To", wish.recipient),
        ("MessageSid", wish.message_id), ("AccountSid", _ACCOUNT_SID), ("From", wish.sender),
        ("ApiVersion", "2010-04-01"),
    ]  # fmt: skip
    if wish.error_code:
        pairs.append(("ErrorCode", wish.error_code))
    if status in ("delivered", "undelivered"):
        pairs.append(("RawDlrDoneDate", wish.at.strftime("%y%m%d%H%M")))
    return pairs


def _call(wish: Wish) -> list[tuple[str, str]]:
    return [
        ("AccountSid", _ACCOUNT_SID), ("ApiVersion", "2010-04-01"), ("CallSid", wish.message_id),
        ("CallStatus", wish.raw_status or "ringing"), ("Called", wish.recipient), *_places("Called", _TO),
        ("Caller", wish.sender), *_places("Caller", _FROM), ("Direction", "inbound"), ("From", wish.sender),
        *_places("From", _FROM), ("To", wish.recipient), *_places("To", _TO),
    ]  # fmt: skip


def _places(side: str, place: _Place) -> list[tuple[str, str]]:
    return [(f"{side}{name.capitalize()}", value) for name, value in zip(place._fields, place, strict=True)]


SHEET = Sheet(
    name="twilio",
    title="Twilio",
    claims=claims,
    marks=frozenset({"apiversion", "messagesid", "smssid", "callsid", "0.type", "type"}),
    headers=frozenset({b"x-twilio-signature", b"i-twilio-idempotency-token"}),
    read=read,
    compose=compose,
    words=WORDS,
    verbs=_VERBS,
    sms_reply=xml_answer("<Message>We got: {{text}}</Message>"),
    meanings={
        "messagesid": "The id of the message: SM (SMS) or MM (MMS) and 32 hex digits.",
        "smssid": "The same as MessageSid, an older name.",
        "smsmessagesid": "The same as MessageSid, an older name.",
        "accountsid": "Your account: AC and 32 hex digits.",
        "messagingservicesid": "The Messaging Service that the message went through, if any.",
        "from": "The sender; other channels stand before the number (whatsapp:+1…).",
        "to": "The recipient; inbound it is your Twilio number.",
        "body": "The text of the message. Callbacks have none.",
        "nummedia": "How many pictures or files came with it.",
        "numsegments": "How many SMS the text took.",
        "mediaurl0": "Where the first picture or file lies; further ones are MediaUrl1 and so on. smsbin fetches none.",
        "mediacontenttype0": "The kind of the first file.",
        "smsstatus": "received on an inbound message; in a callback the same as MessageStatus.",
        "messagestatus": "The state of an outbound message: this is a status callback.",
        "errorcode": "Why the message failed; on a fallback request, why the primary URL failed.",
        "errorurl": "The URL whose response was not accepted; only on a fallback request.",
        "errormessage": "The error in words.",
        "apiversion": "The version of Twilio's API, 2010-04-01.",
        "optouttype": "STOP, START or HELP where Twilio's advanced opt-out took the keyword.",
        "rawdlrdonedate": "When the message was finished, according to the carrier: YYMMDDhhmm, read as UTC.",
        "channelprefix": "The channel of a message that is no SMS.",
        "channelinstalledsid": "The channel of a message that is no SMS.",
        "channeltoaddress": "The address in that channel.",
        "eventtype": "What happened in that channel, such as READ.",
        "profilename": "The name that a WhatsApp sender has given.",
        "waid": "The WhatsApp id of the sender.",
        "buttontext": "The text of the button that was pressed.",
        "buttonpayload": "What your template attached to that button.",
        "originalrepliedmessagesid": "The message that this one answers.",
        "latitude": "A shared place.",
        "longitude": "A shared place.",
        "fromcity": "The sender's city, where Twilio knows it; blank is normal.",
        "fromstate": "The sender's state or province.",
        "fromzip": "The sender's postal code.",
        "fromcountry": "The sender's country.",
        "tocity": "The recipient's city, where Twilio knows it; blank is normal.",
        "tostate": "The recipient's state or province.",
        "tozip": "The recipient's postal code.",
        "tocountry": "The recipient's country.",
        "callsid": "The id of the call: CA and 32 hex digits.",
        "callstatus": "queued, ringing, in-progress, completed, busy, failed, no-answer or canceled.",
        "caller": "The same as From.",
        "called": "The same as To.",
        "direction": "inbound, outbound-api or outbound-dial.",
        "forwardedfrom": "The number that forwarded the call, if the carrier reports it.",
        "callername": "The caller's name, where the lookup is switched on.",
        "parentcallsid": "The call that started this one.",
        "callduration": "How long the call lasted, in seconds.",
        "timestamp": "When the call event happened.",
        "sequencenumber": "The order of the call events, from 0.",
        "type": "What happened (Event Streams).",
        "time": "When the event was made (Event Streams), ISO 8601 with Z.",
        "data.messagesid": "The id of the message (Event Streams).",
        "data.accountsid": "Your account (Event Streams).",
        "data.messagestatus": "The state of the message (Event Streams), in capitals.",
        "data.from": "The sender (Event Streams).",
        "data.to": "The recipient (Event Streams).",
        "data.body": "The text of an inbound message (Event Streams).",
        "data.numsegments": "How many SMS the text took (Event Streams).",
        "data.errorcode": "Why the message failed (Event Streams).",
        "data.timestamp": "When the state changed (Event Streams), ISO 8601 with Z.",
        "bodysha256": "The SHA-256 of the JSON body; the signature covers only the URL.",
    },
    times=(
        "Callbacks have none but sometimes RawDlrDoneDate (YYMMDDhhmm, read as UTC); JSON events have ISO 8601 with Z"
    ),
    varies=frozenset({"errorcode", "errorurl"}),
    habits=Habits(
        timeout_s=15,
        retries=(
            "One retry, and only when the connection fails; #rc=5&rp=all at the end of a URL asks for up to five"
            " retries after other failures too."
        ),
        fallback=(
            "Immediately, when the TwiML cannot be fetched or executed; the request has ErrorCode and ErrorUrl."
            " Status callbacks have no fallback."
        ),
        signature=(
            "X-Twilio-Signature: Base64 of HMAC-SHA1 with the auth token over the URL and the sorted form fields;"
            " for JSON the URL holds bodySHA256."
        ),
    ),
    play=Play(
        timeout_s=15,
        retries_connections=True,
        wants_xml=True,
        redirects=10,
        assumed="After a redirect, GET with the fields in the query is assumed.",
        fallback=True,
        voice=True,
        voice_fallback=True,
        good=("sent", "delivered"),
        bad=("sent", "undelivered"),
        error_code="30003",
        id_shape=lambda digits, kind, _: ("CA" if kind is Kind.VOICE else "SM") + digits,
    ),
    portal=Portal(
        where="Phone Numbers › Manage › Active numbers › your number › Configure",
        fields=(
            PortalField(
                role=Role.PRIMARY,
                name="Messaging Configuration: A message comes in",
                hint="Webhook; a Messaging Service's own setting goes before it",
            ),
            PortalField(role=Role.FALLBACK, name="Messaging Configuration: Primary handler fails"),
            PortalField(
                role=Role.STATUS,
                name="StatusCallback",
                hint="a parameter of every send, or the Delivery Status Callback of a Messaging Service",
            ),
            PortalField(role=Role.VOICE, name="Voice Configuration: A call comes in", hint="Webhook"),
            PortalField(role=Role.VOICE_FALLBACK, name="Voice Configuration: Primary handler fails"),
        ),
        checked="2026-11-25",
    ),
    errors=ERRORS,
)
