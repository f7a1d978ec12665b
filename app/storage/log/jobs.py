"""Messages between the server and the log process, as MessagePack.

Times are microseconds since 1970, durations are seconds. Only `storage/` uses these.
"""

import msgspec

from ...domain.annotations import AnnotationChange


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
    withheld: str | None = None


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


class SetPrivacy(Job):
    """`settings` is JSON; None removes them."""

    bin_id: str
    settings: str | None


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


class SetFilter(Job):
    """Add a saved filter, or replace the one with this id."""

    bin_id: str
    id: str
    name: str
    filter: str
    saved_at: int


class DropFilter(Job):
    bin_id: str
    id: str


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


class SetWiretap(Job):
    """`wiretap` is JSON; None removes it."""

    bin_id: str
    role: str
    wiretap: str | None


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
    forward: str | None = None
    trigger: str = "manual"
    sent: bytes = b""
    event: int | None = None
    listener: str | None = None


class AddForward(Job):
    """`forward` and `health` are JSON. `position` None: that of the last capture."""

    bin_id: str
    id: str
    made_at: int
    forward: str
    health: str
    secret: str | None
    position: int | None


class SetForward(Job):
    id: str
    forward: str
    health: str
    secret: str | None


class DropForward(Job):
    id: str


class DispatchRecord(msgspec.Struct, array_like=True, gc=False):
    """An element of `MarkDispatches`: the new state of a dispatch, and the attempts that led to it. `arrived`: a
    JSON array, or None."""

    n: int
    state: str
    tries: int
    step: int
    due_at: int | None
    status: int | None
    message: str | None
    trigger: str | None
    attempts: list[AddAttempt]
    arrived: str | None = None


class MarkDispatches(Job):
    """What changed in a forward. Dispatches of deleted captures, and of a deleted forward, are ignored."""

    id: str
    now: int
    health: str
    position: int | None
    dispatches: list[DispatchRecord]


class RetryDispatches(Job):
    """Send dispatches again at once, at most `limit` of them; the result is their number."""

    id: str
    now: int
    states: list[str]
    trigger: str
    first: int
    last: int
    lowest: int | None
    highest: int | None
    restart: bool
    limit: int


class AddToken(Job):
    id: str
    hash: str
    name: str
    role: str
    bins: str | None
    made_at: int
    expires_at: int | None


class TouchToken(Job):
    id: str
    used_at: int


class DropToken(Job):
    """Delete a token with the sessions that it opened."""

    id: str


class AddAlert(Job):
    """`alert` and `state` are JSON. `position` None: that of the last capture."""

    bin_id: str
    id: str
    made_at: int
    alert: str
    state: str
    secret: str | None
    position: int | None


class SetAlert(Job):
    """`restart`: only later captures are looked at."""

    id: str
    alert: str
    state: str
    secret: str | None
    restart: bool


class DropAlert(Job):
    id: str


class AlertDeliveryRecord(msgspec.Struct, array_like=True, gc=False):
    """A delivery of a notice."""

    target: str
    number: int
    state: str
    tries: int
    due_at: int | None
    status: int | None
    error: str | None


class AlertNoticeRecord(msgspec.Struct, array_like=True, gc=False):
    """An element of `AlertRecord`: a new notice, as JSON."""

    number: int
    notice: str
    deliveries: list[AlertDeliveryRecord]


class AlertRecord(msgspec.Struct, array_like=True, gc=False):
    """An element of `MarkAlerts`: the new state of an alert, and its new notices."""

    id: str
    state: str
    position: int
    notices: list[AlertNoticeRecord]


class MarkAlerts(Job):
    """What changed in alerts. Deleted ones are ignored."""

    alerts: list[AlertRecord]
    most_open: int
    most_notices: int


class MarkAlertDeliveries(Job):
    """The results of attempts, for an alert each. Deleted ones are ignored."""

    deliveries: list[tuple[str, AlertDeliveryRecord]]


class OpenListener(Job):
    """Add a listener, or set its cursor. `cursor` None: where it is, and a new one after the last capture."""

    bin_id: str
    name: str
    now: int
    cursor: int | None


class MarkListener(Job):
    """What changed in a listener. `sent` and `last` are JSON. Ignored for a deleted one, except its attempts."""

    bin_id: str
    name: str
    seen_at: int
    cursor: int
    sent: str
    last: str | None
    attempts: list[AddAttempt]


class DropListener(Job):
    bin_id: str
    name: str


class AddSession(Job):
    hash: str
    token_hash: str
    created_at: int
    seen_at: int
    agent: str
    peer: str


class TouchSession(Job):
    hash: str
    seen_at: int


class DropSession(Job):
    hash: str


class DropSessions(Job):
    token_hash: str
    seen_before: int


class PutAuditEntry(Job):
    """Add an entry of the audit log, or replace the one with this id. `facts` is JSON."""

    id: str
    at: int
    last_at: int
    who: str | None
    via: str
    peer: str | None
    action: str
    bin: str | None
    bin_name: str | None
    facts: str
    status: int | None
    result: str | None
    times: int


class TrimAuditLog(Job):
    """Delete some entries that are too old or too many; the result is their number."""

    before: int | None
    most: int
    most_unknown: int


class Probe(Job):
    """Write this number of bytes and remove them at once."""

    size: int


AnyJob = (
    AddBin | SetBin | RotateKey | DropBin | AddCapture | SetOutcomes | DropCapture | DropSome | DropCaptures | Annotate
    | Sweep | SettleUnanswered | RequestReread | SetMapping | SetRecordMapping | SetPrivacy | SetSecret | DropSecret
    | SkipCapture | NextEpoch | NoteTime | EndRun | AddDrill | SetDrill | SetAnswers | SetWiretap | SetFault | DropFault
    | AddAttempt
    | AddForward | SetForward | DropForward | MarkDispatches | RetryDispatches
    | OpenListener | MarkListener | DropListener
    | AddAlert | SetAlert | DropAlert | MarkAlerts | MarkAlertDeliveries
    | AddToken | TouchToken | DropToken | AddSession | TouchSession | DropSession | DropSessions
    | Probe | SetFilter | DropFilter | PutAuditEntry | TrimAuditLog
)  # fmt: skip

# Jobs that free space. On a full disk they are run while others are refused.
DELETES = (
    DropBin, DropCapture, DropSome, DropCaptures, DropForward, DropAlert, DropToken, DropSession, Sweep, TrimAuditLog,
)  # fmt: skip
# Jobs that may use the space of the reserve file, too: a deletion is in the audit log.
ON_FULL_DISK = (*DELETES, PutAuditEntry)

encode_jobs = msgspec.msgpack.Encoder().encode
decode_jobs = msgspec.msgpack.Decoder(list[AnyJob]).decode
