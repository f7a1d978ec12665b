"""The JSON of captures and of what they state; the OpenAPI document's components are generated from these types."""

import base64
from collections.abc import Sequence
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from ...domain.answers.model import Answer, safe_answer
from ...domain.captures import Capture, CaptureRow, Outcome
from ...domain.events import Event
from ...domain.findings import explain
from ...domain.masking.policy import CREDENTIALS, MaskingPolicy
from ...domain.media import stated_types
from ...domain.signatures import Judgement
from ...domain.units import rfc3339
from ...domain.withheld import Withheld
from ...parsing import parse
from ...parsing.masked import mask_parsed
from ...providers import facts_of
from ...providers.custom import CustomReader
from ...services.forwards.shown import ShownDispatch
from ..site.shapes import PARTIES, Code, FindingShape, Pair, RoleName, StatusName, Time
from .parsed_shapes import ParsedShape, show_parsed

VerdictName = Literal[
    "valid", "valid_as", "wrong_secret_or_changed", "stale", "unsigned", "not_signed_by_provider", "cannot_say",
]  # fmt: skip


class Answered(msgspec.Struct):
    """What the sender got: `status` null when nothing was sent (yet), `after_ms` until the last byte was sent."""

    status: int | None
    after_ms: int | None
    fault: str | None


class SentShape(msgspec.Struct):
    """The response as sent, without the headers that smsbin adds to every response."""

    headers: list[Pair]
    body: str


class AnsweredWhole(Answered):
    """All that is known about the answer. `ok`: a whole 2xx, well formed, gone out before the sender left; null: not
    known yet. `left_ms`: when the sender hung up without it. `note`: why it was not the one that was set.
    `fault_said`: the fault in words."""

    ok: bool | None
    sender_left: bool
    left_ms: int | None
    note: str | None
    fault_said: str | None
    sent: SentShape | None


class SignatureShape(msgspec.Struct):
    """Whether the request is genuine; it never changes the response. `causes`: codes of the differences between what
    was signed and what was received, or of the mistake; `variant`: the same in words. `secret`: the label of the secret
    that fits. `sentence`: the verdict with its cure."""

    verdict: VerdictName
    scheme: str | None
    causes: list[str]
    variant: str | None
    secret: str | None
    sentence: str


class DispatchShape(msgspec.Struct):
    """A capture with one forward. `status`: of the last answer of its target. `next_at`: the next attempt."""

    id: Annotated[str, Meta(description="The id of the forward.")]
    name: str
    state: Literal["waiting", "in_flight", "delivered", "retrying", "rejected", "exhausted", "held"]
    status: int | None
    tries: int
    next_at: Time | None


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
    findings: Annotated[list[Code], Meta(description="Findings, the most important first.")]
    simulated: bool
    answered: Answered
    signature: Annotated[
        SignatureShape | None,
        Meta(
            description="In lists and exports: null while the bin has no secrets. A capture on its own always has it."
        ),
    ]
    pinned: bool
    note: Annotated[str, Meta(description="The note of a user; empty if there is none.")]
    tags: Annotated[list[str], Meta(description="The tags that users gave it, in alphabetical order.")]
    forwards: Annotated[list[DispatchShape], Meta(description="What the forwards of the bin do with it.")]


class BodyShape(msgspec.Struct):
    """The bytes as received, before any decompression; `size` and `sha256` are of the kept bytes."""

    size: int
    complete: bool
    sha256: str
    base64: str


class EventShape(msgspec.Struct, rename=PARTIES | {"sender_said": "from_said", "recipient_said": "to_said"}):
    """What a request states about one message or call. `*_said` are the verbatim spellings, `said_at` is the
    provider's timestamp, and `said_to_minute`: it has no seconds. `media_types`: the types of `media` in their order,
    as the provider states them, "" for none."""

    kind: Literal["inbound", "status", "voice", "other"]
    message_id: str
    sender: str | None
    recipient: str | None
    sender_said: str | None
    recipient_said: str | None
    text: str | None
    media: list[str]
    media_types: list[str]
    status: StatusName | None
    raw_status: str | None
    final: bool
    said_at: Time | None
    said_to_minute: bool
    price: str | None
    currency: str | None
    error_code: str | None
    segments: int | None


class NotStoredBody(msgspec.Struct):
    """Size and SHA-256 of the received bytes of a body that was not stored; `why`: because …"""

    size: int
    sha256: str
    why: str


class NotStoredShape(msgspec.Struct):
    """What the bin never stores of this request: names in lower case, whose values are `[not stored]` everywhere else,
    and the body if it was not stored at all. `query`: the whole query was not."""

    headers: list[str]
    fields: list[str]
    query: bool
    body: NotStoredBody | None


class CaptureShape(CaptureSummary, rename=PARTIES):
    """The whole capture. Where values are masked, `body` is empty and has no digest."""

    answered: AnsweredWhole
    http_version: Annotated[str | None, Meta(description="Null: not valid HTTP; then `body` has all received bytes.")]
    headers: Annotated[
        list[Pair],
        Meta(
            description="In the order received; bytes as latin-1. The values of headers with credentials are"
            " `••••••••` without `mask=false`."
        ),
    ]
    body: BodyShape
    parsed: ParsedShape
    events: list[EventShape]
    finding_details: list[FindingShape]
    not_stored: Annotated[NotStoredShape | None, Meta(description="Null: everything was stored.")]


class CaptureList(msgspec.Struct):
    """A page of captures; `next` is null when it ends the list."""

    items: list[CaptureSummary]
    next: str | None


