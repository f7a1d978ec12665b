"""The process that compares a file with a bin: `python -m <package>.reconciler`, one for each file.

It gets its job as a line of JSON and reports in lines of JSON. It is a process of its own because a million rows keep a
processor busy for a minute; it has the lowest priority, reads the ledger in short steps, and writes a file of its own,
so that captures, the follower and pages are not delayed.
"""

import os
import resource
import sqlite3
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import partial
from itertools import islice
from pathlib import Path
from tempfile import TemporaryFile
from typing import Literal

import msgspec

from . import clock
from .domain.reconciliation.digests import Digests
from .domain.reconciliation.kept import FileColumns, KeptNote, KeptRecord, Reconciliation
from .domain.reconciliation.matching import Reconciler
from .domain.reconciliation.model import ReconciliationScope, ReconciliationSummary, UnlistedMessage
from .domain.reconciliation.records import ProviderNote, Record, RecordTime
from .domain.reconciliation.verdicts import RecordVerdict
from .errors import AppError, Invalid
from .records.failures import UnknownColumns
from .records.files import RecordFile, open_records
from .records.guessing import guess_columns
from .records.picking import own_cells
from .services.reconciliations.job import (
    CompareJob,
    CompareReport,
    DoneReport,
    ProblemReport,
    ProgressReport,
    decode_job,
    encode_line,
)
from .services.reconciliations.scope import joined
from .services.reconciliations.spool import RecordSpool, SpooledRecord
from .services.reconciliations.zones import read_zone
from .storage.seen_messages import OpenLedger, SeenReader, SpaceChanged
from .storage.sqlite.ledger_rows import open_ledger_rows
from .storage.sqlite.result_files import ResultWriter, new_result, read_failed_notes, read_verdicts

MAX_MEMORY = 2 << 30
"""Bytes of address space: a bug must not take the memory of the server."""

REPORT_S = 0.25
_ROWS = 1_000
_TRIES = 3
_MOST_SHOWN = 5

Report = Callable[[CompareReport], None]


def main() -> None:
    """Compare one file, and print the reports."""
    _limit_resources()
    run(decode_job(sys.stdin.buffer.readline()), _print)


def run(job: CompareJob, report: Report) -> None:
    """Compare one file. The last report is that it is done, or why it cannot be compared."""
    try:
        reconcile(job, report)
    except UnknownColumns as error:
        shown = tuple(error.rows[:_MOST_SHOWN])
        unknown = FileColumns(columns=error.columns, guess=guess_columns(error.columns, error.rows), rows=shown)
        report(ProblemReport(message=_text(error), unknown=unknown))
    except AppError as error:
        report(ProblemReport(message=_text(error)))
    except MemoryError:
        report(ProblemReport(message="The file needs too much memory. Export a shorter time."))
    except (sqlite3.Error, OSError) as error:
        report(ProblemReport(message=f"The result cannot be written: {error}"))
    else:
        report(DoneReport())


def reconcile(job: CompareJob, report: Report) -> None:
    """Compare a file with a bin, and write the result. Raises AppError with the cure, sqlite3.Error, OSError."""
    for attempt in range(1, _TRIES + 1):
        try:
            _Comparison(job, report).run()
        except SpaceChanged:
            if attempt == _TRIES:
                raise
        else:
            return


def _ledger_of(job: CompareJob) -> OpenLedger:
    if "://" not in job.ledger:
        return partial(open_ledger_rows, Path(job.ledger))
    # The driver is optional.
    from .storage.postgres.ledger_rows import open_shared_ledger_rows

    return partial(open_shared_ledger_rows, job.ledger)


