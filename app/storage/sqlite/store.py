"""The Store on SQLite: two files, each written by one process. The server only reads them."""

import asyncio
import os
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from pathlib import Path

import msgspec

from ... import clock
from ...domain.annotations import AnnotationChange
from ...domain.bins import Bin, NewBin
from ...domain.captures import NewCapture, NewOutcome
from ...domain.reader import DEFAULT_READER_CONTEXT, ReaderContext
from ...domain.units import from_micros, micros
from ...domain.withheld import write_withheld
from ...errors import StoreUnavailable
from ...store import Health, LedgerStatus, StepResult, Store, SweepResult
from ..ledger.client import LedgerClient
from ..lock import lock_directory
from ..log import jobs
from ..log.client import LogClient
from ..log.jobs import Job
from ..log.results import LogPosition
from ..packing import pack
from ..reads.access import AccessReads
from ..reads.alerts import AlertReads
from ..reads.audit import AuditReads
from ..reads.bins import BinReads
from ..reads.captures import CaptureReads
from ..reads.decisions import DecisionReads
from ..reads.forwards import ForwardReads
from ..reads.listeners import ListenerReads
from ..reads.pairings import PairingReads
from ..reads.privacy import PrivacyReads
from ..reads.reader_settings import ReaderSettingsReads
from ..reads.reconciliations import ReconciliationReads
from ..reads.saved_filters import SavedFilterReads
from ..reads.settling import SettlingReads
from ..reads.shares import ShareReads
from ..reads.values import ValueReads
from ..reads.volume import VolumeReads
from .log_file import refuse_older
from .readers import ReadPool

# The child process that parses captures with the data sheets of the providers.
FOLLOWER = f"{__package__.split('.')[0]}.follower"
LOG_READERS, LEDGER_READERS = 2, 3
# The time limit of reads of the ledger. Reads of the log have none, as they look up rows by number.
LEDGER_READ_S = 1.0
# How long a start waits for the ledger; captures are stored without it.
LEDGER_OPEN_S = 10.0
# After a crash, many captures may have to be examined at the start.
SETTLE_WAIT_S = 60.0


