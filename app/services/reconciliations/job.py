"""What the server sends to the process that compares, and what that process reports: each is one line of JSON."""

from typing import Literal

import msgspec

from ...domain.reconciliation.kept import FileColumns
from ...domain.reconciliation.mapping import RecordMapping
from ...domain.reconciliation.model import Interval


class CompareJob(msgspec.Struct, frozen=True, kw_only=True):
    """One comparison. `path` is the received file, `file` its name; `result` is the file to write, `older` are those of
    the bin's other reconciliations, by id. `ledger` is the file of the ledger, or the URL of its database. `key` is
    that of the digests. `zone` as a user gave it, `mapping` that of the bin. `made_us` to `moved_us` as in
    `ReconciliationScope`."""

    id: str
    bin_id: str
    path: str
    file: str
    digest: str
    result: str
    ledger: str
    key: bytes
    zone: str | None
    mapping: RecordMapping | None
    keep_rows: bool
    older: dict[str, str]
    made_us: int
    kept_us: int
    now_us: int
    down: tuple[Interval, ...]
    faults: tuple[Interval, ...]
    moved_us: tuple[int, ...]


class ProgressReport(msgspec.Struct, frozen=True, kw_only=True, tag="progress"):
    """`done` of `total` rows or messages of this state; `total` None: unknown."""

    state: Literal["reading", "comparing", "saving"]
    done: int = 0
    total: int | None = None


class DoneReport(msgspec.Struct, frozen=True, kw_only=True, tag="done"):
    """The result is complete."""


class ProblemReport(msgspec.Struct, frozen=True, kw_only=True, tag="problem"):
    """It cannot be compared: what is wrong, with the cure. `unknown`: its columns are not known."""

    message: str
    unknown: FileColumns | None = None


CompareReport = ProgressReport | DoneReport | ProblemReport

encode_line = msgspec.json.Encoder().encode
decode_job = msgspec.json.Decoder(CompareJob).decode
decode_report = msgspec.json.Decoder(CompareReport).decode
