"""Captures: their bytes, outcomes and annotations, and their deletion."""

import msgspec

from ....domain.annotations import AnnotationChange
from .base import Job


class AddCapture(Job):
    """A capture. The log process computes the hashes, because the event loop has no time for it.

    `fault` is the hit as MessagePack, `fault_id` the fault whose count it changes. With an `answer_version` it is
    stored only if the bin has the same and the fault has a hit left. `mark`: it is simulated if this hash is stored.
    """

    bin_id: str
    received_at: int
    role: str
    method: str
    target: str
    peer: str
    http_version: str
    head: bytes
    body: bytes
    body_complete: bool
    provider: str | None
    fault: bytes | None
    fault_id: str | None
    simulated: bool
    framing: bytes | None = None
    refused: str | None = None
    withheld: str | None = None
    answer_version: int | None = None
    mark: bytes | None = None


class OutcomeRecord(msgspec.Struct, array_like=True, gc=False):
    """An element of `SetOutcomes`. `sent` is the answer as MessagePack, or None when it was the default of the role."""

    bin_id: str
    n: int
    status: int | None
    after_ms: int | None
    sender_left: bool
    left_ms: int | None
    well_formed: bool
    note: str | None
    sent: bytes | None


class SetOutcomes(Job):
    outcomes: list[OutcomeRecord]


class DropCapture(Job):
    bin_id: str
    n: int


class DropSome(Job):
    """Delete several captures in one step that is bounded in time. Those that do not exist are passed over."""

    bin_id: str
    numbers: list[int]


class DropCaptures(Job):
    """Delete the captures of a bin up to number `upto`; None: all of them."""

    bin_id: str
    upto: int | None = None


class Annotate(Job):
    """Change the annotations of captures in one step that is bounded in time."""

    bin_id: str
    numbers: list[int]
    change: AnnotationChange


class Sweep(Job):
    """One step, bounded in time, over the bins with a number above `after`. `erase_only`: delete nothing new."""

    now: int
    retention_s: int
    after: int
    erase_only: bool


class SettleUnanswered(Job):
    """`within`: microseconds before the newest capture. `upto`: bin number to the number of its last capture."""

    within: int
    note: str
    upto: dict[int, int]
