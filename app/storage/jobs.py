"""What the writer can be asked to do: the words between the server and the writer process, as MessagePack.

Times are microseconds since 1970, durations seconds. Only `storage/` speaks this language.
"""

import msgspec

from ..domain.captures import FaultHit, Stamp
from ..domain.events import Event


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
    """`headers` is one text, and nothing is hashed yet: the writer process has time for it, the event loop has not."""

    bin_id: str
    received_at: int
    role: str
    method: str
    target: str
    peer: str
    content_type: str | None
    body_complete: bool
    provider: str | None
    kind: str
    message_id: str | None
    sender: str | None
    recipient: str | None
    text: str | None
    status: str | None
    raw_status: str | None
    problem: str | None
    http_version: str
    headers: bytes
    body: bytes
    findings: str
    words: str
    events: list[Event]
    fault: FaultHit | None
    awaited: bool
    simulated: bool


class SetOutcome(msgspec.Struct, array_like=True, gc=False):
    """Part of `SetOutcomes`. `expected`: nothing that is told about the message changes with it."""

    bin_id: str
    n: int
    status: int | None
    after_ms: int | None
    sender_left: bool
    left_ms: int | None
    well_formed: bool
    note: str | None
    sent: bytes | None
    expected: bool


class SetOutcomes(Job):
    outcomes: list[SetOutcome]


class DropCapture(Job):
    bin_id: str
    n: int


class DropCaptures(Job):
    bin_id: str


class SweepCaptures(Job):
    now: int
    retention_s: int
    limit: int


class MarkStuck(Job):
    now: int
    limit: int


class MarkMissing(Job):
    """Fallbacks that did not come."""

    now: int
    limit: int


class IndexWords(Job):
    limit: int


class BeginReread(Job):
    """The first of the jobs that rebuild a bin; `storage/rereading.py` tells how they go together."""

    bin_id: str
    limit: int


class ReadAgain(msgspec.Struct, array_like=True, gc=False):
    """Part of `Reread`: a stored capture, and what is read in it now."""

    id: int
    n: int
    received_at: int
    print: str
    provider: str | None
    kind: str
    message_id: str | None
    sender: str | None
    recipient: str | None
    text: str | None
    status: str | None
    raw_status: str | None
    problem: str | None
    findings: str
    words: str
    events: list[Event]


class Reread(Job):
    bin_id: str
    captures: list[ReadAgain]


class EndReread(Job):
    bin_id: str
    limit: int


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


class SettleUnanswered(Job):
    """`within` is in microseconds before the newest capture."""

    within: int
    note: str


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
    pass


AnyJob = (
    AddBin | SetBin | RotateKey | DropBin | AddCapture | SetOutcomes | DropCapture | DropCaptures
    | AddDrill | SetDrill | SetAnswers | SetFault | DropFault | SettleUnanswered | AddAttempt
    | SweepCaptures | MarkStuck | MarkMissing | IndexWords | BeginReread | Reread | EndReread
    | AddSession | TouchSession | DropSession | DropSessions | Probe
)  # fmt: skip


# What may stand in the transaction of a rebuilding.
REREAD_JOBS = (BeginReread, Reread, EndReread)

# What a player gives back: two figures, or names.
Value = Stamp | tuple[str, ...] | None


class Result(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """What became of one job. `error` is None when it is durable, else a name of `FAILURES`.

    `value`: a capture's numbers; the two figures of a sweep or an index step travel in the same shape. `names`: the
    bins that changed, where a job may change several.
    """

    error: str | None = None
    message: str = ""
    value: Stamp | None = None
    names: tuple[str, ...] | None = None


# not_found, conflict: the job's own fault. full: nothing can be written now. suspect: the file can't be trusted.
FAILURES = ("not_found", "conflict", "full", "suspect", "broken")

encode_jobs = msgspec.msgpack.Encoder().encode
decode_jobs = msgspec.msgpack.Decoder(list[AnyJob]).decode
encode_results = msgspec.msgpack.Encoder().encode
decode_results = msgspec.msgpack.Decoder(list[Result]).decode
