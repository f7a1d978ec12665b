"""The reconciliations of all bins: receives files, has them compared one after the other, and deletes results when they
expire."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

from ... import clock
from ...domain.reconciliation.kept import ENDED, ReconciliationWork, WorkState
from ...domain.reconciliation.mapping import RecordMapping, read_record_mapping, write_record_mapping
from ...errors import Conflict, NotFound
from ...log import get_log
from ...store import ReconciliationArchive, Store
from ...tasks import start_task, stop
from .comparing import compare
from .job import CompareJob, CompareReport, DoneReport, ProblemReport
from .scope import known_times
from .uploads import Upload, Uploads

MOST_WAITING = 4
"""Files that wait to be compared."""

MOST_ENDED = 50
"""Comparisons that have ended and whose state is still known."""

PARSED_WAIT_S = 60.0
"""How long a comparison waits until all requests are parsed."""

EVERY_S = 60.0
_BEHIND = "The requests of this bin are not parsed yet ({behind:,} are left). Try again later."
_log = get_log("reconciliations")


@dataclass(frozen=True, slots=True, kw_only=True)
class CompareSettings:
    """How a file is to be read. `zone`: of its times without one, None: estimated. `keep_rows`: keep the rows of lost
    records as they are in the file."""

    zone: str | None = None
    keep_rows: bool = False


@dataclass(slots=True)
class _Running:
    work: ReconciliationWork
    task: asyncio.Task[None] | None = None


class Reconciling:
    """Use from one event loop only. `ledger` is the file that is compared with, or the URL of its database;
    `retention` that of the server."""

    def __init__(self, store: Store, archive: ReconciliationArchive, ledger: Path | str, retention: timedelta) -> None:
        self._store = store
        self._archive = archive
        self._ledger = ledger
        self._retention = retention
        self._uploads = Uploads(archive.directory, archive.key)
        self._known: dict[tuple[str, str], _Running] = {}
        self._one_at_a_time = asyncio.Semaphore(1)

    async def receive(
        self, bin_id: str, file: str, chunks: AsyncIterator[bytes], settings: CompareSettings,
        mapping: RecordMapping | None = None,
    ) -> ReconciliationWork:  # fmt: skip
        """Receive a file and begin to compare it. The same file, which may be sent any number of times, leads to the
        same reconciliation. A `mapping` is remembered for the bin. Raises NotFound, Conflict (too many are waiting),
        TooLarge, Invalid."""
        await self._store.get_bin(bin_id, wait=False)
        self._refuse_too_many()
        upload = await self._uploads.receive(bin_id, file, chunks)
        return await self._begin(upload, settings, mapping)

    async def again(
        self, bin_id: str, id: str, settings: CompareSettings, mapping: RecordMapping | None = None
    ) -> ReconciliationWork:
        """Compare a received file again with other settings. Raises NotFound when the file is not there any more."""
        upload = self._uploads.get(bin_id, id)
        if upload is None:
            raise NotFound("The file is not kept any more. Choose it again.")
        self._refuse_too_many()
        return await self._begin(upload, settings, mapping)

    def work_of(self, bin_id: str, id: str) -> ReconciliationWork | None:
        """The comparison with this id, if it runs or has ended recently."""
        running = self._known.get((bin_id, id))
        return None if running is None else running.work

    def works(self, bin_id: str) -> list[ReconciliationWork]:
        """The comparisons of a bin that have no result yet, newest first."""
        found = [each.work for each in self._known.values() if each.work.bin_id == bin_id]
        return [work for work in reversed(found) if work.state not in (WorkState.DONE, WorkState.CANCELED)]

    def has_file(self, bin_id: str, id: str) -> bool:
        """Whether the file of a reconciliation can be compared again without sending it."""
        return self._uploads.get(bin_id, id) is not None

    async def cancel(self, bin_id: str, id: str) -> None:
        """End a comparison, and delete its file. An earlier result stays. Raises NotFound."""
        running = self._known.get((bin_id, id))
        if running is None or running.work.state in (WorkState.DONE, WorkState.CANCELED):
            raise NotFound("There is no such comparison.")
        running.work = replace(running.work, state=WorkState.CANCELED)
        if running.task is not None:
            await stop(running.task)
        self._uploads.drop(bin_id, id)

    async def delete(self, bin_id: str, id: str) -> None:
        """Delete a reconciliation with its file, or end the comparison. Raises NotFound."""
        running = self._known.pop((bin_id, id), None)
        if running is not None and running.task is not None:
            await stop(running.task)
        self._uploads.drop(bin_id, id)
        try:
            await self._archive.drop_reconciliation(bin_id, id)
        except NotFound:
            if running is None:
                raise

    async def forget(self, bin_id: str) -> None:
        """The bin was deleted."""
        for key in [key for key in self._known if key[0] == bin_id]:
            running = self._known.pop(key)
            if running.task is not None:
                await stop(running.task)
        self._uploads.drop_of_bin(bin_id)
        await self._archive.drop_of_bin(bin_id)

    async def step(self, *, may_expire: bool = True) -> float:
        """Delete files that were received a while ago and, if the clock is trusted, results that are older than the
        requests that the bin keeps. Returns the seconds until the next call."""
        self._uploads.expire()
        for bin in await self._store.all_bins() if may_expire else ():
            kept = self._retention if bin.retention is None else bin.retention
            for head in await self._archive.list_reconciliations(bin.id) if kept else ():
                if clock.now() - head.made_at > kept:
                    await self.delete(bin.id, head.id)
                    _log.info("reconciliation.expired", bin=bin.id, id=head.id)
        return EVERY_S

    async def close(self) -> None:
        """End all comparisons, and delete the received files."""
        for running in self._known.values():
            if running.task is not None:
                await stop(running.task)
            self._uploads.drop(running.work.bin_id, running.work.id)

    def _refuse_too_many(self) -> None:
        if sum(each.work.state not in ENDED for each in self._known.values()) > MOST_WAITING:
            raise Conflict("Other files are being compared. Try again when they are done.")

    async def _begin(
        self, upload: Upload, settings: CompareSettings, mapping: RecordMapping | None
    ) -> ReconciliationWork:
        if mapping is not None:
            await self._store.set_record_mapping(upload.bin_id, write_record_mapping(mapping))
        key = (upload.bin_id, upload.id)
        before = self._known.pop(key, None)
        if before is not None and before.task is not None:
            await stop(before.task)
        work = ReconciliationWork(
            id=upload.id, bin_id=upload.bin_id, file=upload.file, state=WorkState.WAITING, started_at=clock.now()
        )
        running = self._known[key] = _Running(work)
        running.task = start_task(self._run(running, upload, settings), name="reconciliation")
        for old in [each for each, known in self._known.items() if known.work.state in ENDED][:-MOST_ENDED]:
            del self._known[old]
        return running.work

    async def _run(self, running: _Running, upload: Upload, settings: CompareSettings) -> None:
        try:
            async with self._one_at_a_time:
                await self._wait_until_parsed(upload.bin_id)
                await compare(await self._job(upload, settings), lambda report: _note(running, report))
        except asyncio.CancelledError:
            running.work = replace(running.work, state=WorkState.CANCELED)
            raise
        except Exception as error:
            _log.exception("reconciliation.failed", bin=upload.bin_id)
            running.work = replace(running.work, state=WorkState.FAILED, problem=str(error))

    async def _wait_until_parsed(self, bin_id: str) -> None:
        ends_at = clock.ticks() + PARSED_WAIT_S
        while True:
            await self._store.get_bin(bin_id)
            status = self._store.ledger_status(bin_id)
            if status.state == "ok" and not status.behind:
                return
            if clock.ticks() > ends_at:
                raise Conflict(_BEHIND.format(behind=status.behind))
            await asyncio.sleep(0.2)

    async def _job(self, upload: Upload, settings: CompareSettings) -> CompareJob:
        bin_id, path_of = upload.bin_id, self._archive.path_of
        times = await known_times(self._store, bin_id, self._retention, clock.now())
        older = [head.id for head in await self._archive.list_reconciliations(bin_id) if head.id != upload.id]
        return CompareJob(
            id=upload.id, bin_id=bin_id, path=str(upload.path), file=upload.file, digest=upload.digest,
            result=str(path_of(bin_id, upload.id)), ledger=str(self._ledger), key=self._archive.key,
            zone=settings.zone, mapping=await self._mapping(bin_id),
            keep_rows=settings.keep_rows, older={id: str(path_of(bin_id, id)) for id in older},
            made_us=times.made_us, kept_us=times.kept_us, now_us=times.now_us, down=times.down, faults=times.faults,
            moved_us=times.moved_us,
        )  # fmt: skip

    async def _mapping(self, bin_id: str) -> RecordMapping | None:
        text = await self._store.get_record_mapping(bin_id)
        try:
            return None if text is None else read_record_mapping(text)
        except ValueError:
            return None  # stored by a newer version; the user chooses the columns again


def _note(running: _Running, report: CompareReport) -> None:
    match report:
        case DoneReport():
            running.work = replace(running.work, state=WorkState.DONE)
        case ProblemReport():
            state = WorkState.FAILED if report.unknown is None else WorkState.NEEDS_COLUMNS
            running.work = replace(running.work, state=state, problem=report.message, unknown=report.unknown)
        case _:
            state = WorkState(report.state)
            running.work = replace(running.work, state=state, done=report.done, total=report.total)
