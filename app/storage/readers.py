"""A few connections that only read. Each query is one statement, so no transaction spans an await."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

import aiosqlite

from ..errors import StoreUnavailable
from .connections import READER_PRAGMAS
from .filters import words_match
from .queries import SQL

COUNT = 3


class Readers:
    """A small pool; whoever asks when all are busy waits for the first that is free."""

    def __init__(self, connections: list[aiosqlite.Connection]) -> None:
        self._free: asyncio.LifoQueue[aiosqlite.Connection] = asyncio.LifoQueue()
        for connection in connections:
            self._free.put_nowait(connection)

    async def all(self, query: str, values: Mapping[str, object]) -> list[sqlite3.Row]:
        """Every row of a named query."""
        return await self.run(SQL[query], values)

    async def ids(self, query: str, values: Mapping[str, object]) -> list[int]:
        """The first column of every row of a named query."""
        return [int(row[0]) for row in await self.all(query, values)]

    async def run(self, text: str, values: Mapping[str, object]) -> list[sqlite3.Row]:
        """Every row of a query that was put together from named ones."""
        connection = await self._free.get()
        try:
            return list(await connection.execute_fetchall(text, values))
        except sqlite3.OperationalError as error:
            raise StoreUnavailable(f"The database cannot be read: {error}") from error
        finally:
            self._free.put_nowait(connection)

    async def one(self, query: str, values: Mapping[str, object]) -> sqlite3.Row | None:
        """The first row, or None."""
        rows = await self.all(query, values)
        return rows[0] if rows else None


@asynccontextmanager
async def open_readers(database: Path) -> AsyncIterator[Readers]:
    """Open the pool after the writer has made the file; close it before the writer goes."""
    connections: list[aiosqlite.Connection] = []
    try:
        for _ in range(COUNT):
            connection = await aiosqlite.connect(database, isolation_level=None)
            connections.append(connection)
            connection.row_factory = sqlite3.Row
            await connection.create_function("words_match", 3, words_match, deterministic=True)
            for name, value in READER_PRAGMAS.items():
                await connection.execute_fetchall(f"pragma {name} = {value}")
        yield Readers(connections)
    finally:
        # aiosqlite's threads are no daemons: one that stays open keeps the process alive.
        await asyncio.gather(*(connection.close() for connection in connections), return_exceptions=True)
