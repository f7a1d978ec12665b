"""Messages between the server and the log process, as MessagePack.

Times are microseconds since 1970, durations are seconds. Only `storage/` uses these.
"""

import msgspec


class Job(msgspec.Struct, array_like=True, tag=True, gc=False):
    """One write, atomic."""


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
    changed_at: int = 0


class DropBin(Job):
    id: str


class AddCapture(Job):
    """A capture. The log process computes the hashes, because the event loop has no time for it.

    `fault` is the hit as MessagePack, `fault_id` the fault whose count it changes.
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


class DropCaptures(Job):
    """Delete all captures of a bin."""

    bin_id: str


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


class RequestReread(Job):
    bin_id: str


class SetMapping(Job):
    """`mapping` is JSON; None removes it. The bin is parsed again."""

    bin_id: str
    mapping: str | None


class SetRecordMapping(Job):
    """How files of the bin's provider are read, as JSON; None removes it. No capture is parsed by it."""

    bin_id: str
    mapping: str | None


class SetSecret(Job):
    """Set the secret of a label, and replace the previous one. The bin is parsed again."""

    bin_id: str
    label: str
    scheme: str | None
    secret: str
    hash: str
    added_at: int


class DropSecret(Job):
    """Remove the secret of a label. The bin is parsed again."""

    bin_id: str
    label: str


class SkipCapture(Job):
    """`bin` is a number. `reader` is the version of the reader that failed on this capture."""

    bin: int
    n: int
    reader: str


class NextEpoch(Job):
    """Get an epoch that no ledger has used."""


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
    """`answers` is MessagePack; None restores the default."""

    bin_id: str
    role: str
    answers: bytes | None


class SetFault(Job):
    """Set the fault of a role and replace the previous one."""

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
    edited: bool = False


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
    """Write this number of bytes and remove them at once."""

    size: int


AnyJob = (
    AddBin | SetBin | RotateKey | DropBin | AddCapture | SetOutcomes | DropCapture | DropCaptures | Sweep
    | SettleUnanswered | RequestReread | SetMapping | SetRecordMapping | SetSecret | DropSecret | SkipCapture
    | NextEpoch | NoteTime | EndRun | AddDrill | SetDrill | SetAnswers | SetFault | DropFault | AddAttempt
    | AddSession | TouchSession | DropSession | DropSessions | Probe
)  # fmt: skip

# Jobs that free space. On a full disk they are run while others are refused.
DELETES = (DropBin, DropCapture, DropCaptures, DropSession, Sweep)


class LogPosition(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """The position of one bin in the log: its highest numbers of captures, outcomes and deletions, and the version
    of its settings. A read shows a write when the ledger has reached its position."""

    bin: int
    n: int
    k: int
    d: int
    version: int


class Result(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """The result of one job. `error` is None when it is durable, else one of `FAILURES`. `value`: the n of a
    capture, an epoch, or the number of an attempt; of a sweep the number of captures it removed, and then `next` is
    the bin after which it continues (None: it is done)."""

    error: str | None = None
    message: str = ""
    value: int = 0
    next: int | None = None


class LogFileStatus(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """The state of the log file. `wal_bytes`: size of the write-ahead log. `checkpoint`: why it could not be copied
    into the database, or None. `held`: a reader prevents its reuse."""

    wal_bytes: int = 0
    checkpoint: str | None = None
    held: bool = False


class Results(msgspec.Struct, array_like=True, gc=False):
    """The results of a batch in its order, the positions of the bins that it changed, and the state of the file."""

    results: list[Result]
    positions: list[LogPosition] = []
    condition: LogFileStatus = LogFileStatus()


class Opened(msgspec.Struct, array_like=True, gc=False):
    """The first frame of the process. `error`: why the log cannot be opened, with the cure; None when it is open.

    `log` is the id of the file. `seen_at`: the latest time that the wall clock was trusted at before.
    """

    error: str | None
    log: str = ""
    seen_at: int | None = None


# not_found, conflict: an error of the request. full: nothing can be written now. gone: the files were deleted or
# replaced. suspect: the state of the disk is unknown, so the process ends and the file is checked. broken: a bug in
# smsbin.
FAILURES = ("not_found", "conflict", "full", "gone", "suspect", "broken")

encode_jobs = msgspec.msgpack.Encoder().encode
decode_jobs = msgspec.msgpack.Decoder(list[AnyJob]).decode
encode = msgspec.msgpack.Encoder().encode
decode_results = msgspec.msgpack.Decoder(Results).decode
decode_opened = msgspec.msgpack.Decoder(Opened).decode