class _Comparison:
    def __init__(self, job: CompareJob, report: Report) -> None:
        self._job = job
        self._progress = _ProgressReports(report)
        self._digests = Digests(job.key)
        self._seen = SeenReader(_ledger_of(job), job.bin_id, self._progress.messages)

    def run(self) -> None:
        """Read both sides, compare, and write the result."""
        job, scope = self._job, _scope_of(self._job)
        join = Reconciler(scope, job.key)
        notes: list[KeptNote] = []
        result = Path(job.result)
        with Path(job.path).open("rb") as file, TemporaryFile(dir=result.parent) as spool_file:
            spool = RecordSpool(spool_file)
            # A file that cannot be read is refused before the messages are.
            opened = open_records(file, job.mapping, self._progress.bytes)
            for message in self._seen.messages():
                join.add_message(message)
            for note in self._earlier_notes():
                join.add(note)
            for entry in opened.entries():
                join.add(entry)
                if isinstance(entry, ProviderNote):
                    notes.append(_kept_note(entry))
                else:
                    spool.add(self._spooled(entry, opened.columns))
            self._progress.comparing()
            join.finish(self._with_seen(scope))
            with new_result(result) as writer:
                self._write(writer, join, notes, opened, spool)

    def _with_seen(self, scope: ReconciliationScope) -> ReconciliationScope:
        """The scope, with what the requests themselves show."""
        errors, faults = self._seen.errors.intervals(), self._seen.faults.intervals()
        return replace(scope, errors=errors, faults=joined([*scope.faults, *faults]))

    def _write(
        self, writer: ResultWriter, join: Reconciler, notes: list[KeptNote], opened: RecordFile, spool: RecordSpool
    ) -> None:
        job, summary = self._job, replace(join.summary(), notes=len(notes))
        superseded = _Superseded(job.older)
        number = 0
        for record, result in zip(spool.records(), join.results(), strict=True):
            number += 1
            superseded.add(record.key)
            writer.add(record.with_result(number, result))
            self._progress.rows(number, summary.records)
        for kept in self._unlisted(join.unlisted(), number):
            writer.add(kept)
        writer.add_notes(notes)
        writer.finish(self._head(opened, summary, superseded.counts()))

    def _earlier_notes(self) -> Iterator[ProviderNote]:
        """What earlier files state about calls that failed: a provider lists messages and alerts in different files."""
        for path in self._job.older.values():
            with suppress(AppError):  # it was deleted, or is of another version
                for note in read_failed_notes(Path(path)):
                    yield ProviderNote(row=0, provider=note.provider, about=note.about, ok=False)

    def _spooled(self, record: Record, columns: Sequence[str]) -> SpooledRecord:
        whole, _ = self._digests.of_text(record.text)
        with_row = self._job.keep_rows
        return SpooledRecord(
            record.row, record.part, self._key(record, whole), record.provider, record.ids[0] if record.ids else None,
            record.direction, record.sender, record.recipient, _zoned_us(record.ended), record.word, record.status,
            record.error_code, record.price, record.segments, whole.to_bytes(8) if whole else None,
            _original(columns, record) if with_row else None, record.text if with_row else None,
        )  # fmt: skip

    def _key(self, record: Record, text: int) -> int:
        """The identity of a message in all files of a provider."""
        if record.ids:
            return _signed(self._digests.of_id(record.ids[0]))
        time = None if record.time is None else record.time.us
        return _signed(self._digests.of_id(f"{record.sender} {record.recipient} {time} {text} {record.direction}"))

    def _unlisted(self, messages: Iterable[UnlistedMessage], number: int) -> Iterator[KeptRecord]:
        """Messages that the file does not list, with their ids and numbers."""
        for batch in _batches(messages):
            parties = self._seen.parties([each.message for each in batch])
            for each in batch:
                number += 1
                its = parties.get(each.message)
                if its is None:
                    continue  # deleted in the meantime
                key = _signed(self._digests.of_id(its.message_id))
                yield KeptRecord(
                    number, 0, 0, RecordVerdict.ONLY_HERE, (), each.reason, key, its.provider, its.message_id,
                    its.direction, its.sender, its.recipient, each.at_us, its.ended_us, None, its.status, None,
                    its.price, its.segments, None, each.message, each.captures, None, True,
                )  # fmt: skip

    def _head(self, opened: RecordFile, summary: ReconciliationSummary, superseded: dict[str, int]) -> Reconciliation:
        job = self._job
        return Reconciliation(
            id=job.id,
            bin_id=job.bin_id,
            digest=job.digest,
            file=job.file,
            title=opened.shape.title,
            provider=opened.provider,
            because=opened.because,
            columns=opened.columns,
            zone=job.zone,
            made_at=clock.now(),
            summary=summary,
            superseded=superseded,
            has_rows=job.keep_rows,
        )


