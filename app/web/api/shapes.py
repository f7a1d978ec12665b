"""The JSON of the API as types; the OpenAPI document's components are generated from them.

Every field is always present, null when unknown. Times are RFC 3339 in UTC with six decimals; `*_ms` are integers.
"""

import base64
from collections.abc import Sequence
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from ...domain.bins import Bin
from ...domain.captures import Capture, CaptureRow, Role
from ...domain.events import Event
from ...domain.findings import FINDINGS, explain
from ...domain.units import format_duration, rfc3339
from ...parsing import parse
from ...providers import facts_of
from ..urls import capture_url, page_url

Provider = Literal[
    "ytel", "twilio", "signalwire", "plivo", "telnyx", "vonage", "bandwidth", "sinch", "messagebird", "infobip",
    "clicksend", "aws",
]  # fmt: skip
StatusName = Literal[
    "received", "unknown", "queued", "sending", "sent", "canceled", "expired", "rejected", "undelivered", "failed",
    "delivered", "read",
]  # fmt: skip
PARTIES = {"sender": "from", "recipient": "to"}
RoleName = Literal["primary", "fallback", "status", "voice", "voice-fallback"]
Time = Annotated[str, Meta(description="RFC 3339, UTC, six decimals.", examples=["2026-11-24T14:02:07.318000Z"])]
Pair = tuple[str, str]
Code = Annotated[str, Meta(description="A finding; more may come.", extra_json_schema={"enum": list(FINDINGS)})]


class Urls(msgspec.Struct, rename={"voice_fallback": "voice-fallback"}):
    """The capture URLs of a bin, absolute, one a role."""

    primary: str
    fallback: str
    status: str
    voice: str
    voice_fallback: str


class BinShape(msgspec.Struct, rename={}):
    """A named place that collects."""

    id: str
    name: str
    provider: Provider | None
    retention: Annotated[str | None, Meta(description="Duration such as 30d; 0 keeps for ever; null: the server's.")]
    stuck_after: Annotated[str, Meta(description="Silence after which an open message is stuck, such as 5m; 0: never.")]
    created_at: Time
    captures: int
    last_capture_at: Time | None
    page_url: str
    urls: Urls


class Answered(msgspec.Struct):
    """What the sender got: `status` null when nothing was sent (yet), `after_ms` until the last byte left."""

    status: int | None
    after_ms: int | None
    fault: str | None


class CaptureSummary(msgspec.Struct, rename=PARTIES):
    """A capture as lists show it."""

    n: int
    received_at: Time
    role: RoleName
    method: str
    target: str
    peer: str
    size: int
    content_type: str | None
    provider: str | None
    kind: Literal["inbound", "status", "voice", "other"]
    message_id: str | None
    sender: str | None
    recipient: str | None
    text: str | None
    status: str | None
    raw_status: str | None
    problem: str | None
    findings: Annotated[list[Code], Meta(description="What is odd about it, by weight.")]
    simulated: bool
    answered: Answered


class BodyShape(msgspec.Struct):
    """The bytes as they came, before any decompression; `size` and `sha256` are of the kept bytes."""

    size: int
    complete: bool
    sha256: str
    base64: str


class PartShape(msgspec.Struct):
    """One part of a multipart body; `text` is null for what is not text."""

    name: str | None
    filename: str | None
    content_type: str | None
    size: int
    text: str | None


class CharsetShape(msgspec.Struct):
    """How the body became text. `source` "suggested" is a guess."""

    name: str
    source: Literal["declared", "utf-8", "bom", "suggested"]
    note: str | None


class ParsedShape(msgspec.Struct):
    """The bounded view of the content, judged by the content where the label lies."""

    query: list[Pair]
    form: list[Pair] | None
    json: Any
    xml: Any
    parts: list[PartShape] | None
    charset: CharsetShape | None
    error: str | None


class FindingShape(msgspec.Struct):
    """Something odd, with its cause and its cure in words."""

    code: Code
    cause: str
    cure: str


class EventShape(msgspec.Struct, rename=PARTIES | {"sender_said": "from_said", "recipient_said": "to_said"}):
    """What a request states about one message or call. `*_said` are the verbatim spellings, `said_at` is the
    provider's own stamp."""

    kind: Literal["inbound", "status", "voice", "other"]
    message_id: str
    sender: str | None
    recipient: str | None
    sender_said: str | None
    recipient_said: str | None
    text: str | None
    media: list[str]
    status: StatusName | None
    raw_status: str | None
    final: bool
    said_at: Time | None
    price: str | None
    currency: str | None
    error_code: str | None
    segments: int | None


