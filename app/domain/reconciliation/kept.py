"""What is kept of a reconciliation: ids, numbers, times, statuses and a keyed digest of each text. Never the file."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

import msgspec

from ..messages.model import Direction
from .model import ReconciliationSummary
from .verdicts import RecordReason, RecordVerdict


class KeptRecord(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """The result for one record, or for a message that the file does not list (`row` 0).

    `number`: its place in the result, from 1. `key` identifies the message of the provider, so that the same one is
    found in a newer file. `text_digest`: None if the file has no text. `original`: the row as JSON, and `text` its
    text; both only of a lost record, and only if the user wanted it. The other fields as in `Record` and
    `RecordResult`.
    """

    number: int
    row: int
    part: int
    verdict: RecordVerdict
    also: tuple[RecordVerdict, ...]
    reason: RecordReason | None
    key: int
    provider: str | None
    message_id: str | None
    direction: Direction | None
    sender: str | None
    recipient: str | None
    at_us: int | None
    ended_us: int | None
    word: str | None
    status: str | None
    error_code: str | None
    price: str | None
    segments: int | None
    text_digest: bytes | None
    message: int | None
    captures: tuple[int, ...]
    delta_ms: int | None
    by_id: bool
    original: str | None = None
    text: str | None = None


class KeptNote(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """What the provider states about one of its calls of a webhook; fields as in `ProviderNote`, without the URL.
    `about` is in lower case."""

    about: str
    provider: str
    at_us: int | None
    ok: bool
    code: str | None
    role: str | None
    note: str


class Reconciliation(msgspec.Struct, frozen=True, kw_only=True):
    """One file compared with a bin.

    `id` follows from the bin and the content of the file, so that the same file leads to the same reconciliation.
    `digest`: SHA-256 of the file. `file` is its name, `title` its shape in words ("Twilio, CSV of the console"), and
    `because` is the end of a sentence with the columns that it was recognised by. `columns`: its columns, in their
    order. `zone`: as it was given, None if it was estimated. `superseded`: how many records of each older
    reconciliation, by id, are also in this file. `has_rows`: the rows of lost records are kept as they are in the file.
    """

    id: str
    bin_id: str
    digest: str
    file: str
    title: str
    provider: str | None
    because: str
    columns: tuple[str, ...]
    zone: str | None
    made_at: datetime
    summary: ReconciliationSummary
    superseded: dict[str, int] = {}
    has_rows: bool = False


class WorkState(StrEnum):
    """`needs_columns`: the columns are not known, so a user must choose what they are."""

    WAITING = "waiting"
    READING = "reading"
    COMPARING = "comparing"
    SAVING = "saving"
    NEEDS_COLUMNS = "needs_columns"
    DONE = "done"
    FAILED = "failed"
    CANCELED = "canceled"


ENDED = frozenset({WorkState.DONE, WorkState.FAILED, WorkState.CANCELED, WorkState.NEEDS_COLUMNS})
"""The states in which nothing runs."""


class FileColumns(msgspec.Struct, frozen=True, kw_only=True):
    """The columns of a file that was not recognised: a guess of what each one is, by column, and the first rows."""

    columns: tuple[str, ...]
    guess: dict[str, str]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReconciliationWork:
    """A file that is being compared. `done` of `total` (None: unknown) rows or messages of the current state.
    `problem`: why it failed, with the cure."""

    id: str
    bin_id: str
    file: str
    state: WorkState
    started_at: datetime
    done: int = 0
    total: int | None = None
    problem: str | None = None
    unknown: FileColumns | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Availability:
    """When a bin could receive. `made_at`: since when it exists; `kept_since`: requests before it are deleted; `down`:
    when the server did not run, ascending; `key_changed_at`: the last change of the capture key, None without one.
    `deleted`: how many single requests were deleted."""

    made_at: datetime
    kept_since: datetime
    down: tuple[tuple[datetime, datetime], ...]
    key_changed_at: datetime | None
    deleted: int