class _ProgressReports:
    """Reports a few times a second."""

    def __init__(self, report: Report) -> None:
        self._report = report
        self._next = 0.0

    def messages(self, done: int) -> None:
        """So many messages of the bin are read."""
        self._tell("reading", done, None)

    def bytes(self, done: int, total: int) -> None:
        """So much of the file is read."""
        self._tell("reading", done, total)

    def comparing(self) -> None:
        """Both sides are read."""
        self._report(ProgressReport(state="comparing"))

    def rows(self, done: int, total: int) -> None:
        """So many results are written."""
        if done % _ROWS == 0:
            self._tell("saving", done, total)

    def _tell(self, state: Literal["reading", "saving"], done: int, total: int | None) -> None:
        if clock.ticks() >= self._next:
            self._report(ProgressReport(state=state, done=done, total=total))
            self._next = clock.ticks() + REPORT_S


class _Superseded:
    """Counts the records that are in older results, too."""

    def __init__(self, older: Mapping[str, str]) -> None:
        self._older = {id: Path(path) for id, path in older.items()}
        self._counts = dict.fromkeys(older, 0)
        self._keys: list[int] = []

    def add(self, key: int) -> None:
        """One more record."""
        self._keys.append(key)
        if len(self._keys) >= _ROWS:
            self._look()

    def counts(self) -> dict[str, int]:
        """By the id of the older result, without those that share none."""
        self._look()
        return {id: count for id, count in self._counts.items() if count}

    def _look(self) -> None:
        for id, path in self._older.items():
            with suppress(AppError):  # it was deleted, or is of another version
                self._counts[id] += len(read_verdicts(path, self._keys))
        self._keys.clear()


def _scope_of(job: CompareJob) -> ReconciliationScope:
    try:
        zone = None if job.zone is None else read_zone(job.zone)
    except ValueError as error:
        raise Invalid(("zone", str(error))) from None
    return ReconciliationScope(
        made_us=job.made_us, kept_us=job.kept_us, now_us=job.now_us, down=job.down, faults=job.faults,
        moved_us=job.moved_us, zone=zone,
    )  # fmt: skip


def _kept_note(note: ProviderNote) -> KeptNote:
    role = None if note.role is None else note.role.value
    return KeptNote(note.about.lower(), note.provider, _zoned_us(note.at), note.ok, note.code, role, note.note)


def _zoned_us(time: RecordTime | None) -> int | None:
    return None if time is None or not time.zoned else time.us


def _original(columns: Sequence[str], record: Record) -> str:
    return msgspec.json.encode(own_cells(columns, record.original)).decode()


def _signed(digest: int) -> int:
    """As SQLite stores it."""
    return digest - (1 << 64) if digest >= 1 << 63 else digest


def _batches(messages: Iterable[UnlistedMessage]) -> Iterator[list[UnlistedMessage]]:
    left = iter(messages)
    while batch := list(islice(left, _ROWS)):
        yield batch


def _text(error: AppError) -> str:
    """The problem in one sentence, without the name of a field."""
    return "; ".join(text for _, text in error.problems) if isinstance(error, Invalid) else str(error)


def _limit_resources() -> None:
    """The lowest priority, and a limit of the memory, where the system has them."""
    with suppress(OSError):
        os.nice(19)
    with suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_AS, (MAX_MEMORY, resource.RLIM_INFINITY))
    os.umask(0o077)


def _print(report: CompareReport) -> None:
    """Ends the process when the server is gone."""
    sys.stdout.buffer.write(encode_line(report) + b"\n")
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
