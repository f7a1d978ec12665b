"""The write side of SQLite: turns a batch of jobs into one transaction. Runs inside the writer process, and only there.

`n` and `seq` come from the bin's counters, which are written back once a batch, inside the transaction, so that number
order is visible order, without gaps (P3).
"""

import sqlite3
from collections.abc import Callable, Sequence
from typing import Any

import msgspec

from ..domain.captures import Stamp
from ..domain.folding import mark_stuck
from . import jobs
from .connections import BUSY_MS
from .counters import Counters
from .erasing import Eraser, write_again
from .jobs import Result, Value
from .missing import mark_missing
from .queries import SQL
from .rereading import Rereader
from .rows import read_message
from .search_index import SearchIndex
from .settling import settle_unanswered
from .statements import Rejected, Statements
from .sweeping import Sweeper

# Errors that leave no doubt about what is on disk: nothing of the batch is, and a later one may work.
_FULL = frozenset({"SQLITE_FULL", "SQLITE_BUSY", "SQLITE_READONLY", "SQLITE_CANTOPEN", "SQLITE_NOMEM", "SQLITE_LOCKED"})
# Growing the shared-memory file meets a full disk too, and holds no data of its own.
_FULL_EXTENDED = frozenset({"SQLITE_IOERR_SHMSIZE", "SQLITE_IOERR_SHMOPEN", "SQLITE_IOERR_SHMMAP"})
_SUSPECT = frozenset({"SQLITE_IOERR", "SQLITE_CORRUPT", "SQLITE_NOTADB"})


# Jobs that are one statement: their fields are its parameters.
_STATEMENTS: dict[type[jobs.Job], str] = {
    jobs.AddBin: "add_bin",
    jobs.SetBin: "set_bin",
    jobs.RotateKey: "rotate_key",
    jobs.DropBin: "drop_bin",
    jobs.AddDrill: "add_drill",
    jobs.SetDrill: "set_drill",
    jobs.DropFault: "drop_fault",
    jobs.AddSession: "add_session",
    jobs.TouchSession: "touch_session",
    jobs.DropSession: "drop_session",
    jobs.DropSessions: "drop_sessions",
    jobs.Probe: "probe",
}
_ABOUT_A_BIN = (jobs.SetBin, jobs.RotateKey, jobs.DropBin)


def failure(error: Exception) -> Result:
    """An exception as a result that the server can act on."""
    if isinstance(error, Rejected):
        return Result(error.error, str(error))
    name = getattr(error, "sqlite_errorname", "")
    base = "_".join(name.split("_")[:2])
    if name in _FULL_EXTENDED or base in _FULL:
        return Result("full", f"{error} ({name})")
    if base in _SUSPECT:
        return Result("suspect", f"{error} ({name})")
    if isinstance(error, sqlite3.IntegrityError):
        return Result("conflict", str(error))
    return Result("broken", f"{type(error).__name__}: {error}")


def _result(value: Value) -> Result:
    return Result(value=value) if value is None or isinstance(value, Stamp) else Result(names=value)