class CaptureCount(msgspec.Struct):
    """How many captures match. `upto` and `at` make a later call about the same captures, whatever arrives."""

    count: int
    complete: Annotated[bool, Meta(description="False: there are more than `count`.")]
    upto: Annotated[int, Meta(description="The number of the last capture of the bin.")]
    at: Annotated[Time, Meta(description="The time from which `10m` in the filter counted.")]


class DeletedShape(msgspec.Struct):
    """The result of one call that deletes several captures."""

    deleted: int
    next: Annotated[int | None, Meta(description="Pass it as `after` in the next call; null: all are deleted.")]


def show_row(row: CaptureRow, dispatches: Sequence[ShownDispatch] = ()) -> CaptureSummary:
    """A capture for lists and live frames. `dispatches`: with the forwards of its bin."""
    return CaptureSummary(**_summary(row, dispatches))


def show_capture(
    capture: Capture,
    sent: Answer | None = None,
    judgement: Judgement | None = None,
    custom: CustomReader | None = None,
    dispatches: Sequence[ShownDispatch] = (),
    masking: MaskingPolicy = CREDENTIALS,
) -> CaptureShape:
    """A capture with its bytes, their parsed view and what they state, masked. `sent`: what was answered, where it was
    not the default of its role. `judgement`: about its signature, where it is newer than that of the list. `custom`:
    the reader for the field mapping of its bin. `dispatches`: with the forwards of its bin."""
    raw = capture.raw
    shown = masking.capture(capture)
    newer = {} if judgement is None else {"signature": show_judgement(masking.judgement(judgement))}
    answered = _answered_whole(capture.row, None if sent is None else masking.answer(sent))
    return CaptureShape(
        **_summary(shown.row, dispatches) | {"answered": answered} | newer,
        http_version=raw.http_version or None,
        headers=[
            (name.decode("latin-1"), masking.header(name, value.decode("latin-1"))) for name, value in raw.headers
        ],
        body=BodyShape(
            size=len(raw.body),
            complete=raw.body_complete,
            sha256=shown.sha256,
            base64=base64.b64encode(shown.raw.body).decode(),
        ),
        parsed=show_parsed(mask_parsed(parse(raw), masking)),
        events=[show_event(event) for event in shown.events],
        finding_details=_finding_details(capture, custom, masking),
        not_stored=None if raw.withheld is None else _not_stored(raw.withheld),
    )


def show_judgement(judgement: Judgement) -> SignatureShape:
    """The verdict about a signature."""
    return SignatureShape(
        verdict=judgement.verdict.value,
        scheme=judgement.scheme,
        causes=list(judgement.causes),
        variant=judgement.variant,
        secret=judgement.secret,
        sentence=judgement.sentence,
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
        media_types=list(stated_types(event.media, event.media_types)),
        status=None if event.status is None else event.status.value,
        raw_status=event.raw_status,
        final=event.final,
        said_at=None if event.said_at is None else rfc3339(event.said_at),
        said_to_minute=event.said_to_minute,
        price=event.price,
        currency=event.currency,
        error_code=event.error_code,
        segments=event.segments,
    )


def _not_stored(withheld: Withheld) -> NotStoredShape:
    body = withheld.body
    return NotStoredShape(
        headers=list(withheld.headers),
        fields=list(withheld.fields),
        query=withheld.query,
        body=None if body is None else NotStoredBody(body.size, body.sha256, body.why),
    )


def _finding_details(capture: Capture, custom: CustomReader | None, masking: MaskingPolicy) -> list[FindingShape]:
    """The words of the stored codes, with the values of this capture in them."""
    reading = capture.row.reading
    if not reading.findings:
        return []
    facts = facts_of(capture.raw, capture.row.role, reading.provider, custom)
    findings = [explain(code, facts) for code in reading.findings]
    return [
        FindingShape(finding.code, masking.sentence(finding.cause), masking.sentence(finding.cure))
        for finding in findings
    ]


def _summary(row: CaptureRow, dispatches: Sequence[ShownDispatch]) -> dict[str, Any]:
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
        "simulated": row.simulated,
        "answered": Answered(
            status=outcome.status if outcome else None,
            after_ms=outcome.after_ms if outcome else None,
            fault=row.fault.kind if row.fault else None,
        ),
        "signature": None if reading.signature is None else show_judgement(reading.signature),
        "pinned": row.annotation.pinned,
        "note": row.annotation.note,
        "tags": list(row.annotation.tags),
        "forwards": [_dispatch(each) for each in dispatches],
    }


def _dispatch(shown: ShownDispatch) -> DispatchShape:
    return DispatchShape(
        shown.forward.id, shown.forward.forward.name, shown.state.value, shown.status, shown.tries,
        None if shown.at is None else rfc3339(shown.at),
    )  # fmt: skip


def _answered_whole(row: CaptureRow, sent: Answer | None) -> AnsweredWhole:
    outcome = row.outcome or Outcome()
    if sent is None and outcome.status is not None:
        sent = safe_answer(row.role)
    return AnsweredWhole(
        status=outcome.status,
        after_ms=outcome.after_ms,
        fault=row.fault.kind if row.fault else None,
        ok=None if row.outcome is None else outcome.ok,
        sender_left=outcome.sender_left,
        left_ms=outcome.left_ms,
        note=outcome.note,
        fault_said=row.fault.said if row.fault else None,
        sent=None if sent is None else SentShape(list(sent.headers), sent.body),
    )
