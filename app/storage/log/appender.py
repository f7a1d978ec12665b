"""The write side of the log: one transaction for a batch of jobs. Runs in the log process only."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial
from typing import Any

import msgspec

from ... import clock
from ...domain.units import micros
from ..ballast import Ballast
from ..checkpointing import NoBallast
from ..ids import row_id
from ..transaction import CannotWrite, Database, DatabaseError, Deadlock, Doubtful, Duplicate, Gone, Unreachable
from . import jobs
from .alerts import add_alert, drop_alert, mark_alert_deliveries, mark_alerts, set_alert
from .annotating import annotate
from .audit import put_audit_entry, trim_audit_log
from .batch import Batch, Rejected
from .deleting import drop_capture, drop_captures, drop_some, sweep
from .forwards import add_forward, change_forward, mark_dispatches, retry_dispatches
from .jobs import DELETES, OF_UNNAMED_BINS, ON_FULL_DISK, Job, bins_of
from .listeners import drop_listener, mark_listener, open_listener
from .reader_settings import drop_secret, request_reread, set_mapping, set_secret
from .results import Result, Results
from .saved_filters import drop_filter, set_filter
from .settling import settle_unanswered
from .simulations import add_mark, put_simulation, stop_simulation

# Jobs that are one statement; their fields are its parameters.
_STATEMENTS: dict[type[Job], str] = {
    jobs.AddBin: "add_bin",
    jobs.SetBin: "set_bin",
    jobs.RotateKey: "rotate_key",
    jobs.DropBin: "drop_bin",
    jobs.AddToken: "add_token",
    jobs.TouchToken: "touch_token",
    jobs.AddSession: "add_session",
    jobs.TouchSession: "touch_session",
    jobs.DropSession: "drop_session",
    jobs.DropSessions: "drop_sessions",
    jobs.AddShare: "add_share",
    jobs.EndShare: "end_share",
    jobs.NoteShareViews: "note_share_views",
}
_ABOUT_A_BIN = (jobs.AddBin, jobs.SetBin, jobs.RotateKey, jobs.DropBin)

# The first that fits.
_FAILURE_NAMES: dict[type[DatabaseError], str] = {
    Duplicate: "conflict", Unreachable: "away", CannotWrite: "full", Gone: "gone",
}  # fmt: skip

DISK_FULL = "The disk is full. Delete requests or use a larger disk."


class Appender:
    """Owns the writing connection. `run` is the id of this opening of the log; `is_shared`: other servers write the
    log, too."""

    def __init__(self, database: Database, ballast: Ballast | NoBallast, run: str, *, is_shared: bool = False) -> None:
        self._database = database
        self._ballast = ballast
        self._run = run
        self._is_shared = is_shared
        self.has_erased = False
        """Whether deleted bytes may still be in free pages or in the write-ahead log."""
        self._probed = False
        self._run_recorded = False
        self._handlers: dict[type[Job], Callable[[Batch, Any], Result | int | None]] = {
            **dict.fromkeys(_STATEMENTS, _run_statement),
            jobs.AddCapture: Batch.add_capture,
            jobs.SetOutcomes: lambda batch, job: batch.add_outcomes(job.outcomes),
            jobs.SetAnswers: _set_answers,
            jobs.SetWiretap: _set_wiretap,
            jobs.SetFault: _set_fault,
            jobs.DropFault: _drop_fault,
            jobs.AddDrill: _add_drill,
            jobs.SetDrill: lambda batch, job: batch.run("set_drill", msgspec.structs.asdict(job)),
            jobs.AddAttempt: _add_attempt,
            jobs.AddForward: add_forward,
            jobs.SetForward: partial(change_forward, "set_forward"),
            jobs.DropForward: partial(change_forward, "drop_forward"),
            jobs.MarkDispatches: mark_dispatches,
            jobs.RetryDispatches: retry_dispatches,
            jobs.AddAlert: add_alert,
            jobs.SetAlert: set_alert,
            jobs.DropAlert: drop_alert,
            jobs.MarkAlerts: mark_alerts,
            jobs.MarkAlertDeliveries: mark_alert_deliveries,
            jobs.OpenListener: open_listener,
            jobs.MarkListener: mark_listener,
            jobs.DropListener: drop_listener,
            jobs.DropCapture: drop_capture,
            jobs.DropSome: drop_some,
            jobs.DropCaptures: drop_captures,
            jobs.Annotate: annotate,
            jobs.Sweep: sweep,
            jobs.SettleUnanswered: settle_unanswered,
            jobs.RequestReread: _request_reread,
            jobs.SetMapping: set_mapping,
            jobs.SetRecordMapping: _set_record_mapping,
            jobs.SetPrivacy: _set_privacy,
            jobs.SetSecret: set_secret,
            jobs.DropSecret: drop_secret,
            jobs.SetFilter: set_filter,
            jobs.DropFilter: drop_filter,
            jobs.DropToken: _drop_token,
            jobs.ForgetShares: _forget_shares,
            jobs.AddMark: add_mark,
            jobs.PutSimulation: put_simulation,
            jobs.StopSimulation: stop_simulation,
            jobs.PutAuditEntry: put_audit_entry,
            jobs.TrimAuditLog: trim_audit_log,
            jobs.SkipCapture: _skip_capture,
            jobs.NextEpoch: lambda batch, _: batch.transaction.one("next_epoch")[0],  # type: ignore[index]  # one row
            jobs.NoteTime: self._note_time,
            jobs.EndRun: self._end_run,
            jobs.Probe: self._probe,
        }

    def begin(self) -> None:
        """Record this opening of the log. If the disk is full even without the reserve file, the first batch that
        fits does it."""
        while not self._run_recorded:
            try:
                self._commit([])
            except CannotWrite:
                if not self._ballast.release():
                    return

    def apply(self, batch: Sequence[Job]) -> Results:
        """Commit all jobs in one transaction; if that fails, each in a transaction of its own, so that one bad job
        does not fail the others.

        Never raises for a bad job. Raises Doubtful when the state of the disk is unknown; then nothing of the batch
        is confirmed.
        """
        if self._ballast.is_released and not self._ballast.restore():
            return self._delete_only(batch)
        try:
            return self._commit(batch)
        except Doubtful:
            raise
        except Deadlock:
            pass  # one job needs few locks, and the other transaction has continued
        except CannotWrite as error:
            if any(isinstance(job, DELETES) for job in batch) and self._ballast.release():
                return self._delete_only(batch)
            return Results([_failure(error)] * len(batch))
        except Exception as error:
            if len(batch) == 1:
                return Results([_failure(error)])
        return _joined([self._commit_alone(job) for job in batch])

    def _delete_only(self, batch: Sequence[Job]) -> Results:
        """Run the deletions of the batch, with their entries of the audit log, and refuse everything else, because the
        released space is reserved for deletions."""
        refused = Results([Result("full", DISK_FULL)])
        return _joined([self._commit_alone(job) if isinstance(job, ON_FULL_DISK) else refused for job in batch])

    def _commit_alone(self, job: Job) -> Results:
        try:
            return self._commit([job])
        except Doubtful:
            raise
        except Exception as error:
            return Results([_failure(error)])

    def _commit(self, jobs_: Sequence[Job]) -> Results:
        with self._database.write() as transaction:
            if not self._run_recorded:
                transaction.run("begin_run", {"id": self._run, "now": micros(clock.now())})
            batch = Batch(transaction)
            if self._is_shared:
                batch.lock(
                    bins_of(jobs_), unnamed=any(isinstance(job, OF_UNNAMED_BINS) for job in jobs_),
                    audit_log=any(isinstance(job, jobs.PutAuditEntry) for job in jobs_),
                )  # fmt: skip
            values = [self._handlers[type(job)](batch, job) for job in jobs_]
            positions = batch.finish()
        self._run_recorded = True
        results = [value if isinstance(value, Result) else Result(value=value or 0) for value in values]
        self.has_erased = self.has_erased or any(map(_erases, jobs_, results))
        return Results(results, positions)

    def remove_probe(self) -> None:
        """Remove the data of a probe, in a separate transaction: within one transaction the probe would not be
        written to disk."""
        if not self._probed:
            return
        try:
            with self._database.write() as transaction:
                transaction.run("empty_probe")
        except (CannotWrite, Gone):
            return  # the next batch fails with the same error and reports it; after that this is tried again
        self._probed = False

    def _probe(self, batch: Batch, job: jobs.Probe) -> None:
        batch.run("fill_probe", {"size": job.size})
        self._probed = job.size > 0

    def _note_time(self, batch: Batch, job: jobs.NoteTime) -> int:
        batch.run("set_run_seen_at", {"id": self._run, "now": job.now})
        return batch.run("set_seen_at", {"now": job.now})

    def _end_run(self, batch: Batch, job: jobs.EndRun) -> None:
        batch.run("end_run", {"id": self._run, "now": job.now})


def _run_statement(batch: Batch, job: Any) -> None:
    about = job.id if isinstance(job, _ABOUT_A_BIN) else None
    changed = batch.run(_STATEMENTS[type(job)], msgspec.structs.asdict(job), bin_id=about)
    if not changed and about is not None:
        raise Rejected("not_found", f"There is no bin {about}.")


def _set_answers(batch: Batch, job: jobs.SetAnswers) -> None:
    bounds = {"bin": batch.counter(job.bin_id).number, "role": job.role}
    if job.answers is None:
        batch.run("drop_answers", bounds)
    else:
        batch.run("set_answers", {**bounds, "answers": job.answers})
    batch.count_answer_change(job.bin_id)


def _set_wiretap(batch: Batch, job: jobs.SetWiretap) -> None:
    bounds = {"bin": batch.counter(job.bin_id).number, "role": job.role}
    if job.wiretap is None:
        batch.run("drop_wiretap", bounds)
    else:
        batch.run("set_wiretap", {**bounds, "wiretap": job.wiretap})
    batch.count_answer_change(job.bin_id)


def _set_record_mapping(batch: Batch, job: jobs.SetRecordMapping) -> None:
    bounds: dict[str, object] = {"bin": batch.counter(job.bin_id).number}
    if job.mapping is None:
        batch.run("drop_record_mapping", bounds)
    else:
        batch.run("set_record_mapping", {**bounds, "mapping": job.mapping})


def _set_privacy(batch: Batch, job: jobs.SetPrivacy) -> None:
    bounds: dict[str, object] = {"bin": batch.counter(job.bin_id).number}
    if job.settings is None:
        batch.run("drop_privacy", bounds)
    else:
        batch.run("set_privacy", {**bounds, "settings": job.settings})
    batch.count_answer_change(job.bin_id)


def _set_fault(batch: Batch, job: jobs.SetFault) -> None:
    values = msgspec.structs.asdict(job)
    batch.run("set_fault", {"bin": batch.counter(values.pop("bin_id")).number, **values})
    batch.count_answer_change(job.bin_id)


def _drop_fault(batch: Batch, job: jobs.DropFault) -> None:
    with suppress(Rejected):  # the bin is deleted, with its faults
        if batch.run("drop_fault", {"bin": batch.counter(job.bin_id).number, "id": job.id}):
            batch.count_answer_change(job.bin_id)


def _add_drill(batch: Batch, job: jobs.AddDrill) -> None:
    bounds = {"bin": batch.counter(job.bin_id).number, "role": job.role}
    if batch.transaction.one("runs_on_url", bounds) is not None:
        raise Rejected("conflict", "A drill is running on this URL; stop it or wait until it ends.")
    batch.run("add_drill", msgspec.structs.asdict(job))


def _add_attempt(batch: Batch, job: jobs.AddAttempt) -> int:
    values = msgspec.structs.asdict(job)
    counter = batch.counter(values.pop("bin_id"))
    batch.flush()
    id = row_id(counter.number, job.n)
    if job.n <= counter.floor_n or batch.transaction.one("has_capture", {"id": id}) is None:
        raise Rejected("not_found", f"There is no #{job.n} in this bin.")
    row = batch.transaction.one("add_attempt", {"bin": counter.number, **values})
    assert row is not None, "the statement gives the number back"
    return int(row[0])


def _request_reread(batch: Batch, job: jobs.RequestReread) -> None:
    request_reread(batch, job.bin_id)


def _drop_token(batch: Batch, job: jobs.DropToken) -> None:
    batch.run("drop_sessions_of_token", {"id": job.id})
    batch.run("drop_token", {"id": job.id})


def _forget_shares(batch: Batch, job: jobs.ForgetShares) -> None:
    batch.run("forget_shares", {"ended_before": job.ended_before})
    batch.run("end_expired_shares", {"now": job.now})


def _skip_capture(batch: Batch, job: jobs.SkipCapture) -> None:
    batch.run("add_skip", {"id": row_id(job.bin, job.n), "reader": job.reader})


def _erases(job: Job, result: Result) -> bool:
    if isinstance(job, jobs.Sweep | jobs.DropSome):
        return result.value > 0
    # A note that was replaced is deleted text, too.
    return isinstance(job, jobs.DropCapture) or (isinstance(job, jobs.Annotate) and job.change.note is not None)


def _joined(parts: Sequence[Results]) -> Results:
    positions = {position.bin: position for part in parts for position in part.positions}
    return Results([result for part in parts for result in part.results], list(positions.values()))


def _failure(error: Exception) -> Result:
    """An exception as a result that the server can handle."""
    if isinstance(error, Rejected):
        return Result(error.error, str(error))
    name = next((name for kind, name in _FAILURE_NAMES.items() if isinstance(error, kind)), None)
    if name is not None:
        return Result(name, str(error))
    return Result("broken", f"{type(error).__name__}: {error}")
