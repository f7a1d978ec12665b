"""The JSON of reconciliations; the OpenAPI document's components are generated from these types."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from ...domain.reconciliation.kept import KeptRecord, Reconciliation, ReconciliationWork, WorkState
from ...domain.reconciliation.mapping import RecordMapping
from ...domain.reconciliation.model import DirectionSummary, ReconciliationSummary
from ...domain.reconciliation.summary import summary_text
from ...domain.reconciliation.verdicts import RecordReason, RecordVerdict
from ...domain.units import from_micros, rfc3339
from ...services.reconciliations.reconstructing import ReconstructedAttempt
from ..site.shapes import PARTIES, Time

DirectionName = Literal["inbound", "outbound"]
Count = dict[str, int]


class ReconciledDirection(msgspec.Struct):
    """The records of one direction that are in the scope. `lost` by reason."""

    direction: DirectionName
    total: int
    arrived: int
    by_fallback: int
    late: int
    lost: Count


class ReconciliationFigures(msgspec.Struct):
    """The result in figures. `sentence`: in words. `verdicts` counts each record once, `also` its further verdicts."""

    sentence: str
    records: int
    lost: int
    since: Time | None
    until: Time | None
    zone_offset_s: Annotated[int | None, Meta(description="Of times without a zone, east of UTC; null: all have one.")]
    zone_estimated_from: Annotated[int, Meta(description="Messages; 0: it was given, or UTC is assumed.")]
    verdicts: Count
    also: Count
    reasons: Count
    directions: list[ReconciledDirection]


class ColumnsShape(msgspec.Struct):
    """The columns of a file that is not known: a guess of what each one is, and the first rows."""

    columns: list[str]
    guess: dict[str, str]
    rows: list[list[str]]


class ReconciliationShape(msgspec.Struct):
    """A file that is compared with a bin. Without a result the fields from `title` to `superseded` are null. `done` of
    `total` rows or messages of this state. `superseded`: how many of its records are in newer files, by their id."""

    id: str
    file: str
    state: WorkState
    done: int
    total: int | None
    problem: str | None
    columns: ColumnsShape | None
    title: str | None
    because: str | None
    provider: str | None
    zone: str | None
    made_at: Time | None
    has_rows: bool | None
    result: ReconciliationFigures | None
    superseded: Count | None


class ReconciliationList(msgspec.Struct):
    """Newest first."""

    items: list[ReconciliationShape]
    next: str | None


class ReconciledRecord(msgspec.Struct, rename=PARTIES):
    """A record with its verdict. `row` is its number in the file, 0 for a message that only arrived here.
    `newer`: its verdict in a newer file. `original` and `text`: only
    of a lost record, if its row was to be kept."""

    number: int
    row: int
    part: int
    verdict: Annotated[RecordVerdict, Meta(description="The weightiest one.")]
    also: list[RecordVerdict]
    reason: RecordReason | None
    provider: str | None
    message_id: str | None
    direction: DirectionName | None
    sender: str | None
    recipient: str | None
    at: Time | None
    ended_at: Time | None
    word: str | None
    status: str | None
    error_code: str | None
    price: str | None
    segments: int | None
    captures: list[int]
    delta_ms: int | None
    matched_by_id: bool
    newer: RecordVerdict | None
    original: Any
    text: str | None


class ReconciliationRecords(msgspec.Struct):
    """Records in the order of the file."""

    items: list[ReconciledRecord]
    next: str | None


class RecordMappingShape(msgspec.Struct):
    """The record mapping of a bin, or null."""

    mapping: RecordMapping | None


class ReconstructedShape(msgspec.Struct):
    """A lost record that was sent. `status` null: no complete response, see `error`. `without_text`: the text is not
    known."""

    record: int
    url: str
    sent_at: Time
    status: int | None
    ms: int
    error: str | None
    without_text: bool


class ReconstructedList(msgspec.Struct):
    """In the order in which they were sent."""

    items: list[ReconstructedShape]


def show_reconciliation(
    head: Reconciliation | None, work: ReconciliationWork | None, superseded: Mapping[str, int]
) -> ReconciliationShape:
    """A result, a comparison that runs or has failed, or both: then the result is the earlier one."""
    of = head or work
    assert of is not None, "one of them is there"
    unknown = None if work is None else work.unknown
    state = WorkState.DONE if work is None else work.state
    return ReconciliationShape(
        id=of.id,
        file=of.file,
        state=state,
        done=0 if work is None else work.done,
        total=None if work is None else work.total,
        problem=None if work is None else work.problem,
        columns=None
        if unknown is None
        else ColumnsShape(list(unknown.columns), unknown.guess, [list(row) for row in unknown.rows]),
        title=None if head is None else head.title,
        because=None if head is None else head.because,
        provider=None if head is None else head.provider,
        zone=None if head is None else head.zone,
        made_at=None if head is None else rfc3339(head.made_at),
        has_rows=None if head is None else head.has_rows,
        result=None if head is None else show_figures(head.summary),
        superseded=None if head is None else dict(superseded),
    )


def show_figures(summary: ReconciliationSummary) -> ReconciliationFigures:
    """The result in figures."""
    zone = summary.zone
    return ReconciliationFigures(
        sentence=summary_text(summary),
        records=summary.records,
        lost=summary.lost,
        since=_time(summary.since_us),
        until=_time(summary.until_us),
        zone_offset_s=None if zone is None else int(zone.offset.total_seconds()),
        zone_estimated_from=0 if zone is None else zone.rows,
        verdicts={verdict.value: count for verdict, count in summary.verdicts.items()},
        also={verdict.value: count for verdict, count in summary.also.items()},
        reasons={reason.value: count for reason, count in summary.reasons.items()},
        directions=[_direction(each) for each in summary.directions],
    )


def show_records(
    records: Sequence[KeptRecord], limit: int, newer: Mapping[int, RecordVerdict]
) -> ReconciliationRecords:
    """A page of records, of which one more than `limit` was read."""
    shown = records[:limit]
    return ReconciliationRecords(
        [show_record(record, newer) for record in shown], str(shown[-1].number) if len(records) > limit else None
    )


def show_record(record: KeptRecord, newer: Mapping[int, RecordVerdict]) -> ReconciledRecord:
    """One record."""
    return ReconciledRecord(
        number=record.number, row=record.row, part=record.part, verdict=record.verdict, also=list(record.also),
        reason=record.reason, provider=record.provider, message_id=record.message_id,
        direction=None if record.direction is None else record.direction.value, sender=record.sender,
        recipient=record.recipient, at=_time(record.at_us), ended_at=_time(record.ended_us), word=record.word,
        status=record.status, error_code=record.error_code, price=record.price, segments=record.segments,
        captures=list(record.captures), delta_ms=record.delta_ms, matched_by_id=record.by_id,
        newer=newer.get(record.key),
        original=None if record.original is None else msgspec.json.decode(record.original), text=record.text,
    )  # fmt: skip


def show_reconstructed(attempts: Sequence[ReconstructedAttempt]) -> ReconstructedList:
    """All of them."""
    return ReconstructedList(
        [
            ReconstructedShape(
                record=each.record.number, url=each.attempt.url, sent_at=rfc3339(each.attempt.sent_at),
                status=each.attempt.status, ms=each.attempt.ms, error=each.attempt.error,
                without_text=each.without_text,
            )
            for each in attempts
        ]
    )  # fmt: skip


def _direction(found: DirectionSummary) -> ReconciledDirection:
    return ReconciledDirection(
        direction=found.direction.value, total=found.total, arrived=found.arrived, by_fallback=found.by_fallback,
        late=found.late, lost={reason.value: count for reason, count in found.lost},
    )  # fmt: skip


def _time(at_us: int | None) -> str | None:
    return None if at_us is None else rfc3339(from_micros(at_us))