class CaptureShape(CaptureSummary, rename=PARTIES):
    """The whole capture."""

    http_version: str
    headers: Annotated[list[Pair], Meta(description="In order, as they came; bytes as latin-1.")]
    body: BodyShape
    parsed: ParsedShape
    events: list[EventShape]
    finding_details: list[FindingShape]


class BinList(msgspec.Struct):
    """A page of bins, newest first."""

    items: list[BinShape]
    next: str | None


class CaptureList(msgspec.Struct):
    """A page of captures; `next` is null when it ends the list."""

    items: list[CaptureSummary]
    next: str | None


class Info(msgspec.Struct):
    """This server."""

    version: str
    public_url: str
    retention: str
    max_body: str


def show_bin(bin: Bin, root: str) -> BinShape:
    """A bin with addresses under `root`."""
    urls = {role.value.replace("-", "_"): capture_url(root, bin.key, role) for role in Role}
    return BinShape(
        id=bin.id,
        name=bin.name,
        provider=bin.provider,  # type: ignore[arg-type]  # checked where it was set
        retention=None if bin.retention is None else format_duration(bin.retention),
        stuck_after=format_duration(bin.stuck_after),
        created_at=rfc3339(bin.created_at),
        captures=bin.captures,
        last_capture_at=None if bin.last_capture_at is None else rfc3339(bin.last_capture_at),
        page_url=page_url(root, bin),
        urls=Urls(**urls),
    )


def show_row(row: CaptureRow) -> CaptureSummary:
    """A capture for lists and live frames."""
    return CaptureSummary(**_summary(row))


def show_capture(capture: Capture, events: Sequence[Event] = ()) -> CaptureShape:
    """A capture with its bytes, their parsed view and what they state."""
    raw = capture.raw
    return CaptureShape(
        **_summary(capture.row),
        http_version=raw.http_version,
        headers=[(name.decode("latin-1"), value.decode("latin-1")) for name, value in raw.headers],
        body=BodyShape(
            size=len(raw.body),
            complete=raw.body_complete,
            sha256=capture.sha256,
            base64=base64.b64encode(raw.body).decode(),
        ),
        parsed=_parsed(capture),
        events=[show_event(event) for event in events],
        finding_details=_finding_details(capture),
    )


def show_event(event: Event) -> EventShape:
    """An event of a capture."""
    return EventShape(
        kind=event.kind.value,
        message_id=event.message_id,
        sender=event.sender,
        recipient=event.recipient,
        sender_said=event.sender_said,
        recipient_said=event.recipient_said,
        text=event.text,
        media=list(event.media),
        status=None if event.status is None else event.status.value,
        raw_status=event.raw_status,
        final=event.final,
        said_at=None if event.said_at is None else rfc3339(event.said_at),
        price=event.price,
        currency=event.currency,
        error_code=event.error_code,
        segments=event.segments,
    )


def _finding_details(capture: Capture) -> list[FindingShape]:
    """The words of the stored codes, with the values of this capture in them."""
    reading = capture.row.reading
    if not reading.findings:
        return []
    facts = facts_of(capture.raw, capture.row.role, reading.provider)
    told = [explain(code, facts) for code in reading.findings]
    return [FindingShape(finding.code, finding.cause, finding.cure) for finding in told]


def _summary(row: CaptureRow) -> dict[str, Any]:
    reading, outcome = row.reading, row.outcome
    return {
        "n": row.n,
        "received_at": rfc3339(row.received_at),
        "role": row.role.value,
        "method": row.method,
        "target": row.target,
        "peer": row.peer,
        "size": row.size,
        "content_type": row.content_type,
        "provider": reading.provider,
        "kind": reading.kind.value,
        "message_id": reading.message_id,
        "sender": reading.sender,
        "recipient": reading.recipient,
        "text": reading.text,
        "status": reading.status,
        "raw_status": reading.raw_status,
        "problem": reading.problem,
        "findings": list(reading.findings),
        "simulated": False,
        "answered": Answered(
            status=outcome.status if outcome else None,
            after_ms=outcome.after_ms if outcome else None,
            fault=outcome.fault if outcome else None,
        ),
    }


def _parsed(capture: Capture) -> ParsedShape:
    parsed = parse(capture.raw)
    charset = parsed.charset
    return ParsedShape(
        query=list(parsed.query),
        form=None if parsed.form is None else list(parsed.form),
        json=parsed.json,
        xml=parsed.xml,
        parts=None
        if parsed.parts is None
        else [PartShape(part.name, part.filename, part.content_type, part.size, part.text) for part in parsed.parts],
        charset=None if charset is None else CharsetShape(charset.name, charset.source, charset.note),
        error=parsed.error,
    )
