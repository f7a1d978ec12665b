"""The input and the result of a reconciliation. All times are microseconds since 1970 in UTC, as in the ledger: a
million rows are compared, and a `datetime` for each of them costs more than the comparison.
"""

from dataclasses import dataclass
from datetime import timedelta, tzinfo

import msgspec

from ..messages.model import Direction
from ..statuses import Status
from .verdicts import LOST, RecordReason, RecordVerdict


class SeenMessage(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A message of the bin, as the storage reads it, in any order; no calls. `message`: the number of its row.

    `text` is transient: only its digest is compared. `received_us`: its first capture; `ended_us`: the capture with its
    final status. `primary`, `fallback`: whether that URL received it; a status callback counts as neither.
    `captures`: the numbers of its captures, ascending. `repeats`: how many of them equal an earlier one. `provider`,
    `status`, `price` and `segments` as in `Message`. `pieces`: it was folded from pieces of a long message. `genuine`:
    what its signature shows, None without secrets.
    """

    message: int
    provider: str
    message_id: str
    direction: Direction
    sender: str | None
    recipient: str | None
    text: str | None
    received_us: int
    ended_us: int | None
    status: Status
    final: bool
    captures: tuple[int, ...]
    primary: bool = False
    fallback: bool = False
    repeats: int = 0
    pieces: bool = False
    price: str | None = None
    segments: int | None = None
    simulated: bool = False
    genuine: bool | None = None


class Interval(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """From `start_us` to `end_us`, both included."""

    start_us: int
    end_us: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ReconciliationScope:
    """Where a missing message may be called lost.

    `made_us`: when the bin was made. `kept_us`: captures before it are deleted. `now_us`: the time of the comparison.
    `numbers`: the numbers (E.164 or as sent) of the bin's owner; None: those of its messages. `directions`: None: those
    that the bin has messages of. `down`, `faults` and `errors`: when the server was down, when a fault or drill was
    active, and when requests were answered with 5xx; each in ascending order, without overlap. `moved_us`: when the
    capture key was changed. `zone`: of times without one; None: it is estimated from the messages that have an id.
    """

    made_us: int
    kept_us: int
    now_us: int
    numbers: frozenset[str] | None = None
    directions: frozenset[Direction] | None = None
    down: tuple[Interval, ...] = ()
    faults: tuple[Interval, ...] = ()
    errors: tuple[Interval, ...] = ()
    moved_us: tuple[int, ...] = ()
    zone: tzinfo | None = None


class RecordResult(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """The result for one record. `row` and `part` are its; `verdict` is the weightiest, `also` the others that apply.

    `message`: the row of the message that it was matched with, None without one; `captures` its captures. For
    `ambiguous` these are the captures of the messages that fit. `delta_ms`: from the time in the file to the arrival.
    `at_us`: the time of the record in UTC, None without one. `by_id`: matched by the message id.
    """

    row: int
    part: int
    verdict: RecordVerdict
    also: tuple[RecordVerdict, ...] = ()
    reason: RecordReason | None = None
    message: int | None = None
    captures: tuple[int, ...] = ()
    delta_ms: int | None = None
    at_us: int | None = None
    by_id: bool = False


class UnlistedMessage(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A message of the bin that the file should list and does not: verdict `only_here`."""

    message: int
    captures: tuple[int, ...]
    reason: RecordReason
    at_us: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ZoneEstimate:
    """The zone of the times without one. `offset`: east of UTC; `second`: the other one of a file in which the clock
    was changed. `rows`: how many messages it was estimated from; 0: it was given, or UTC is assumed."""

    offset: timedelta
    second: timedelta | None = None
    rows: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class DirectionSummary:
    """The records of one direction that are in the scope. `total` = `arrived` + all of `lost`; `by_fallback` and `late`
    are among those that arrived. `lost` by reason, the most frequent first."""

    direction: Direction
    total: int
    arrived: int
    by_fallback: int = 0
    late: int = 0
    lost: tuple[tuple[RecordReason, int], ...] = ()

    @property
    def missing(self) -> int:
        """How many did not arrive."""
        return sum(count for _, count in self.lost)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReconciliationSummary:
    """The whole result in figures. `records`: all of the file; `notes`: what the provider states about its webhooks.
    `verdicts`: by the verdict of each record, and the number of `only_here`; `also`: how often each further verdict
    applies. `since_us` and `until_us`: first and last time of the records in the scope, None without any. `zone` None:
    all times have a zone."""

    records: int
    verdicts: dict[RecordVerdict, int]
    also: dict[RecordVerdict, int]
    reasons: dict[RecordReason, int]
    directions: tuple[DirectionSummary, ...]
    since_us: int | None = None
    until_us: int | None = None
    zone: ZoneEstimate | None = None
    notes: int = 0

    @property
    def lost(self) -> int:
        """How many records of the scope did not arrive, or not completely."""
        return sum(self.verdicts.get(verdict, 0) for verdict in LOST)
