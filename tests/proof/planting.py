"""Defects to plant into the storage, given by PROOF_PLANTED: each breaks the guarantee, and a proof must detect it."""

import os
import sqlite3
from collections.abc import Callable, Sequence

VARIABLE = "PROOF_PLANTED"


def plant() -> None:
    """Apply the defect that the environment names, if any, in this process."""
    name = os.environ.get(VARIABLE)
    if name:
        MISTAKES[name]()


def _replace(owner: object, name: str, replacement: object) -> None:
    """AttributeError for a name that is gone: a defect that breaks nothing would be planted."""
    getattr(owner, name)
    setattr(owner, name, replacement)


def _no_sync() -> None:
    from app.storage.sqlite import connections

    connections.LOG_PRAGMAS["synchronous"] = 0


def _sync_only_at_checkpoints() -> None:
    from app.storage.sqlite import connections

    connections.LOG_PRAGMAS["synchronous"] = 1


def _captures_wait_for_the_next_batch() -> None:
    from app.storage.log.appender import Appender
    from app.storage.log.jobs import AddCapture, Job
    from app.storage.log.results import Result, Results

    whole = Appender.apply
    waiting: list[AddCapture] = []

    def apply(self: Appender, batch: Sequence[Job]) -> Results:
        others = [job for job in batch if not isinstance(job, AddCapture)]
        results = whole(self, [*waiting, *others])
        del results.results[: len(waiting)]
        waiting[:] = [job for job in batch if isinstance(job, AddCapture)]
        with self._database.read() as transaction:
            last = {job.bin_id: transaction.one("bin_counters", {"id": job.bin_id})["last_n"] for job in waiting}  # type: ignore[index]
        for place, job in enumerate(batch):
            if isinstance(job, AddCapture):
                last[job.bin_id] += 1
                results.results.insert(place, Result(value=last[job.bin_id]))
        return results

    _replace(Appender, "apply", apply)


def _errors_of_a_commit_are_ignored() -> None:
    from app.storage.sqlite.transaction import SqliteDatabase

    def execute(self: SqliteDatabase, text: str) -> None:
        try:
            self._connection.execute(text)
        except sqlite3.Error:
            if self._connection.in_transaction:
                self._connection.execute("rollback")

    _replace(SqliteDatabase, "_execute", execute)


def _doubt_is_ignored() -> None:
    from app.storage.sqlite import log_file

    _replace(log_file, "_rewrite_and_check", lambda path: None)


def _files_are_not_looked_at() -> None:
    from app.storage.sqlite.files import Files

    _replace(Files, "check", lambda self: None)


def _deletions_are_not_recorded() -> None:
    from app.storage.log.batch import Batch

    _replace(Batch, "add_deletion", lambda self, counter, n, *, through: None)


def _a_number_is_given_without_its_row() -> None:
    from app.storage.log.batch import Batch

    whole = Batch.add_capture

    def add_capture(self: Batch, job: object) -> int:
        n = whole(self, job)  # type: ignore[arg-type]
        if n % 40 == 0:
            self._captures.pop()
        return n

    _replace(Batch, "add_capture", add_capture)


def _the_log_is_not_written_again() -> None:
    from app.storage.sqlite import log_file

    _replace(log_file, "rewrite_in_place", lambda path: None)


def _names_of_a_restore_are_not_synced() -> None:
    from app.storage.sqlite import restoring

    _replace(restoring, "sync", lambda path: None)


MISTAKES: dict[str, Callable[[], None]] = {
    "no sync": _no_sync,
    "sync only at checkpoints": _sync_only_at_checkpoints,
    "captures wait for the next batch": _captures_wait_for_the_next_batch,
    "errors of a commit are ignored": _errors_of_a_commit_are_ignored,
    "doubt is ignored": _doubt_is_ignored,
    "the write-ahead log is not written again": _the_log_is_not_written_again,
    "names of a restore are not synced": _names_of_a_restore_are_not_synced,
    "files are not looked at": _files_are_not_looked_at,
    "deletions are not recorded": _deletions_are_not_recorded,
    "a number is given without its row": _a_number_is_given_without_its_row,
}
