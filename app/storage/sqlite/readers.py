"""A few connections that only read. Each query is one statement, so no transaction spans an await."""

import asyncio
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import aiosqlite

from ...errors import NotReadable
from ..queries import SQL
from ..reads.filters import words_match
from ..transaction import Damaged, Doubtful
from .connections import READER_PRAGMAS
from .failures import translate


class Readers:
    """Implements `reads.base.Readers` on one database; a query that finds all connections busy waits for the first that
    is free.

    `damaged` is called when the file is found to be no sound database. `file` names the file that is there now: when it
    is another one than before, the connections are opened again; empty: there is none, and `missing` says why. Queries
    raise NotReadable.
    """

    def __init__(
        self,
        path: Path,
        count: int,
        *,
        damaged: Callable[[str], None] = lambda _: None,
        file: Callable[[], str] = lambda: "the only one",
        missing: Callable[[], str] = lambda: "The database is not open.",
    ) -> None:
        self._path = path
        self._count = count
        self._damaged = damaged
        self._file = file
        self._missing = missing
        self._opened: str | None = None
        self._opening = asyncio.Lock()
        self._free: asyncio.LifoQueue[aiosqlite.Connection] = asyncio.LifoQueue()
        self._connections: list[aiosqlite.Connection] = []

    async def all(self, query: str, values: Mapping[str, object]) -> Sequence[sqlite3.Row]:
        """Every row of a named query."""
        return await self.run(SQL[query], values)

    async def ids(self, query: str, values: Mapping[str, object]) -> Sequence[int]:
        """The first column of every row of a named query."""
        return [int(row[0]) for row in await self.all(query, values)]

    async def one(self, query: str, values: Mapping[str, object]) -> sqlite3.Row | None:
        """The first row, or None."""
        rows = await self.all(query, values)
        return rows[0] if rows else None

    async def run(self, text: str, values: Mapping[str, object]) -> Sequence[sqlite3.Row]:
        """Every row of a query that was put together from named ones."""
        file = self._file()
        if file != self._opened:
            await self._open_again(file)
        connection = await self._free.get()
        try:
            return list(await connection.execute_fetchall(text, values))
        except sqlite3.Error as error:
            known = translate(error)
            if known is None:
                raise
            if isinstance(known, Damaged | Doubtful):
                self._damaged(str(known))
            raise NotReadable(f"The database cannot be read: {error}") from error
        finally:
            self._free.put_nowait(connection)

    async def close(self) -> None:
        """aiosqlite's threads are no daemons: one that stays open keeps the process alive."""
        connections, self._connections = self._connections, []
        await asyncio.gather(*(connection.close() for connection in connections), return_exceptions=True)

    async def _open_again(self, file: str) -> None:
        async with self._opening:
            if file == self._opened:
                return
            if not file:
                raise NotReadable(self._missing())
            # Queries that began before end on the old file.
            for _ in self._connections:
                await self._free.get()
            self._opened = None
            await self.close()
            try:
                opened = [await self._connect() for _ in range(self._count)]
            except sqlite3.Error as error:
                await self.close()
                raise NotReadable(f"The database cannot be opened: {error}") from error
            for connection in opened:
                self._free.put_nowait(connection)
            self._opened = file

    async def _connect(self) -> aiosqlite.Connection:
        connection = await aiosqlite.connect(
            f"{self._path.absolute().as_uri()}?mode=rw", uri=True, isolation_level=None
        )
        self._connections.append(connection)
        connection.row_factory = sqlite3.Row
        await connection.create_function("words_match", 3, words_match, deterministic=True)
        for name, value in READER_PRAGMAS.items():
            await connection.execute_fetchall(f"pragma {name} = {value}")
        return connection
