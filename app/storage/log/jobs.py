"""What the log process can be asked to do: MessagePack between the server and that process.

Times are microseconds since 1970, durations seconds. Only `storage/` uses these.
"""

import msgspec


class Job(msgspec.Struct, array_like=True, tag=True, gc=False):
    """One write, whole or not at all."""


class AddBin(Job):
    id: str
    key: str
    name: str | None
    provider: str | None
    retention_s: int | None
    stuck_s: int
    created_at: int


class SetBin(Job):
    id: str
    name: str
    provider: str | None
    retention_s: int | None
    stuck_s: int


class RotateKey(Job):
    id: str
    key: str


class DropBin(Job):
    id: str


class AddCapture(Job):
    """Nothing is hashed yet: the log process has time for it, the event loop has not.

    `fault` is the hit as MessagePack, `fault_id` the fault that it counts for.
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


class OutcomeRecord(msgspec.Struct, array_like=True, gc=False):
    """Part of `SetOutcomes`. `sent` is the answer as MessagePack, where it was not the default of the role."""

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


class DropCaptures(Job):
    """All of a bin."""

    bin_id: str


class Sweep(Job):
    """One step, bounded in time, over the bins with a number above `after`. `erase_only`: nothing new is deleted."""

    now: int
    retention_s: int
    after: int
    erase_only: bool


class SettleUnanswered(Job):
    """`within` is in microseconds before the newest capture; `upto` the bins, by number, and their last captures."""

    within: int
    note: str
    upto: dict[int, int]


class RequestReread(Job):
    bin_id: str


class SkipCapture(Job):
    """`bin` is a number. `reader` is the version of the reader that this capture stopped."""

    bin: int
    n: int
    reader: str


class NextEpoch(Job):
    """A number for a ledger that begins."""


class NoteTime(Job):
    now: int


class EndRun(Job):
    now: int


class AddDrill(Job):
    bin_id: str
    id: str
    drill: str


class SetDrill(Job):
    id: str
    running: bool
    drill: str


class SetAnswers(Job):
    """`answers` is packed; None: back to the default."""

    bin_id: str
    role: str
    answers: bytes | None


class SetFault(Job):
    """In the place of the role's fault, if it has one."""

    bin_id: str
    role: str
    id: str
    fault: bytes
    started_at: int
    hits: int
    remaining: int | None
    drill: str | None


class DropFault(Job):
    id: str


class AddAttempt(Job):
    bin_id: str
    n: int
    url: str
    sent_at: int
    status: int | None
    ms: int
    error: str | None
    content_type: str
    body: bytes


class AddSession(Job):
    hash: str
    token_hash: str
    created_at: int
    seen_at: int


class TouchSession(Job):
    hash: str
    seen_at: int


class DropSession(Job):
    hash: str


class DropSessions(Job):
    token_hash: str
    seen_before: int


class Probe(Job):
    """A write of so many bytes, taken back at once."""

    size: int


AnyJob = (
    AddBin | SetBin | RotateKey | DropBin | AddCapture | SetOutcomes | DropCapture | DropCaptures | Sweep
    | SettleUnanswered | RequestReread | SkipCapture | NextEpoch | NoteTime | EndRun
    | AddDrill | SetDrill | SetAnswers | SetFault | DropFault | AddAttempt
    | AddSession | TouchSession | DropSession | DropSessions | Probe
)  # fmt: skip

# Jobs that make room: on a full disk they are done while nothing else is.
DELETES = (DropBin, DropCapture, DropCaptures, DropSession, Sweep)


class LogPosition(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """How far the log of one bin (by its number) is: the highest numbers of captures, outcomes and deletions, and the
    version of its settings. What the ledger must have reached to show a write."""

    bin: int
    n: int
    k: int
    d: int
    version: int


class Result(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """What became of one job. `error` is None when it is durable, else a name of `FAILURES`. `value`: a capture's n, an
    epoch, the number of an attempt; for a sweep what it removed, with `next` the bin to go on after (None: done)."""

    error: str | None = None
    message: str = ""
    value: int = 0
    next: int | None = None


class LogFileStatus(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """How the file of the log is. `wal_bytes` is the size of the write-ahead log; `checkpoint` says why it could not be
    copied into the database (None: it could); `held`: a reader keeps it from being reused."""

    wal_bytes: int = 0
    checkpoint: str | None = None
    held: bool = False


class Results(msgspec.Struct, array_like=True, gc=False):
    """The answer to one batch, in its order; how far the bins are that it changed; and how the file is."""

    results: list[Result]
    marks: list[LogPosition] = []
    condition: LogFileStatus = LogFileStatus()


class Opened(msgspec.Struct, array_like=True, gc=False):
    """The first frame of the process. `error`: why the log cannot be opened, with the cure; None: it is open.

    `log` is the id of the file. `seen_at` is the latest time that the clock was trusted to show before it was opened.
    """

    error: str | None
    log: str = ""
    seen_at: int | None = None


# not_found, conflict: the job's own fault. full: nothing can be written now. gone: the files have lost their names.
# suspect: what is on the disk is not known, so the process ends and the file is checked. broken: a fault of smsbin.
FAILURES = ("not_found", "conflict", "full", "gone", "suspect", "broken")

encode_jobs = msgspec.msgpack.Encoder().encode
decode_jobs = msgspec.msgpack.Decoder(list[AnyJob]).decode
encode = msgspec.msgpack.Encoder().encode
decode_results = msgspec.msgpack.Decoder(Results).decode
decode_opened = msgspec.msgpack.Decoder(Opened).decode
