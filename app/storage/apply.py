"""The write side of SQLite: turns a batch of jobs into one transaction. Runs inside the writer process, and only there.

`n` and `seq` come from the bin's counters, read once per batch and written back once, inside the transaction, so
that number order is visible order, without gaps (P3).
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
# What goes with a bin, beside its captures.
_OF_A_BIN = (
    "erase_deletions", "erase_conversations", "erase_pairings", "forget_verdicts", "forget_gaps", "erase_answers",
    "erase_faults", "erase_drills",
)  # fmt: skip
_ABOUT_A_BIN = (jobs.SetBin, jobs.RotateKey, jobs.DropBin)


class Rejected(Exception):
    """This one job cannot be done; the others of its batch can."""

    def __init__(self, error: str, message: str) -> None:
        self.error = error
        super().__init__(message)


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
        self._eraser = Eraser(connection, self._index, self._counters.pairings, self._next_seq)
        self._rereader = Rereader(connection, self._counters, self._index, self._next_seq)
        self._swept = False
        self._doubt: Result | None = None
        self._players: dict[type[jobs.Job], Callable[[Any], Value]] = {
            **dict.fromkeys(_STATEMENTS, self._state),
            jobs.AddCapture: self._add_capture,
            jobs.SetOutcomes: self._set_outcomes,
            jobs.SetAnswers: self._set_answers,
            jobs.SetFault: self._set_fault,
            jobs.SettleUnanswered: self._settle_unanswered,
            jobs.AddAttempt: self._add_attempt,
            jobs.DropCapture: self._drop_capture,
            jobs.DropCaptures: self._drop_captures,
            jobs.SweepCaptures: self._sweep,
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
        if self._connection.in_transaction or not (self._swept or self._index.is_merging):
            return
        self._swept = False
        try:
            self._index.tidy()
            self._connection.execute("pragma busy_timeout = 50")
            self._connection.execute("pragma incremental_vacuum(2000)").fetchall()
            self._connection.execute("pragma wal_checkpoint(truncate)").fetchall()
        except sqlite3.OperationalError:
            self._swept = True
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
            self._abandon_reread()
        if not self._connection.in_transaction:
            self._connection.execute("begin immediate")
        try:
            values = [self._players[type(job)](job) for job in batch]
            self._counters.flush()
            if self._rereader.number is None:
                self._connection.execute("commit")
        except BaseException:
            self._counters.forget()
            self._rereader.number = None
            if self._connection.in_transaction:
                self._connection.execute("rollback")
            raise
        return [_result(value) for value in values]

    def _abandon_reread(self) -> None:
        self._rereader.number = None
        self._counters.forget()
        self._connection.execute("rollback")

    def _run(self, query: str, **values: object) -> int:
        """One statement, after the captures of the batch so far: jobs take effect in their order."""
        self._counters.flush()
        return self._connection.execute(SQL[query], values).rowcount

    def _state(self, job: jobs.Job) -> None:
        query = _STATEMENTS[type(job)]
        changed = self._run(query, **msgspec.structs.asdict(job))
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

    def _drop_capture(self, job: jobs.DropCapture) -> None:
        number = self._number(job.bin_id)
        row = self._connection.execute(SQL["find_capture"], {"bin": number, "n": job.n}).fetchone()
        if row is None:
            raise Rejected("not_found", f"There is no capture {job.n} in this bin.")
        self._eraser.erase(number, 0, [(row[0], job.n)])
        self._counters.forget_messages()
        self._swept = True
        self._recount(number, [row[1]])
        self._note_deletion(number, job.n, through=False)

    def _add_attempt(self, job: jobs.AddAttempt) -> Stamp:
        values = msgspec.structs.asdict(job)
        number = self._number(values.pop("bin_id"))
        if self._connection.execute(SQL["find_capture"], {"bin": number, "n": job.n}).fetchone() is None:
            raise Rejected("not_found", f"There is no capture {job.n} in this bin.")
        row = self._connection.execute(SQL["add_attempt"], {"bin": number, **values}).fetchone()
        return Stamp(row[0], 0)

    def _drop_captures(self, job: jobs.DropCaptures) -> None:
        number = self._number(job.bin_id)
        self._run("clear_bin", number=number)
        self._run("forget_verdicts", bin=number)
        self._run("forget_gaps", bin=number)
        last_n = self._connection.execute(SQL["get_bin"], {"id": job.bin_id}).fetchone()["last_n"]
        self._note_deletion(number, last_n, through=True)

    # Answers and faults

    def _set_answers(self, job: jobs.SetAnswers) -> None:
        number = self._number(job.bin_id)
        if job.answers is None:
            self._run("drop_answers", bin=number, role=job.role)
        else:
            self._run("set_answers", bin=number, role=job.role, answers=job.answers)

    def _set_fault(self, job: jobs.SetFault) -> None:
        values = msgspec.structs.asdict(job)
        self._run("set_fault", bin=self._number(values.pop("bin_id")), **values)

    def _settle_unanswered(self, job: jobs.SettleUnanswered) -> tuple[str, ...]:
        self._counters.flush()
        bins = settle_unanswered(self._connection, self._counters, job)
        return tuple(dict.fromkeys(bins))

    def _number(self, bin_id: str) -> int:
        self._counters.flush()
        row = self._connection.execute(SQL["get_bin"], {"id": bin_id}).fetchone()
        if row is None:
            raise Rejected("not_found", f"There is no bin {bin_id}.")
        return int(row["number"])

    def _note_deletion(self, number: int, n: int, *, through: bool) -> None:
        if through:
            self._run("forget_deletions", bin=number, n=n)
        self._run("add_deletion", bin=number, seq=self._next_seq(number), n=n, through=through)

    def _next_seq(self, number: int) -> int:
        return int(self._connection.execute(SQL["bump_seq"], {"number": number}).fetchone()[0])

    def _recount(self, number: int, roles: Sequence[str]) -> None:
        self._run(
            "recount", number=number, captures=len(roles), primary=roles.count("primary"),
            fallback=roles.count("fallback"), status=roles.count("status"), voice=roles.count("voice"),
            voice_fallback=roles.count("voice-fallback"),
        )  # fmt: skip

    # The sweep

    def _sweep(self, job: jobs.SweepCaptures) -> Stamp:
        self._counters.flush()
        room = job.limit
        for number, floor_n, retention_s, deleted in self._connection.execute(SQL["sweepable"]).fetchall():
            room -= self._sweep_leftovers(number, floor_n, room)
            if deleted and room > 0:
                for query in _OF_A_BIN:
                    self._run(query, bin=number)
                self._run("erase_bin", number=number)
                continue
            kept_s = job.retention_s if retention_s is None else retention_s
            if kept_s and room > 0:
                room -= self._sweep_old(number, job.now - kept_s * 1_000_000, room)
            if room <= 0:
                break
        self._swept = self._swept or room < job.limit
        self._counters.forget_messages()
        return Stamp(job.limit - room, int(room <= 0))

    def _sweep_leftovers(self, number: int, floor_n: int, limit: int) -> int:
        values = {"bin": number, "floor_n": floor_n, "limit": limit}
        rows = [tuple(row) for row in self._connection.execute(SQL["leftovers"], values)]
        self._eraser.erase(number, floor_n, rows)
        return len(rows)

    def _sweep_old(self, number: int, before: int, limit: int) -> int:
        rows = self._connection.execute(SQL["oldest"], {"bin": number, "limit": limit}).fetchall()
        # By number, never by time alone: a clock that was wrong for an hour must not make holes.
        young = next((index for index, row in enumerate(rows) if row["received_at"] >= before), len(rows))
        due = rows[:young]
        if due:
            last_n = due[-1]["n"]
            self._eraser.erase(number, 0, [(row["id"], row["n"]) for row in due])
            self._run("raise_floor", number=number, n=last_n)
            self._recount(number, [row["role"] for row in due])
            self._note_deletion(number, last_n, through=True)
        return len(due)

    # The clock's work and the index

    def _mark_stuck(self, job: jobs.MarkStuck) -> tuple[str, ...]:
        self._counters.flush()
        values = {"now": job.now, "limit": job.limit}
        rows = self._connection.execute(SQL["overdue"], values).fetchall()
        if rows:
            self._counters.forget_messages()
        for row in rows:
            message = mark_stuck(read_message(row))
            write_again(self._connection, row["bin"], row["id"], message, self._next_seq(row["bin"]))
        return tuple(dict.fromkeys(row["bin_id"] for row in rows))

    def _mark_missing(self, job: jobs.MarkMissing) -> tuple[str, ...]:
        self._counters.flush()
        found = mark_missing(self._connection, self._counters.pairings, self._next_seq, job.now, job.limit)
        if found:
            self._counters.forget_messages()
        return found

    def _index_words(self, job: jobs.IndexWords) -> Stamp:
        self._counters.flush()
        found, more = self._index.advance(job.limit)
        return Stamp(found, int(more))

    # Rebuilding

    def _begin_reread(self, job: jobs.BeginReread) -> Stamp:
        number = self._number(job.bin_id)
        if self._rereader.number not in (None, number):
            raise Rejected("conflict", "Another bin is being read again.")
        floor_n = self._connection.execute(SQL["get_bin"], {"id": job.bin_id}).fetchone()["floor_n"]
        found = self._sweep_leftovers(number, floor_n, job.limit) or self._rereader.begin(number, job.limit)
        return Stamp(found, int(found > 0))

    def _reread(self, job: jobs.Reread) -> None:
        counter = self._counters.of(job.bin_id)
        if counter is None or counter.number != self._rereader.number:
            raise Rejected("conflict", "This bin is not being read again, or something else came in between.")
        self._rereader.step(counter, job.captures)

    def _end_reread(self, job: jobs.EndReread) -> Stamp:
        if self._number(job.bin_id) != self._rereader.number:
            raise Rejected("conflict", "This bin is not being read again, or something else came in between.")
        found = self._rereader.end(job.limit)
        self._swept = self._swept or found == 0
        return Stamp(found, int(found > 0))
