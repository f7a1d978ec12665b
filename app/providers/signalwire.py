"""SignalWire: Twilio's field names with UUIDs for ids, and JSON of its own (Relay, SWML).

Sources: developer.signalwire.com/compatibility-api/xml/messaging and …/xml/voice (request fields),
signalwire.com/docs and the specifications in github.com/signalwire/docs: compatibility-api/messages (callback fields
and statuses), signalwire-rest/webhooks/messaging and …/calling (JSON), platform/webhooks and "common webhook errors"
(time-outs, retries, fallback, answers); the validator in github.com/signalwire/signalwire-python (signature);
read 2026-11: signalwire.com/docs/apis/rest/campaign-registry/webhooks/ten-dlc-status-callback and pull request 760 of
github.com/signalwire/docs-legacy (10DLC callbacks, about no message), …/platform/core/webhooks (`read`, the header with
SHA-256), issue 417 of docs-legacy (an inbound message may have `failed`).
SignalWire publishes that MMS get no receipts, so `sent` is an MMS's last word. It publishes no list of its codes for
carriers' errors ("provider-specific"), so none stands here. The API's names of the settings are documented, the
dashboard's wording stands from general knowledge. Inferred: `initiated` (JSON) is on its way.
"""

import re
from collections.abc import Mapping

from msgspec.structs import replace

from ..domain.events import Event
from ..domain.roles import Kind, Role
from ..domain.statuses import Status, Word
from ..domain.verbs import Verbs
from ..parsing import JsonValue
from .kit import dialect
from .kit.composing import form_post
from .kit.glance import Glance
from .kit.marks import RequestMark, first_reason, header_mark
from .kit.parties import north_american
from .kit.times import read_iso
from .kit.values import at, count, error_code, items, text_at
from .sheet import ComposedRequest, Habits, Play, Portal, PortalField, RequestSpec, Sheet, xml_answer

_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_PROJECT = "5d2a7c10-4b3e-4f6a-9c81-0e7d6b5a4f32"

# Directly under <Response>; voice documents and those for messages share the name.
_VERBS = Verbs(
    known=frozenset({
        "Message", "Redirect", "Say", "Play", "Gather", "Record", "Dial", "Enqueue", "Leave", "Hangup", "Reject",
        "Pause", "Sms", "Pay", "Connect", "Start", "Stop", "Refer", "Denoise", "Queue",
    })
)  # fmt: skip
WORDS: Mapping[str, Word] = {
    "queued": Word(Status.QUEUED),
    "initiated": Word(Status.SENDING),
    "sending": Word(Status.SENDING),
    "sent": Word(Status.SENT),
    "delivered": Word(Status.DELIVERED, final=True),
    "undelivered": Word(Status.UNDELIVERED, final=True),
    "failed": Word(Status.FAILED, final=True),
    "read": Word(Status.READ, final=True),
    "receiving": Word(Status.RECEIVED, final=True),
    "received": Word(Status.RECEIVED, final=True),
}
# Fields that only JSON about a message has; the registry of campaigns has an id, a project and a status too.
_OF_MESSAGES = ("from", "to", "body", "direction", "number_of_segments", "media", "from_number", "to_number")
_FAX = "faxsid"
_RELAY = "messaging."
_RELAY_NAMES = {"from": "from_number", "to": "to_number", "status": "message_state"}


_ACCOUNT = (("accountsid", _UUID),)
_MARKS = (
    RequestMark(
        reason="MessageSid is present and AccountSid is a UUID",
        any_of=("messagesid", "smssid"),
        none_of=("action",),
        matching=_ACCOUNT,
    ),
    RequestMark(
        reason="CallSid and ApiVersion are present and AccountSid is a UUID",
        all_of=("callsid", "apiversion"),
        matching=_ACCOUNT,
    ),
    RequestMark(reason="FaxSid is present and AccountSid is a UUID", all_of=(_FAX,), matching=_ACCOUNT),
    RequestMark(
        reason="id, project_id and status are present",
        all_of=("id", "project_id"),
        any_of=("status", "number_of_segments"),
    ),
    RequestMark(
        reason="message.message_id and message.project_id are present",
        all_of=("message.message_id",),
        any_of=("message.project_id", "message.space_id"),
    ),
    RequestMark(
        reason="call.call_id and call.project_id are present",
        all_of=("call.call_id",),
        any_of=("call.project_id", "call.space_id"),
    ),
    RequestMark(
        reason="project_id and event_type are present",
        all_of=("project_id", "event_type"),
        any_of=("event_category", "state", "params.message_id", "params.call_id", "event_channel"),
    ),
    RequestMark(
        reason="project_id and the registration of a brand or campaign are present",
        all_of=("project_id",),
        any_of=(
            "brand_id",
            "campaign_id",
            "csp_campaign_reference",
            "csp_brand_reference",
            "number_assignment_order_id",
        ),
    ),
)
_HEADERS = (header_mark("X-SignalWire-Signature"), header_mark("X-SignalWire-SHA256-Signature"))


