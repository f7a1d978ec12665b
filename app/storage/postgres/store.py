"""The Store on PostgreSQL, which several servers share."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import datetime, timedelta
from functools import partial

from ...domain.bins import Bin
from ...domain.captures import Change
from ...domain.reader import ReaderContext
from ...errors import StoreUnavailable
from ...store import COMMIT_WAIT_S, Store
from ...tasks import start_periodic, stop
from ..base_store import LEDGER_READ_S, LEDGER_READERS, LOG_READERS, BaseStore, follower_program
from ..children import Program
from ..ledger.protocol import LedgerBegins
from ..log import jobs
from ..log.jobs import Job
from ..log.results import LogPosition
from .connections import connect_async
from .engine import ENGINE
from .leases import Leases
from .ledger_client import SharedLedgerClient
from .log_client import ENDS_ACCESS, SharedLogClient
from .notices import ServerNotices
from .polling import Polling
from .readers import PostgresReads

LOG_PROCESS = f"{__package__}.log_process"
# Connections for statements that wait for the disk: flushing, leases, notices.
DIRECT = 2
# Nothing is waited for longer, because a server that does not respond at all ends no connection.
DATABASE_S = COMMIT_WAIT_S


class PostgresStore(BaseStore):
    """Implements `Store`."""

    _is_shared = True

    def __init__(self, url: str, context: ReaderContext) -> None:
        super().__init__()
        self._on_settings: list[Callable[[str | None], None]] = []
        self._on_sign_out: list[Callable[[], None]] = []
        # The last change of each bin that is known to be on the disk.
        self._durable: dict[str, int] = {}
        reading = partial(connect_async, url, "reads", read_only=True)
        self._appender = SharedLogClient(Program(LOG_PROCESS, [], url.encode()), self._log_grew, self._done)
        program = follower_program([], LedgerBegins(context, url))
        self._shared_follower = SharedLedgerClient(
            program, self._appender, self._changed, self._read_positions, self._read_passed, self._changed_unlogged
        )
        self._follower = self._shared_follower
        self._log = PostgresReads(reading, LOG_READERS, limit_s=DATABASE_S)
        self._ledger = PostgresReads(reading, LEDGER_READERS, limit_s=LEDGER_READ_S)
        self._direct = PostgresReads(partial(connect_async, url, "direct"), DIRECT, limit_s=DATABASE_S)
        self._leases = Leases(self._direct, self._appender.run)
        self._notices = ServerNotices(
            self._appender.run, partial(connect_async, url, "notices", read_only=True), self._run_direct, self
        )
        self._poll: asyncio.Task[None] | None = None
        self._polling = Polling(
            self._log,
            self._ledger,
            self._shared_follower.compare_all,
            self._changed,
            lambda: self._notices.is_listening,
        )

    async def open(self) -> None:
        await super().open()
        self._notices.start()
        self._poll = start_periodic(self._polling.step, name="poll")

    async def close(self) -> None:
        # There is none if the log could not be opened.
        if self._poll is not None:
            await stop(self._poll)
        await super().close()
        await self._notices.close()
        with suppress(StoreUnavailable):
            await self._leases.release()
        await self._direct.close()

    # Other servers

    async def flush(self) -> None:
        await self._run_direct("flush", {})

    async def hold_lease(self, name: str, seconds: float) -> bool:
        return await self._leases.hold(name, seconds)

    async def lapsed_leases(self, prefix: str, ago: timedelta) -> Mapping[str, datetime]:
        return await self._leases.lapsed(prefix, ago)

    async def forget_lease(self, name: str) -> None:
        await self._leases.forget(name)

    async def clock_skew(self) -> timedelta:
        return await self._leases.clock_skew()

    def on_settings_change(self, call: Callable[[str | None], None]) -> None:
        self._on_settings.append(call)

    def on_sign_out(self, call: Callable[[], None]) -> None:
        self._on_sign_out.append(call)

    # Reads that give a cursor. The ledger is committed without waiting for the disk, so a crash of the database may
    # undo what was read, and other changes then get the same numbers: a viewer would miss these.

    async def get_bin(self, bin_id: str, *, wait: bool = True, counts: bool = True) -> Bin:
        bin = await super().get_bin(bin_id, wait=wait, counts=counts)
        # A database that takes no writes can be read.
        with suppress(StoreUnavailable):
            await self._make_durable(bin_id, bin.seq)
        return bin

    async def changes_after(self, bin_id: str, after: int, limit: int = 500) -> Sequence[Change]:
        changes = await super().changes_after(bin_id, after, limit)
        if changes:
            await self._make_durable(bin_id, changes[-1].seq)
        return changes

    async def _make_durable(self, bin_id: str, seq: int) -> None:
        if seq > self._durable.get(bin_id, 0):
            await self.flush()
            self._durable[bin_id] = max(seq, self._durable.get(bin_id, 0))

    # Notices of other servers

    def bins_grew(self, numbers: list[int]) -> None:
        """Other servers have appended to these bins."""
        self._shared_follower.look_at(numbers)

    def bins_changed(self, ids: list[str]) -> None:
        """Other servers have changed the ledger of these bins."""
        for bin_id in ids:
            self._changed(bin_id)

    def settings_changed(self, bin_id: str | None) -> None:
        """Other servers have changed settings."""
        for call in self._on_settings:
            call(bin_id)

    def signed_out(self) -> None:
        """Other servers have ended sessions."""
        for call in self._on_sign_out:
            call()

    def may_have_missed(self) -> None:
        """Any of it may have happened. What has grown is found by polling."""
        self.settings_changed(None)
        self.signed_out()

    # Inside

    def _log_grew(self, positions: Sequence[LogPosition]) -> None:
        super()._log_grew(positions)
        self._notices.grew(position.bin for position in positions)

    def _changed_unlogged(self, bin_ids: Sequence[str]) -> None:
        self._notices.changed(bin_ids)

    def _done(self, job: Job) -> None:
        """A job of this server is durable."""
        if isinstance(job, ENDS_ACCESS):
            self._notices.signed_out()
        else:
            self._notices.settings(jobs.bins_of([job]))

    async def _read_positions(self, bin: int | None) -> Sequence[LogPosition]:
        if bin is None:
            return await self._positions()
        return [LogPosition(*row) for row in await self._log.all("marks_of_bin", {"number": bin})]

    async def _read_passed(self, bin: int) -> int:
        rows = await self._ledger.all("passed_number", {"bin": bin})
        return int(rows[0][0] or 0)

    async def _run_direct(self, statement: str, values: dict[str, object]) -> object:
        return await self._direct.run(ENGINE[statement], values)


@asynccontextmanager
async def open_postgres(url: str, context: ReaderContext) -> AsyncIterator[Store]:
    """Start the processes and open the connections; stop everything in reverse order. Raises CannotStart."""
    store = PostgresStore(url, context)
    try:
        await store.open()
        yield store
    finally:
        await store.close()
