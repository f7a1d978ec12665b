"""The Store on SQLite: two files, each written by one process. The server only reads them."""

import os
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from pathlib import Path

from ...domain.reader import DEFAULT_READER_CONTEXT, ReaderContext
from ...store import Store
from ..base_store import LEDGER_READ_S, LEDGER_READERS, LOG_READERS, BaseStore, follower_program
from ..children import Program
from ..ledger.client import LedgerClient
from ..ledger.protocol import LedgerBegins
from ..lock import lock_directory
from ..log.client import LogClient
from ..log.process import MODULE
from .log_file import refuse_unusable
from .readers import ReadPool


class SqliteStore(BaseStore):
    """Implements `Store`."""

    _is_shared = False

    def __init__(
        self, data_dir: Path, keep_open: Sequence[int], context: ReaderContext = DEFAULT_READER_CONTEXT
    ) -> None:
        super().__init__()
        log, ledger = data_dir / "log.db", data_dir / "ledger.db"
        self._appender = LogClient(log_program(log), keep_open, self._log_grew, log.with_suffix(".suspect"))
        program = follower_program([str(ledger), str(log)], LedgerBegins(context))
        self._follower = LedgerClient(program, self._appender, keep_open, self._changed)
        self._log = ReadPool(log, LOG_READERS)
        self._ledger = ReadPool(
            ledger, LEDGER_READERS, limit_s=LEDGER_READ_S, damaged=self._follower.damaged,
            file=lambda: self._follower.file, missing=self._ledger_problem, attached=log,
        )  # fmt: skip

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


def log_program(path: Path) -> Program:
    """The log process of a file."""
    return Program(MODULE, [str(path)])


@asynccontextmanager
async def open_sqlite(data_dir: Path, context: ReaderContext) -> AsyncIterator[Store]:
    """Lock the directory, start the processes, open the connections; stop everything in reverse order."""
    lock = await lock_directory(data_dir)
    try:
        refuse_unusable(data_dir)
        store = SqliteStore(data_dir, (lock,), context)
        try:
            await store.open()
            yield store
        finally:
            await store.close()
    finally:
        os.close(lock)
