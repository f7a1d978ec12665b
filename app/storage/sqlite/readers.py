"""A pool of read-only connections. Each query is one statement, so no transaction spans an await.

SQLite's progress handler stops a query when its time is over, or when the task that waits for it was cancelled.
"""

import asyncio
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

import aiosqlite

from ...clock import ticks
from ...errors import NotReadable, ReadTooLong
from ...tasks import start_task
from ..queries import SQL
from ..reads.timing import ReadTime, TimedReads
from ..reads.words import WordsMatch
from ..transaction import DamagedFile, Doubtful
from .connections import READER_PRAGMAS
from .failures import translate

# Steps of SQLite's virtual machine between two checks of the time. A row of a search takes a few dozen.
STEPS = 1_000
ATTACH = "attach database ? as log"
_INTERRUPTED = "SQLITE_INTERRUPT"
_FOR_EVER = float("inf")


class _ReadConnection:
    """A connection, and the time until which its query may run."""

    def __init__(self, connection: aiosqlite.Connection) -> None:
        self.connection = connection
        self.ends_at = _FOR_EVER

    def is_over(self) -> bool:
        """The progress handler; SQLite calls it in the thread of the connection."""
        return ticks() >= self.ends_at

    async def stop(self) -> None:
        """Stop the query that runs, or that is about to."""
        self.ends_at = 0.0
        with suppress(ValueError):  # the connection is being closed
            await self.connection.interrupt()


class ReadPool:
    """Implements `reads.base.DatabaseReads` for one database. If all connections are busy, a query waits for the
    first free one.

    A query that runs longer than `limit_s` (None: no limit) raises ReadTooLong. `damaged` is called when the file is
    not a valid database. `file` returns the name of the current file: when it changes, the connections are opened
    again; if it is empty, there is no file, and `missing` returns the reason. Queries raise NotReadable. `attached`
    is another database, whose tables queries name with the prefix `log.`.
    """

    queries: Mapping[str, str] = SQL

    def __init__(
        self,
        path: Path,
        count: int,
        *,
        limit_s: float | None = None,
        damaged: Callable[[str], None] = lambda _: None,
        file: Callable[[], str] = lambda: "the only one",
        missing: Callable[[], str] = lambda: "The database is not open.",
        attached: Path | None = None,
    ) -> None:
        self._path = path
        self._count = count
        self._limit_s = limit_s
        self._damaged = damaged
        self._file = file
        self._missing = missing
        self._attached = attached
        self._opened: str | None = None
        self._opening = asyncio.Lock()
        self._free: asyncio.LifoQueue[_ReadConnection] = asyncio.LifoQueue()
        self._readers: list[_ReadConnection] = []

    async def all(self, query: str, values: Mapping[str, object]) -> Sequence[sqlite3.Row]:
        """All rows of a named query."""
        return await self.run(self.queries[query], values)

    async def ids(self, query: str, values: Mapping[str, object]) -> Sequence[int]:
        """The first column of all rows of a named query."""
        return [int(row[0]) for row in await self.all(query, values)]

    async def one(self, query: str, values: Mapping[str, object]) -> sqlite3.Row | None:
        """The first row, or None."""
        rows = await self.all(query, values)
        return rows[0] if rows else None

    async def run(self, text: str, values: Mapping[str, object]) -> Sequence[sqlite3.Row]:
        """All rows of a query that was built from named ones."""
        return await self._run(text, values, ReadTime.of(self._limit_s))

    def sharing_time_limit(self) -> TimedReads:
        """For several queries that share one time limit."""
        return TimedReads(self._run, self.queries, self._limit_s)

    async def close(self) -> None:
        """The threads of aiosqlite are not daemon threads: an open connection keeps the process alive."""
        readers, self._readers = self._readers, []
        for reader in readers:
            reader.ends_at = 0.0
        await asyncio.gather(*(reader.connection.close() for reader in readers), return_exceptions=True)

    async def _run(self, text: str, values: Mapping[str, object], time: ReadTime) -> Sequence[sqlite3.Row]:
        file = self._file()
        if file != self._opened:
            await self._reopen(file)
        reader = await self._free.get()
        since = ticks()
        reader.ends_at = since + time.left_s
        is_awaited = True
        try:
            return list(await reader.connection.execute_fetchall(text, values))
        except asyncio.CancelledError:
            is_awaited = False
            raise
        except sqlite3.Error as error:
            raise self._explain(error, time) from error
        finally:
            time.spent_s += ticks() - since
            if is_awaited:
                self._free.put_nowait(reader)
            else:
                await reader.stop()
                start_task(self._return_to_pool(reader), name="reader")

    def _explain(self, error: sqlite3.Error, time: ReadTime) -> Exception:
        if getattr(error, "sqlite_errorname", None) == _INTERRUPTED:
            return ReadTooLong(f"Reading took longer than {time.limit_s:g} s and was stopped.")
        known = translate(error)
        if known is None:
            return error
        if isinstance(known, DamagedFile | Doubtful):
            self._damaged(str(known))
        return NotReadable(f"The database cannot be read: {error}")

    async def _return_to_pool(self, reader: _ReadConnection) -> None:
        """Return the connection to the pool when its thread has ended the stopped query."""
        with suppress(sqlite3.Error, ValueError):
            await reader.connection.execute_fetchall("select 1")
        self._free.put_nowait(reader)

    async def _reopen(self, file: str) -> None:
        async with self._opening:
            if file == self._opened:
                return
            if not file:
                raise NotReadable(self._missing())
            await self._all_free()
            self._opened = None
            await self.close()
            try:
                opened = [await self._connect() for _ in range(self._count)]
            except BaseException as error:
                await self.close()
                if isinstance(error, sqlite3.Error):
                    raise NotReadable(f"The database cannot be opened: {error}") from error
                raise
            for reader in opened:
                self._free.put_nowait(reader)
            self._opened = file

    async def _all_free(self) -> None:
        """Take all connections out of the pool, so that running queries end on the old file."""
        connections: list[_ReadConnection] = []
        try:
            while len(connections) < len(self._readers):
                connections.append(await self._free.get())
        except asyncio.CancelledError:
            for reader in connections:
                self._free.put_nowait(reader)
            raise

    async def _connect(self) -> _ReadConnection:
        connection = await aiosqlite.connect(
            f"{self._path.absolute().as_uri()}?mode=rw", uri=True, isolation_level=None
        )
        reader = _ReadConnection(connection)
        self._readers.append(reader)
        connection.row_factory = sqlite3.Row
        await connection.create_function("words_match", 3, WordsMatch(), deterministic=True)
        if self._attached is not None:
            await connection.execute_fetchall(ATTACH, (f"{self._attached.absolute().as_uri()}?mode=rw",))
        for name, value in READER_PRAGMAS.items():
            await connection.execute_fetchall(f"pragma {name} = {value}")
        await connection.set_progress_handler(reader.is_over, STEPS)
        return reader
