"""The same requests on both engines, and the reads of both: whatever is asked, the answers must be equal."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from app.storage.base_store import BaseStore
from app.storage.ledger.steps import CaptureReader
from app.storage.postgres.connections import connect_async
from app.storage.postgres.readers import PostgresReads
from app.storage.reads.base import DatabaseReads
from app.storage.sqlite.readers import ReadPool
from tests.postgres import Database
from tests.storage.engines import Engine, PostgresEngine, SqliteEngine
from tests.storage.inside import Inside, Ledger
from tests.storage.scripted import read

# Cursors are equal in ledgers of the same epoch.
EPOCH = 100


async def _caught_up(*_: object) -> None:
    """The test lets the ledgers follow."""


class Reads(BaseStore):
    """The reads of a store without its processes."""

    def __init__(self, log: DatabaseReads, ledger: DatabaseReads) -> None:
        super().__init__()
        self._log = log
        self._ledger = ledger
        follower: Any = SimpleNamespace(caught_up=_caught_up, all_caught_up=_caught_up, behind=lambda _: 0)
        self._follower = follower


class Side:
    """The log, the ledger and the reads of one engine."""

    def __init__(self, folder: Path, engine: Engine, log: DatabaseReads, ledger: DatabaseReads) -> None:
        self.inside = Inside(folder, engine)
        self.ledger = Ledger(self.inside, "ledger.db", CaptureReader(read, "1"), EPOCH)
        self.pools = (log, ledger)
        self.reads = Reads(log, ledger)

    async def close(self) -> None:
        for pool in self.pools:
            await pool.close()
        self.ledger.close()
        self.inside.close()


class TwoLedgers:
    """Both engines."""

    def __init__(self, sqlite: Side, postgresql: Side) -> None:
        self.sqlite, self.postgresql = sqlite, postgresql
        self.sides = (sqlite, postgresql)

    def change(self, change: Callable[[Inside], None]) -> None:
        """Change both logs, and let the ledgers follow."""
        for side in self.sides:
            change(side.inside)
            side.ledger.follow()

    def index(self, captures: int) -> None:
        """The search indexes have so many captures more."""
        for side in self.sides if captures else ():
            side.ledger.index(captures)

    async def equal(self, ask: Callable[[Reads], Any]) -> Any:
        """The answer of both; fails if they differ."""
        wanted, found = await ask(self.sqlite.reads), await ask(self.postgresql.reads)
        assert found == wanted
        return found


@asynccontextmanager
async def two_ledgers(folder: Path, make_database: Callable[..., Database]) -> AsyncIterator[TwoLedgers]:
    urls: list[str] = []

    def make(prepare: Callable[[str], None]) -> Database:
        database = make_database(prepare)
        urls.append(database.url)
        return database

    log, ledger = ReadPool(folder / "log.db", 1), ReadPool(folder / "ledger.db", 1, attached=folder / "log.db")
    sqlite = Side(folder, SqliteEngine(folder), log, ledger)
    engine = PostgresEngine(make)
    pool = PostgresReads(partial(connect_async, urls[0], "reads", read_only=True), 1)
    postgresql = Side(folder, engine, pool, pool)
    try:
        yield TwoLedgers(sqlite, postgresql)
    finally:
        await sqlite.close()
        await postgresql.close()
