"""Twilio: form posts or GETs, status callbacks without a text, events of its Event Streams as JSON.

Sources, below twilio.com/docs: messaging/guides/webhook-request (inbound fields),
messaging/guides/outbound-message-status-in-status-callbacks and messaging/api/message-resource (callback fields,
statuses), usage/webhooks/webhooks-connection-overrides (time-outs, retries), usage/security/availability-reliability
(fallback, ErrorCode and ErrorUrl, "Primary handler fails"), usage/webhooks/webhooks-security (signature),
messaging/twiml (answers), api/errors (codes), voice/twiml (call fields), messaging/guides/webhook-request (buttons,
places); read 2026-11: usage/webhooks/webhook-configuration and webhook-shared-keys (Webhook Rules, SharedKey; public
beta), usage/security/api-security-reference-guide/webhook (no plain http). Other events are in `twilio_events.py`.
Telnyx can be set to use these field names, so detection is by the values of ids. Inferred:
`RawDlrDoneDate` (YYMMDDhhmm) reads as UTC; `partially_delivered` is not the last word.
"""

import re
from collections.abc import Mapping
from typing import NamedTuple

from msgspec.structs import replace

from ..domain.events import Event
from ..domain.roles import Kind, Role
from ..domain.statuses import Status, Word
from ..domain.verbs import Verbs
from .kit import dialect
from .kit.composing import FORM, form_post, uuid_of
from .kit.glance import Glance
from .kit.parties import north_american
from .kit.rich import place_of
from .sheet import ComposedRequest, Habits, Play, Portal, PortalField, RequestSpec, Sheet, xml_answer
from .twilio_errors import ERRORS
from .twilio_events import (
    is_of_conversation,
    is_stream,
    names_other,
    other_resource,
    read_conversation,
    read_stream,
)  # fmt: skip

_ACCOUNT = re.compile(r"AC[0-9a-f]{32}", re.IGNORECASE)
_MESSAGE = re.compile(r"[SM]M[0-9a-f]{32}", re.IGNORECASE)
_CALL = re.compile(r"CA[0-9a-f]{32}", re.IGNORECASE)
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
    account = fields.get("accountsid", "")
    if "apiversion" in fields and _ACCOUNT.fullmatch(account):
        return "AccountSid begins with AC and ApiVersion is present"
    sid = fields.get("messagesid") or fields.get("smssid")
    if sid and _MESSAGE.fullmatch(sid):
        return "MessageSid is SM or MM and 32 hex digits"
    call = fields.get("callsid")
    if call and _CALL.fullmatch(call):
        return "CallSid is CA and 32 hex digits"
    if is_stream(glance):
        return "the event type begins with com.twilio"
    if b"x-twilio-signature" in glance.headers:
        return "the header X-Twilio-Signature is present"
    if b"i-twilio-idempotency-token" in glance.headers:
        return "the header I-Twilio-Idempotency-Token is present"
    return "AccountSid begins with AC and another id is Twilio's" if _names_resource(glance, account) else None


def _names_resource(glance: Glance, account: str) -> bool:
    return bool(account and _ACCOUNT.fullmatch(account)) and other_resource(glance)


def silent(glance: Glance) -> bool:
    """An event about no message, or one that says nothing new about it."""
    return is_stream(glance) or is_of_conversation(glance) or names_other(glance)


def read(glance: Glance, role: Role) -> tuple[Event, ...]:
    """One event of a form; of Event Streams one for each event about a message."""
    if is_stream(glance):
        return tuple(read_stream(glance, SHEET.word))
    if is_of_conversation(glance):
        return tuple(read_conversation(glance))
    events = dialect.read(glance, role, SHEET.word)
    if events and not events[0].text and events[0].kind is not Kind.VOICE:
        return () if names_other(glance) else (replace(events[0], text=_rich(glance, events[0].text)),)
    return events


def _rich(glance: Glance, blank: str | None) -> str | None:
    """The words of a button, a chosen row or a place, where the text is blank."""
    place = place_of(glance.get("latitude"), glance.get("longitude"), glance.get("label"), glance.get("address"))
    return glance.get("buttontext", "listtitle") or place or glance.get("buttonpayload", "listid") or blank


class _Location(NamedTuple):
    city: str
    state: str
    zip: str
    country: str


# Twilio looks both numbers up; the fields of an unknown number are blank.
_FROM = _Location("SPRINGFIELD", "CA", "00000", "US")
_TO = _Location("", "", "", "US")