class SqliteStore(
    AccessReads, AlertReads, AuditReads, BinReads, CaptureReads, PairingReads, VolumeReads, DecisionReads, ForwardReads,
    ListenerReads, ReaderSettingsReads, PrivacyReads, ReconciliationReads, SavedFilterReads, SettlingReads,
    ShareReads, ValueReads,
):  # fmt: skip
    """Implements `Store`, which documents the methods."""

    def __init__(
        self, data_dir: Path, keep_open: Sequence[int], context: ReaderContext = DEFAULT_READER_CONTEXT
    ) -> None:
        log_path, ledger_path = data_dir / "log.db", data_dir / "ledger.db"
        self._listeners: list[Callable[[str], None]] = []
        self._numbers: dict[str, int] = {}
        self._seen_at: datetime | None = None
        # Bins at the opening, with the number of their last capture.
        self._found: dict[int, int] = {}
        self._appender = LogClient(log_path, keep_open, self._log_grew)
        self._follower = LedgerClient(
            FOLLOWER, ledger_path, log_path, self._appender, keep_open, self._changed, context
        )
        self._log = ReadPool(log_path, LOG_READERS)
        self._ledger = ReadPool(
            ledger_path, LEDGER_READERS, limit_s=LEDGER_READ_S, damaged=self._follower.damaged,
            file=lambda: self._follower.file, missing=self._ledger_problem, attached=log_path,
        )  # fmt: skip

    @property
    def is_shared(self) -> bool:
        return False

    async def open(self) -> None:
        """Start both processes. Raises CannotStart if the log cannot be opened."""
        opened = await self._appender.start()
        self._seen_at = None if opened.seen_at is None else from_micros(opened.seen_at)
        positions = [LogPosition(*row) for row in await self._log.all("all_marks", {})]
        self._found = {position.bin: position.n for position in positions}
        await self._follower.start(positions, LEDGER_OPEN_S)

    async def close(self) -> None:
        """Write what is queued, give the ledger a moment to catch up, and end both processes."""
        try:
            if self._appender.health().state == "ok":
                await self._appender.submit(jobs.EndRun(micros(clock.now())))
        except StoreUnavailable:
            pass  # the next start handles it as a crash
        # Other programs may read the ledger while no server runs.
        await self._follower.all_caught_up()
        await self._follower.close()
        for readers in (self._ledger, self._log):
            await readers.close()
        await self._appender.close()

    def on_change(self, call: Callable[[str], None]) -> None:
        self._listeners.append(call)

    # Bins

    async def add_bin(self, new: NewBin) -> Bin:
        stuck_s = int(new.stuck_after.total_seconds())
        made_at = micros(new.created_at)
        job = jobs.AddBin(new.id, new.key, new.name, new.provider, _seconds(new.retention), stuck_s, made_at)
        await self._appender.submit(job)
        return await self.get_bin(new.id)

    async def set_bin(
        self, bin_id: str, *, name: str, provider: str | None, retention: timedelta | None, stuck_after: timedelta
    ) -> Bin:
        stuck_s = int(stuck_after.total_seconds())
        await self._appender.submit(jobs.SetBin(bin_id, name, provider, _seconds(retention), stuck_s))
        return await self.get_bin(bin_id)

    async def rotate_key(self, bin_id: str, key: str) -> Bin:
        await self._appender.submit(jobs.RotateKey(bin_id, key, micros(clock.now())))
        return await self.get_bin(bin_id)

    async def drop_bin(self, bin_id: str) -> None:
        number = await self._number(bin_id)
        await self._appender.submit(jobs.DropBin(bin_id))
        self._numbers.pop(bin_id, None)
        await self._follower.caught_up(number)
        self._follower.forget(number)

    # Captures

    def add_capture(self, new: NewCapture) -> asyncio.Future[int]:
        raw, hit = new.raw, new.fault
        return self._appender.append(
            jobs.AddCapture(
                new.bin_id, micros(raw.received_at), new.role.value, raw.method, raw.target, raw.peer,
                raw.http_version, raw.head, raw.body, raw.body_complete, new.provider,
                None if hit is None else pack(hit), None if hit is None else hit.fault, new.simulated,
                raw.framing, raw.refused, None if raw.withheld is None else write_withheld(raw.withheld).decode(),
                new.answer_version if self.is_shared else None,
            )
        )  # fmt: skip

    def note_outcome(self, new: NewOutcome) -> None:
        self._appender.outcomes.note(_outcome(new))

    async def settle_unanswered(self, within: timedelta, note: str) -> None:
        job = jobs.SettleUnanswered(int(within.total_seconds() * 1_000_000), note, self._found)
        await self._appender.submit(job, timeout_s=SETTLE_WAIT_S)

    async def drop_capture(self, bin_id: str, n: int) -> None:
        number = await self._number(bin_id)
        await self._appender.submit(jobs.DropCapture(bin_id, n))
        await self._follower.caught_up(number)

    async def drop_captures(self, bin_id: str, upto: int | None = None) -> None:
        number = await self._number(bin_id)
        await self._appender.submit(jobs.DropCaptures(bin_id, upto))
        await self._follower.caught_up(number)

    async def drop_some(self, bin_id: str, numbers: Sequence[int]) -> StepResult:
        return await self._step(bin_id, numbers, jobs.DropSome(bin_id, list(numbers)))

    async def annotate(self, bin_id: str, numbers: Sequence[int], change: AnnotationChange) -> StepResult:
        return await self._step(bin_id, numbers, jobs.Annotate(bin_id, list(numbers), change))

    async def _step(self, bin_id: str, numbers: Sequence[int], job: Job) -> StepResult:
        number = await self._number(bin_id)
        result = await self._appender.submit(job)
        await self._follower.caught_up(number)
        handled = len(numbers) if result.next is None else result.next
        return StepResult(changed=result.value, handled=handled, refused=result.refused)

    async def sweep(self, now: datetime, default_retention: timedelta, after: int = 0) -> SweepResult:
        kept_s = _seconds(default_retention) or 0
        result = await self._appender.submit(jobs.Sweep(micros(now), kept_s, after, False))
        return SweepResult(removed=result.value, next=result.next)

    async def erase(self) -> SweepResult:
        result = await self._appender.submit(jobs.Sweep(0, 0, 0, True))
        return SweepResult(removed=result.value, next=result.next)

    async def reread(self, bin_id: str) -> None:
        await self._appender.submit(jobs.RequestReread(bin_id))

    # Other servers: there are none

    async def flush(self) -> None:
        return

    async def hold_lease(self, name: str, seconds: float) -> bool:  # noqa: ARG002
        return True

    async def lapsed_leases(self, prefix: str, ago: timedelta) -> Mapping[str, datetime]:  # noqa: ARG002
        return {}

    async def forget_lease(self, name: str) -> None:  # noqa: ARG002
        return

    async def clock_skew(self) -> timedelta:
        return timedelta(0)

    def on_settings_change(self, call: Callable[[str | None], None]) -> None:  # noqa: ARG002
        return

    def on_sign_out(self, call: Callable[[], None]) -> None:  # noqa: ARG002
        return

    # The store itself

    async def probe(self) -> None:
        await self._appender.submit(jobs.Probe(self._appender.probe_size()))

    def health(self) -> Health:
        return self._appender.health()

    def ledger_status(self, bin_id: str | None = None) -> LedgerStatus:
        return self._follower.ledger_status(None if bin_id is None else self._numbers.get(bin_id))

    def last_seen(self) -> datetime | None:
        return self._seen_at

    async def note_time(self, now: datetime) -> None:
        await self._appender.submit(jobs.NoteTime(micros(now)))

    def _ledger_problem(self) -> str:
        reason = self._follower.ledger_status().reason or "the ledger is being opened"
        return f"What was understood cannot be read at the moment: {reason}. What comes is kept, and read soon."

    def _log_grew(self, positions: Sequence[LogPosition]) -> None:
        self._follower.log_grew(positions)

    def _changed(self, bin_id: str) -> None:
        for call in self._listeners:
            call(bin_id)


def _seconds(value: timedelta | None) -> int | None:
    return None if value is None else int(value.total_seconds())


def _outcome(new: NewOutcome) -> jobs.OutcomeRecord:
    outcome = new.outcome
    return jobs.OutcomeRecord(
        new.bin_id, new.n, outcome.status, outcome.after_ms, outcome.sender_left, outcome.left_ms,
        outcome.well_formed, outcome.note, None if outcome.sent is None else msgspec.msgpack.encode(outcome.sent),
    )  # fmt: skip


@asynccontextmanager
async def open_sqlite(data_dir: Path, context: ReaderContext) -> AsyncIterator[Store]:
    """Lock the directory, start the processes, open the connections; stop everything in reverse order."""
    lock = await lock_directory(data_dir)
    try:
        refuse_older(data_dir)
        store = SqliteStore(data_dir, (lock,), context)
        try:
            await store.open()
            yield store
        finally:
            await store.close()
    finally:
        os.close(lock)