def claims(glance: Glance) -> str | None:
    """Twilio's names with UUIDs, its own JSON, or its header."""
    return first_reason(glance, _MARKS) or first_reason(glance, _HEADERS)


def silent(glance: Glance) -> bool:
    """JSON about a brand, a campaign, a number or a room, or a fax: neither a message nor a call."""
    return (isinstance(glance.json, dict) or _FAX in glance.fields) and first_reason(glance, _MARKS) is not None


def read(glance: Glance, role: Role) -> tuple[Event, ...]:
    """One event, of a form or of JSON."""
    if isinstance(glance.json, dict) and not glance.has("messagesid"):
        message, call, params = at(glance.json, "message"), at(glance.json, "call"), at(glance.json, "params")
        if isinstance(message, dict):
            return (_message(message, Role.PRIMARY),)
        if (text_at(glance.json, "event_type") or "").startswith(_RELAY) and text_at(params, "message_id"):
            return (_message(_renamed(params), role),)
        call = params if text_at(params, "call_id") else call
        if isinstance(call, dict) and text_at(call, "call_id"):
            return (_call(call),)
        stated = text_at(glance.json, "id") or text_at(glance.json, "status")
        if stated and any(at(glance.json, name) is not None for name in _OF_MESSAGES):
            return (_message(glance.json, role),)
        return ()
    if _FAX in glance.fields:
        return ()
    return tuple(_end_of_mms(glance, event) for event in dialect.read(glance, role, SHEET.word))


def _renamed(params: JsonValue) -> JsonValue:
    """The message of a Relay event, with the names that callbacks have."""
    return (
        dict(params) | {name: at(params, own) for name, own in _RELAY_NAMES.items()}
        if isinstance(params, dict)
        else params
    )


def _end_of_mms(glance: Glance, event: Event) -> Event:
    """MMS get no receipts, so nothing follows `sent`."""
    ended = event.status is Status.SENT and count(glance.get("nummedia")) is not None
    return replace(event, final=True) if ended else event


def _message(message: JsonValue, role: Role) -> Event:
    """A Relay or SWML status callback, or an inbound message: that of Relay has a status ("received", "failed") and is
    known from its direction, the `message` of an SWML request has none."""
    status, direction = text_at(message, "status"), text_at(message, "direction")
    if direction in ("inbound", "outbound"):
        callback = direction == "outbound"
    else:
        callback = role is Role.STATUS if status is None else SHEET.word(status).status is not Status.RECEIVED
    return Event(
        kind=Kind.STATUS if callback else Kind.INBOUND,
        message_id=text_at(message, "message_id") or text_at(message, "id") or "",
        sender_said=text_at(message, "from"),
        recipient_said=text_at(message, "to"),
        text=text_at(message, "body"),
        media=tuple(url for item in items(message, "media") if (url := text_at(item, "url") or text_at(item))),
        raw_status=status,
        said_at=read_iso(text_at(message, "timestamp")),
        error_code=error_code(text_at(message, "error_code")),
        segments=count(text_at(message, "number_of_segments") or text_at(message, "segments")),
    )


def _call(call: JsonValue) -> Event:
    return Event(
        kind=Kind.VOICE,
        message_id=text_at(call, "call_id") or "",
        sender_said=text_at(call, "from_number") or text_at(call, "from"),
        recipient_said=text_at(call, "to_number") or text_at(call, "to"),
        raw_status=text_at(call, "call_state"),
    )


def compose(spec: RequestSpec) -> ComposedRequest:
    """A form post with the fields of the Compatibility API. It is not signed."""
    if spec.kind is Kind.VOICE:
        pairs = [
            ("CallSid", spec.message_id), ("AccountSid", _PROJECT), ("ApiVersion", "2010-04-01"),
            ("Direction", "inbound"), ("From", spec.sender), ("To", spec.recipient),
            ("CallStatus", spec.raw_status or "ringing"),
        ]  # fmt: skip
    else:
        pairs = [("MessageSid", spec.message_id), ("SmsSid", spec.message_id), ("AccountSid", _PROJECT)]
        if spec.kind is Kind.STATUS:
            pairs.append(("MessageStatus", spec.raw_status or "delivered"))
        pairs += [
            ("From", spec.sender), ("To", spec.recipient), ("Body", spec.text or ""),
            ("NumMedia", str(len(spec.media))), ("NumSegments", "1"),
        ]  # fmt: skip
        for at, address in enumerate(spec.media):
            pairs += [(f"MediaUrl{at}", address), (f"MediaContentType{at}", "image/jpeg")]
        if spec.error_code:
            pairs.append(("ErrorCode", spec.error_code))
    return form_post(pairs)