def compose(spec: RequestSpec) -> ComposedRequest:
    """A form post with the fields of Twilio's documentation. It is not signed."""
    if spec.kind is Kind.VOICE:
        pairs = _call(spec)
    elif spec.kind is Kind.STATUS:
        pairs = _callback(spec)
    else:
        pairs = _inbound(spec)
    if spec.failed_code:
        pairs += [("ErrorCode", spec.failed_code), ("ErrorUrl", spec.failed_url or "")]
    token = uuid_of(spec.message_id, spec.raw_status or "", spec.at.isoformat())
    first = (("User-Agent", "TwilioProxy/1.1"), ("I-Twilio-Idempotency-Token", token))
    return form_post(pairs, *first, content_type=f"{FORM}; charset=utf-8")


def _inbound(spec: RequestSpec) -> list[tuple[str, str]]:
    return [
        *_location("From", _FROM), *_location("To", _TO),
        ("SmsMessageSid", spec.message_id), ("NumMedia", str(len(spec.media))), ("SmsSid", spec.message_id),
        ("SmsStatus", "received"), ("Body", spec.text or ""), ("To", spec.recipient), ("NumSegments", "1"),
        ("MessageSid", spec.message_id), ("AccountSid", _ACCOUNT_SID), ("From", spec.sender),
        *((f"MediaContentType{at}", "image/jpeg") for at in range(len(spec.media))),
        *((f"MediaUrl{at}", address) for at, address in enumerate(spec.media)),
        ("ApiVersion", "2010-04-01"),
    ]  # fmt: skip


def _callback(spec: RequestSpec) -> list[tuple[str, str]]:
    status = spec.raw_status or "delivered"
    pairs = [
        ("SmsSid", spec.message_id), ("SmsStatus", status), ("MessageStatus", status), ("To", spec.recipient),
        ("MessageSid", spec.message_id), ("AccountSid", _ACCOUNT_SID), ("From", spec.sender),
        ("ApiVersion", "2010-04-01"),
    ]  # fmt: skip
    if spec.error_code:
        pairs.append(("ErrorCode", spec.error_code))
    if status in ("delivered", "undelivered"):
        pairs.append(("RawDlrDoneDate", spec.at.strftime("%y%m%d%H%M")))
    return pairs


def _call(spec: RequestSpec) -> list[tuple[str, str]]:
    return [
        ("AccountSid", _ACCOUNT_SID), ("ApiVersion", "2010-04-01"), ("CallSid", spec.message_id),
        ("CallStatus", spec.raw_status or "ringing"), ("Called", spec.recipient), *_location("Called", _TO),
        ("Caller", spec.sender), *_location("Caller", _FROM), ("Direction", "inbound"), ("From", spec.sender),
        *_location("From", _FROM), ("To", spec.recipient), *_location("To", _TO),
    ]  # fmt: skip


def _location(side: str, location: _Location) -> list[tuple[str, str]]:
    return [(f"{side}{name.capitalize()}", value) for name, value in zip(location._fields, location, strict=True)]


SHEET = Sheet(
    name="twilio",
    order=40,
    claims=claims,
    marks=frozenset({"apiversion", "messagesid", "smssid", "callsid", "accountsid", "0.type", "type"}),
    headers=frozenset({b"x-twilio-signature", b"i-twilio-idempotency-token"}),
    read=read,
    silent=silent,
    read_number=north_american,
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
        "eventtype": "What happened in that channel, such as READ; of a conversation, such as onMessageAdded.",
        "profilename": "The name that a WhatsApp sender has given.",
        "waid": "The WhatsApp id of the sender.",
        "buttontext": "The text of the button that was pressed.",
        "listtitle": "The row of a list that was chosen.",
        "listid": "What your template attached to that row.",
        "author": "Who added the message to a conversation: an address, or an identity of yours.",
        "conversationsid": "The conversation: CH and 32 hex digits.",
        "source": "How the message came into the conversation: SMS, API, SDK …",
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
            " retries after other failures too. A Webhook Rule sets timeouts and retries for all URLs that it matches,"
            " and goes before the end of the URL. No webhooks are sent to plain http, unless that is allowed."
        ),
        fallback=(
            "Immediately, when the TwiML cannot be fetched or executed; the request has ErrorCode and ErrorUrl."
            " Status callbacks have no fallback."
        ),
        signature=(
            "X-Twilio-Signature: Base64 of HMAC-SHA1 with the auth token over the URL and the sorted form fields;"
            " for JSON the URL holds bodySHA256. With a SharedKey in place of the auth token it is HMAC-SHA256, and the"
            " header X-Twilio-Webhooks-Signature-Settings names the key."
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