class Applier:
    """Owns the writing connection. `apply` never raises for a bad job; it answers with one result per job."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._counters = Counters(connection)
        self._index = SearchIndex(connection)
        self._statements = Statements(connection, self._counters)
        eraser = Eraser(connection, self._index, self._counters.pairings, self._statements.next_seq)
        self._sweeper = Sweeper(connection, self._counters, eraser, self._statements)
        self._rereader = Rereader(connection, self._counters, self._index, self._statements)
        self._doubt: Result | None = None
        self._players: dict[type[jobs.Job], Callable[[Any], Value]] = {
            **dict.fromkeys(_STATEMENTS, self._state),
            jobs.AddCapture: self._add_capture,
            jobs.SetOutcomes: self._set_outcomes,
            jobs.SetAnswers: self._set_answers,
            jobs.SetFault: self._set_fault,
            jobs.SettleUnanswered: self._settle_unanswered,
            jobs.AddAttempt: self._add_attempt,
            jobs.DropCapture: self._sweeper.drop_capture,
            jobs.DropCaptures: self._sweeper.drop_captures,
            jobs.SweepCaptures: self._sweeper.sweep,
            jobs.MarkStuck: self._mark_stuck,
            jobs.MarkMissing: self._mark_missing,
            jobs.IndexWords: self._index_words,
            jobs.BeginReread: self._begin_reread,
            jobs.Reread: self._reread,
            jobs.EndReread: self._end_reread,
        }

    def tidy(self) -> None:
        """After a sweep: give pages back and empty the write-ahead log, so that deleted texts leave the disk.

        A reader in the middle of a page only puts that off; captures never wait for it longer than a moment.
        """
        if self._connection.in_transaction or not (self._sweeper.swept or self._index.is_merging):
            return
        self._sweeper.swept = False
        try:
            self._index.tidy()
            self._connection.execute("pragma busy_timeout = 50")
            self._connection.execute("pragma incremental_vacuum(2000)").fetchall()
            self._connection.execute("pragma wal_checkpoint(truncate)").fetchall()
        except sqlite3.OperationalError:
            self._sweeper.swept = True
        finally:
            self._connection.execute(f"pragma busy_timeout = {BUSY_MS}")

    def apply(self, batch: Sequence[jobs.Job]) -> list[Result]:
        """One transaction for all; where that fails, one for each, so that a bad job takes nobody with it.

        After a write that may be half there nothing is confirmed any more: what this process remembers of the file may
        be wrong, and the next batch is perhaps on its way already.
        """
        if self._doubt is not None:
            return [self._doubt] * len(batch)
        try:
            return self._commit(batch)
        except Exception as error:
            outcome = self._failed(error)
            if len(batch) == 1 or outcome.error in ("full", "suspect"):
                return [outcome] * len(batch)
        return [self._alone(job) for job in batch]

    def _alone(self, job: jobs.Job) -> Result:
        try:
            return self._commit([job])[0] if self._doubt is None else self._doubt
        except Exception as error:
            return self._failed(error)

    def _failed(self, error: Exception) -> Result:
        outcome = failure(error)
        if outcome.error == "suspect":
            self._doubt = outcome
        return outcome

    def _commit(self, batch: Sequence[jobs.Job]) -> list[Result]:
        if self._rereader.number is not None and not all(isinstance(job, jobs.REREAD_JOBS) for job in batch):
            self._give_up()
        if not self._connection.in_transaction:
            self._connection.execute("begin immediate")
        try:
            self._counters.look_ahead(job for job in batch if isinstance(job, jobs.AddCapture))
            values = [self._players[type(job)](job) for job in batch]
            self._counters.write()
            if self._rereader.number is None:
                self._connection.execute("commit")
        except BaseException:
            self._give_up()
            raise
        return [_result(value) for value in values]

    def _give_up(self) -> None:
        """Nothing of the transaction has happened."""
        self._counters.forget()
        was_rereading = self._rereader.number is not None
        self._rereader.number = None
        if self._connection.in_transaction:
            self._connection.execute("rollback")
        if was_rereading:
            self._counters.relearn()

    def _state(self, job: jobs.Job) -> None:
        query = _STATEMENTS[type(job)]
        changed = self._statements.run(query, **msgspec.structs.asdict(job))
        if not changed and isinstance(job, _ABOUT_A_BIN):
            raise Rejected("not_found", f"There is no bin {job.id}.")

    # Captures

    def _add_capture(self, job: jobs.AddCapture) -> Stamp:
        counter = self._counters.of(job.bin_id)
        if counter is None:
            raise Rejected("not_found", f"There is no bin {job.bin_id}.")
        return self._counters.add_capture(counter, job)

    def _set_outcomes(self, job: jobs.SetOutcomes) -> None:
        for outcome in job.outcomes:
            counter = self._counters.of(outcome.bin_id)
            if counter is not None:
                self._counters.add_outcome(counter, outcome)

    def _add_attempt(self, job: jobs.AddAttempt) -> Stamp:
        values = msgspec.structs.asdict(job)
        number = self._statements.number(values.pop("bin_id"))
        if self._connection.execute(SQL["find_capture"], {"bin": number, "n": job.n}).fetchone() is None:
            raise Rejected("not_found", f"There is no capture {job.n} in this bin.")
        row = self._connection.execute(SQL["add_attempt"], {"bin": number, **values}).fetchone()
        return Stamp(row[0], 0)

    # Answers and faults

    def _set_answers(self, job: jobs.SetAnswers) -> None:
        number = self._statements.number(job.bin_id)
        if job.answers is None:
            self._statements.run("drop_answers", bin=number, role=job.role)
        else:
            self._statements.run("set_answers", bin=number, role=job.role, answers=job.answers)

    def _set_fault(self, job: jobs.SetFault) -> None:
        values = msgspec.structs.asdict(job)
        self._statements.run("set_fault", bin=self._statements.number(values.pop("bin_id")), **values)

    def _settle_unanswered(self, job: jobs.SettleUnanswered) -> tuple[str, ...]:
        self._counters.flush()
        bins = settle_unanswered(self._connection, self._counters, job)
        return tuple(dict.fromkeys(bins))

    # The clock's work and the index

    def _mark_stuck(self, job: jobs.MarkStuck) -> tuple[str, ...]:
        self._counters.flush()
        values = {"now": job.now, "limit": job.limit}
        rows = self._connection.execute(SQL["overdue"], values).fetchall()
        if rows:
            self._counters.forget_messages()
        for row in rows:
            message = mark_stuck(read_message(row))
            write_again(self._connection, row["bin"], row["id"], message, self._statements.next_seq(row["bin"]))
        return tuple(dict.fromkeys(row["bin_id"] for row in rows))

    def _mark_missing(self, job: jobs.MarkMissing) -> tuple[str, ...]:
        self._counters.flush()
        found = mark_missing(self._connection, self._counters.pairings, self._statements.next_seq, job.now, job.limit)
        if found:
            self._counters.forget_messages()
        return found

    def _index_words(self, job: jobs.IndexWords) -> Stamp:
        self._counters.flush()
        found, more = self._index.advance(job.limit)
        return Stamp(found, int(more))

    # Rebuilding

    def _begin_reread(self, job: jobs.BeginReread) -> Stamp:
        number = self._statements.number(job.bin_id)
        if self._rereader.number not in (None, number):
            raise Rejected("conflict", "Another bin is being read again.")
        floor_n = self._connection.execute(SQL["get_bin"], {"id": job.bin_id}).fetchone()["floor_n"]
        found = self._sweeper.sweep_leftovers(number, floor_n, job.limit) or self._rereader.begin(number, job.limit)
        return Stamp(found, int(found > 0))

    def _reread(self, job: jobs.Reread) -> None:
        counter = self._counters.of(job.bin_id)
        if counter is None or counter.number != self._rereader.number:
            raise Rejected("conflict", "This bin is not being read again, or something else came in between.")
        self._rereader.step(counter, job.captures)

    def _end_reread(self, job: jobs.EndReread) -> Stamp:
        if self._statements.number(job.bin_id) != self._rereader.number:
            raise Rejected("conflict", "This bin is not being read again, or something else came in between.")
        found = self._rereader.end(job.limit)
        if not found:
            self._counters.relearn()
        self._sweeper.swept = self._sweeper.swept or found == 0
        return Stamp(found, int(found > 0))