SHEET = Sheet(
    name="signalwire",
    order=30,
    claims=claims,
    marks=frozenset({"accountsid", "project_id", "message.message_id", "call.call_id"}),
    headers=frozenset({b"x-signalwire-signature", b"x-signalwire-sha256-signature"}),
    read=read,
    silent=silent,
    read_number=north_american,
    compose=compose,
    words=WORDS,
    verbs=_VERBS,
    sms_reply=xml_answer("<Message>We got: {{text}}</Message>"),
    meanings={
        "messagesid": "The id of the message, a UUID.",
        "smssid": "The same as MessageSid, an older name.",
        "accountsid": "Your project, a UUID.",
        "from": "The sender.",
        "to": "The recipient; inbound it is your SignalWire number.",
        "body": "The text of the message.",
        "nummedia": "How many pictures or files came with it.",
        "numsegments": "How many SMS the text took.",
        "mediaurl0": "Where the first picture or file lies; further ones are MediaUrl1 and so on. smsbin fetches none.",
        "mediacontenttype0": "The kind of the first file.",
        "messagestatus": "The state of an outbound message: this is a status callback.",
        "smsstatus": "The same as MessageStatus, an older name.",
        "errorcode": "Why a message failed or was not delivered.",
        "errormessage": "The error in words.",
        "apiversion": "The version of the API.",
        "callsid": "The id of the call, a UUID.",
        "callstatus": "queued, ringing, in-progress, completed, busy, failed, no-answer or canceled.",
        "direction": "inbound or outbound.",
        "forwardedfrom": "The number that forwarded the call, if the carrier reports it.",
        "callername": "The caller's name, where it is known.",
        "parentcallsid": "The call that started this one.",
        "callduration": "How long the call lasted, in seconds.",
        "id": "The id of the message (JSON).",
        "project_id": "Your project (JSON).",
        "status": "The state of an outbound message (JSON).",
        "number_of_segments": "How many SMS the text took (JSON).",
        "timestamp": "When the state changed (JSON), ISO 8601 in UTC.",
        "error_code": "Why a message failed (JSON); null without an error.",
        "error_message": "The error in words (JSON).",
        "message.message_id": "The id of an inbound message (SWML).",
        "message.project_id": "Your project (SWML).",
        "message.space_id": "Your space (SWML).",
        "message.direction": "Always inbound (SWML).",
        "message.type": "sms or mms (SWML).",
        "message.from": "The sender (SWML).",
        "message.to": "Your number (SWML).",
        "message.body": "The text; null on an MMS without one (SWML).",
        "message.media.url": "Where a picture or file lies (SWML). smsbin fetches none.",
        "message.media.content_type": "The kind of the file (SWML).",
        "message.media.size": "The size of the file, in bytes (SWML).",
        "message.segments": "How many SMS the text took (SWML).",
        "message.timestamp": "When it came in (SWML), ISO 8601 in UTC.",
        "call.call_id": "The id of the call (SWML).",
        "call.call_state": "The state of the call (SWML).",
        "call.from": "The caller (SWML).",
        "call.to": "The number that is called (SWML).",
    },
    times="The form has none; JSON has ISO 8601 with Z",
    varies=frozenset({"errorcode", "errorurl"}),
    habits=Habits(
        timeout_s=5,
        retries="No retries of inbound requests; status callbacks are sent up to 3 times in total, best effort.",
        fallback="Immediately, when the primary URL fails; the connection may take 2 s, the response 5 s.",
        signature=(
            "X-SignalWire-Signature: HMAC-SHA1 with the signing key, for forms as Base64 over the URL and the sorted"
            " fields, for JSON as hex over the URL and the body. Calls with JSON also have"
            " X-SignalWire-SHA256-Signature, the same with HMAC-SHA256."
        ),
    ),
    play=Play(
        timeout_s=5,
        wants_xml=True,
        redirects=3,
        fallback=True,
        voice=True,
        voice_fallback=True,
        good=("queued", "sent", "delivered"),
        bad=("queued", "sent", "undelivered"),
        assumed="Callbacks are sent once; SignalWire sends them up to three times, best effort.",
    ),
    portal=Portal(
        where="Phone Numbers › your number › Edit settings",
        fields=(
            PortalField(
                role=Role.PRIMARY,
                name="Message Settings: When a message comes in",
                hint="handle messages using cXML webhooks; SmsUrl in the API",
            ),
            PortalField(
                role=Role.FALLBACK, name="Message Settings: If there's an error", hint="SmsFallbackUrl in the API"
            ),
            PortalField(role=Role.STATUS, name="StatusCallback", hint="a parameter of every send; it has no fallback"),
            PortalField(role=Role.VOICE, name="Voice Settings: When a call comes in", hint="VoiceUrl in the API"),
            PortalField(
                role=Role.VOICE_FALLBACK, name="Voice Settings: If there's an error", hint="VoiceFallbackUrl in the API"
            ),
        ),
        checked="2026-11-25",
    ),
)
