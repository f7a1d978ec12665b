"""ClickSend: inbound SMS and delivery receipts, as form post, GET or JSON, with flat fields.

Sources, read 2026-11: developers.clicksend.com/docs/automations/sms (inbound and receipt rules, `webhook_type` post,
get or json), the vendor's Python client (the same, and that `custom_string` comes back), public handlers (`from` and
`body` inbound; the words Sent, Delivered, Undelivered, Failed in receipts).

Not confirmed: ClickSend publishes no list of the fields that it sends. `to`, `message_id`, `original_message_id`,
`original_body`, `custom_string`, `timestamp`, `timestamp_send`, `status_code` (200, 201, 300, 301), `status_text`,
`error_code` and `error_text` are what users report, and so is that it repeats after an answer that is no 2xx. Where the
rules are in the dashboard is not documented either.
"""

from collections.abc import Mapping

from ..domain.events import Event
from ..domain.roles import Kind, Role
from ..domain.statuses import FAILURES, Status, Word
from .kit.composing import form_post
from .kit.glance import Glance
from .kit.marks import RequestMark, first_reason
from .kit.parties import international
from .kit.times import read_epoch
from .sheet import ComposedRequest, Habits, Play, Portal, PortalField, RequestSpec, Sheet

_RECEIPT = ("status", "status_code", "status_text", "timestamp_send", "error_code")
_CONTENT = ("from", "body", "message", "original_message_id", "original_body")

WORDS: Mapping[str, Word] = {
    "queued": Word(Status.QUEUED),
    "scheduled": Word(Status.QUEUED),
    "sent": Word(Status.SENT),
    "delivered": Word(Status.DELIVERED, final=True),
    "undelivered": Word(Status.UNDELIVERED, final=True),
    "failed": Word(Status.FAILED, final=True),
    "cancelled": Word(Status.CANCELED, final=True),
    "expired": Word(Status.EXPIRED, final=True),
    # The codes, for a receipt that brings no word.
    "200": Word(Status.SENT),
    "201": Word(Status.DELIVERED, final=True),
    "300": Word(Status.SENDING),
    "301": Word(Status.UNDELIVERED, final=True),
}


_MARKS = (
    RequestMark(
        reason="message_id and original_message_id are present",
        all_of=("message_id", "original_message_id"),
        any_of=("from", "custom_string"),
    ),
    RequestMark(
        reason="message_id, status_code and status_text or timestamp_send are present",
        all_of=("message_id", "status_code"),
        any_of=("status_text", "timestamp_send"),
    ),
    RequestMark(
        reason="message_id and custom_string are present",
        all_of=("message_id", "custom_string"),
        any_of=("timestamp", "status"),
    ),
)


def claims(glance: Glance) -> str | None:
    """Names that, as far as is known, only ClickSend sends together; weak marks, so it comes last in the registry."""
    return first_reason(glance, _MARKS)


def read(glance: Glance, role: Role) -> tuple[Event, ...]:
    """One event: a status makes it a receipt, content makes it inbound; where neither stands, the URL decides."""
    if not glance.get("message_id", "messageid", "from", "to", "body"):
        return ()
    bare = role is Role.STATUS and not glance.has_any(_CONTENT)
    return (_receipt(glance) if bare or glance.has_any(_RECEIPT) else _inbound(glance),)


def _receipt(glance: Glance) -> Event:
    code = glance.get("status_code")
    status = glance.get("status") or code
    failed = SHEET.word(status).status in FAILURES
    return Event(
        kind=Kind.STATUS,
        message_id=glance.get("message_id", "messageid") or "",
        sender_said=glance.get("from"),
        recipient_said=glance.get("to"),
        raw_status=status,
        said_at=read_epoch(glance.get("timestamp")),
        error_code=glance.get("error_code") or (code if failed else None),
    )


def _inbound(glance: Glance) -> Event:
    return Event(
        kind=Kind.INBOUND,
        message_id=glance.get("message_id", "messageid") or "",
        sender_said=glance.get("from"),
        recipient_said=glance.get("to"),
        text=glance.text("body", "message"),
        media=tuple(address for name in ("media_url", "_media_file_url") if (address := glance.get(name))),
        said_at=read_epoch(glance.get("timestamp")),
    )


def compose(spec: RequestSpec) -> ComposedRequest:
    """A form post, the default of a rule."""
    epoch = str(int(spec.at.timestamp()))
    if spec.kind is Kind.STATUS:
        status = spec.raw_status or "Delivered"
        failed = WORDS.get(status.lower(), Word(Status.UNKNOWN)).status in FAILURES
        pairs = [
            ("timestamp_send", epoch), ("timestamp", epoch), ("message_id", spec.message_id), ("from", spec.sender),
            ("to", spec.recipient), ("status", status), ("status_code", "301" if failed else "201"),
            ("status_text", status), ("error_code", spec.error_code or ""), ("custom_string", "smsbin"),
        ]  # fmt: skip
    else:
        pairs = [("from", spec.sender), ("to", spec.recipient)]
        if spec.text is not None:
            pairs.append(("body", spec.text))
        pairs += [
            ("message_id", spec.message_id), ("original_message_id", "1F2E3D4C-5B6A-4798-8A7B-6C5D4E3F2A1B"),
            ("custom_string", "smsbin"), ("timestamp", epoch), *(("media_url", url) for url in spec.media[:1]),
        ]  # fmt: skip
    return form_post(pairs)


SHEET = Sheet(
    name="clicksend",
    order=120,
    claims=claims,
    marks=frozenset({"message_id"}),
    read=read,
    read_number=international,
    compose=compose,
    words=WORDS,
    meanings={
        "from": "The sender.",
        "to": "The recipient; inbound it is your number.",
        "body": "The text.",
        "message": "The text (older name).",
        "message_id": "The id of the message.",
        "original_message_id": "The id of your message that this one replies to.",
        "original_body": "The text of your message that this one replies to.",
        "custom_string": "Your own text from the send call.",
        "timestamp": "When it happened, in Unix seconds.",
        "timestamp_send": "When your message was sent, in Unix seconds.",
        "status": "The status of the message.",
        "status_code": "The status as a number.",
        "status_text": "The status in words.",
        "error_code": "Why it failed.",
        "error_text": "Why it failed, in words.",
        "user_id": "Your user.",
        "subaccount_id": "The subaccount that sent it.",
        "message_type": "sms or mms.",
    },
    times="Unix seconds",
    varies=frozenset({"timestamp"}),
    habits=Habits(
        retries="Users report retries after a response other than 2xx; ClickSend documents no schedule.",
        fallback="No fallback URL was found in the documentation.",
        signature="No signature was found in the documentation.",
    ),
    play=Play(
        good=("Sent", "Delivered"),
        bad=("Sent", "Undelivered"),
        assumed="ClickSend documents no timeout and no retries: 15 s and one attempt are assumed.",
    ),
    portal=Portal(
        where="Dashboard › SMS › Settings",
        fields=(
            PortalField(role=Role.PRIMARY, name="Inbound SMS Rules", hint="action URL; post, get or json"),
            PortalField(role=Role.STATUS, name="Delivery Report Rules", hint="action URL, match all reports"),
        ),
        checked="2026-11-25",
    ),
    errors={
        "200": "Sent (as users report it).",
        "201": "Delivered to the handset (as users report it).",
        "300": "Temporary network error, ClickSend tries again (as users report it).",
        "301": "Not delivered (as users report it).",
    },
)
