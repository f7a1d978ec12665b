"""Messages between the server and the log process, as MessagePack.

Times are microseconds since 1970, durations are seconds. Only `storage/` uses these.
"""

from collections.abc import Iterable

import msgspec

from .access import (
    AddSession,
    AddToken,
    DropSession,
    DropSessions,
    DropToken,
    PutAuditEntry,
    TouchSession,
    TouchToken,
    TrimAuditLog,
)
from .alerts import (
    AddAlert,
    AlertDeliveryRecord,
    AlertNoticeRecord,
    AlertRecord,
    DropAlert,
    MarkAlertDeliveries,
    MarkAlerts,
    SetAlert,
)
from .base import Job
from .bins import AddBin, DropBin, RotateKey, SetBin
from .captures import (
    AddCapture,
    Annotate,
    DropCapture,
    DropCaptures,
    DropSome,
    OutcomeRecord,
    SetOutcomes,
    SettleUnanswered,
    Sweep,
)
from .decisions import (
    AddAttempt,
    AddDrill,
    DropFault,
    DropFilter,
    SetAnswers,
    SetDrill,
    SetFault,
    SetFilter,
    SetPrivacy,
    SetWiretap,
)
from .forwards import (
    AddForward,
    DispatchRecord,
    DropForward,
    DropListener,
    LaterRecord,
    MarkDispatches,
    MarkListener,
    OpenListener,
    RetryDispatches,
    SetForward,
)
from .readers import DropSecret, NextEpoch, RequestReread, SetMapping, SetRecordMapping, SetSecret, SkipCapture
from .shares import AddShare, EndShare, ForgetShares, NoteShareViews
from .simulations import AddMark, PutSimulation, StopSimulation
from .upkeep import EndRun, NoteTime, Probe

AnyJob = (
    AddBin | SetBin | RotateKey | DropBin | AddCapture | SetOutcomes | DropCapture | DropSome | DropCaptures | Annotate
    | Sweep | SettleUnanswered | RequestReread | SetMapping | SetRecordMapping | SetPrivacy | SetSecret | DropSecret
    | SkipCapture | NextEpoch | NoteTime | EndRun | AddDrill | SetDrill | SetAnswers | SetWiretap | SetFault | DropFault
    | AddAttempt
    | AddForward | SetForward | DropForward | MarkDispatches | RetryDispatches
    | OpenListener | MarkListener | DropListener
    | AddAlert | SetAlert | DropAlert | MarkAlerts | MarkAlertDeliveries
    | AddToken | TouchToken | DropToken | AddSession | TouchSession | DropSession | DropSessions
    | AddMark | PutSimulation | StopSimulation
    | AddShare | EndShare | NoteShareViews | ForgetShares
    | Probe | SetFilter | DropFilter | PutAuditEntry | TrimAuditLog
)  # fmt: skip

# Jobs that free space. On a full disk they are run while others are refused.
DELETES = (
    DropBin, DropCapture, DropSome, DropCaptures, DropForward, DropAlert, DropToken, DropSession, EndShare, Sweep,
    TrimAuditLog,
)  # fmt: skip
# Jobs that may use the space of the reserve file, too: a deletion is in the audit log.
ON_FULL_DISK = (*DELETES, PutAuditEntry)


# Jobs about rows of a bin that they do not name: forwards, alerts, drills, simulations.
OF_UNNAMED_BINS = (
    SetForward, DropForward, MarkDispatches, RetryDispatches, SetAlert, DropAlert, MarkAlerts, MarkAlertDeliveries,
    SetDrill, AddMark, PutSimulation, StopSimulation,
)  # fmt: skip


def bins_of(jobs: Iterable[Job]) -> set[str]:
    """The ids of the bins that jobs change, as far as their fields name them."""
    ids: set[str] = set()
    for job in jobs:
        if isinstance(job, SetOutcomes):
            ids.update(outcome.bin_id for outcome in job.outcomes)
        elif isinstance(job, AddBin | SetBin | RotateKey | DropBin):
            ids.add(job.id)
        elif isinstance(bin_id := getattr(job, "bin_id", None), str):
            ids.add(bin_id)
    return ids


encode_jobs = msgspec.msgpack.Encoder().encode
decode_jobs = msgspec.msgpack.Decoder(list[AnyJob]).decode

__all__ = [
    "DELETES",
    "OF_UNNAMED_BINS",
    "ON_FULL_DISK",
    "AddAlert",
    "AddAttempt",
    "AddBin",
    "AddCapture",
    "AddDrill",
    "AddForward",
    "AddMark",
    "AddSession",
    "AddShare",
    "AddToken",
    "AlertDeliveryRecord",
    "AlertNoticeRecord",
    "AlertRecord",
    "Annotate",
    "AnyJob",
    "DispatchRecord",
    "DropAlert",
    "DropBin",
    "DropCapture",
    "DropCaptures",
    "DropFault",
    "DropFilter",
    "DropForward",
    "DropListener",
    "DropSecret",
    "DropSession",
    "DropSessions",
    "DropSome",
    "DropToken",
    "EndRun",
    "EndShare",
    "ForgetShares",
    "Job",
    "LaterRecord",
    "MarkAlertDeliveries",
    "MarkAlerts",
    "MarkDispatches",
    "MarkListener",
    "NextEpoch",
    "NoteShareViews",
    "NoteTime",
    "OpenListener",
    "OutcomeRecord",
    "Probe",
    "PutAuditEntry",
    "PutSimulation",
    "RequestReread",
    "RetryDispatches",
    "RotateKey",
    "SetAlert",
    "SetAnswers",
    "SetBin",
    "SetDrill",
    "SetFault",
    "SetFilter",
    "SetForward",
    "SetMapping",
    "SetOutcomes",
    "SetPrivacy",
    "SetRecordMapping",
    "SetSecret",
    "SetWiretap",
    "SettleUnanswered",
    "SkipCapture",
    "StopSimulation",
    "Sweep",
    "TouchSession",
    "TouchToken",
    "TrimAuditLog",
    "bins_of",
    "decode_jobs",
    "encode_jobs",
]
