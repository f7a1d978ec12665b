"""The store under test on each engine, with a reader that tests control."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import closing
from pathlib import Path

import pytest

from app.domain.bins import Bin
from app.storage import children
from app.storage.children import Child
from app.storage.log import annotating
from app.storage.opening import open_store
from app.storage.postgres.dialect import LEDGER, translate
from app.store import Store

from ..forking import start_new
from ..postgres import Database
from .engines import Engine, PostgresEngine, SqliteEngine
from .postgres.tables import make_tables
from .watching import Owner, watched

Until = Callable[[Callable[[], Awaitable[object]]], Awaitable[None]]


@pytest.fixture(autouse=True)
def _scripted(monkeypatch) -> None:
    monkeypatch.setattr("app.storage.base_store.FOLLOWER", "tests.storage.scripted")


@pytest.fixture
def engine(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Engine:
    """The engine of `inside`: SQLite, and also PostgreSQL for tests with the mark `on_both_engines`."""
    # On a busy machine, too, a step does all that there is to do.
    monkeypatch.setattr(annotating, "STEP_S", 60)
    if getattr(request, "param", "sqlite") == "sqlite":
        return SqliteEngine(tmp_path)
    return PostgresEngine(request.getfixturevalue("make_database"))


@pytest.fixture(params=["sqlite", "postgresql"])
def database_of_engine(request) -> Database | None:
    """The database of PostgreSQL; None for SQLite."""
    if request.param == "sqlite":
        return None
    made: Database = request.getfixturevalue("make_database")(make_tables)
    return made


@pytest.fixture
async def store(tmp_path: Path, database_of_engine: Database | None) -> AsyncIterator[Store]:
    url = None if database_of_engine is None else database_of_engine.url
    async with open_store(tmp_path / "data", database=url) as opened:
        yield opened


@pytest.fixture
def count_rows(tmp_path: Path, database_of_engine: Database | None) -> Callable[[str], int]:
    """The number of rows in a table of the log, read past the store."""

    def count(table: str) -> int:
        if database_of_engine is not None:
            ((found,),) = database_of_engine.peek(f"select count(*) from smsbin_log.{table}")
        else:
            with closing(sqlite3.connect(tmp_path / "data" / "log.db")) as connection:
                ((found,),) = connection.execute(f"select count(*) from {table}")
        return int(found)

    return count


@pytest.fixture
def read_ledger(tmp_path: Path, database_of_engine: Database | None) -> Callable[[str], list[tuple]]:
    """Rows of the ledger, read past the store, by a query that is written for SQLite."""

    def read(query: str) -> list[tuple]:
        if database_of_engine is not None:
            return database_of_engine.peek(translate(query, LEDGER))
        path = tmp_path / "data" / "ledger.db"
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
            return connection.execute(query).fetchall()

    return read


async def until(store: Store, holds: Callable[[], Awaitable[object]], within_s: float = 60) -> None:
    """Wait for changes of the ledger until the condition holds."""
    changed = asyncio.Event()
    store.on_change(lambda _: changed.set())
    async with asyncio.timeout(within_s):
        while not await holds():
            try:
                async with asyncio.timeout(0.5):
                    await changed.wait()
            except TimeoutError:
                continue
            changed.clear()


async def read_again(store: Store, bin: Bin) -> None:
    """Fold all stored captures again. The new space has cursors of another epoch."""
    before = (await store.get_bin(bin.id)).seq
    await store.reread(bin.id)

    async def is_done() -> bool:
        return (await store.get_bin(bin.id)).seq >> 32 > before >> 32

    await until(store, is_done)


@pytest.fixture
def quick_children(monkeypatch) -> None:
    """A process that ends is restarted at once, and one that does not end is killed soon."""
    monkeypatch.setattr(children, "MIN_PAUSE_S", 0.005)
    monkeypatch.setattr(children, "END_S", 0.1)


@pytest.fixture
async def owner() -> Owner:
    return Owner()


@pytest.fixture(params=["started", "forked"])
async def child(request, quick_children: None, owner: Owner, monkeypatch) -> AsyncIterator[Child]:
    """A process that is kept running for its owner. Most tests use forks, which must behave like started processes."""
    if request.param == "started":
        monkeypatch.setattr(children, "start_process", start_new)
    async with watched(owner) as made:
        yield made
