"""A pool of connections that only read. Each query is one statement, so no transaction spans an await.

A query runs in a task of its own, and its connection is free again when that task has ended. The caller only waits for
the rows: if its time is over, or if it is cancelled, the task is cancelled, and psycopg stops the query on the server
before the task ends. So time limits do not depend on settings of a session, and a pooler may give each query another.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress

import psycopg
from psycopg import errors

from ...clock import ticks
from ...errors import DatabaseUnreachable, NotReadable, ReadTooLong
from ...tasks import start_task
from ..reads.timing import ReadTime, TimedReads
from ..transaction import DatabaseError, Unreachable
from .connections import AsyncConnection
from .engine import ENGINE
from .failures import translate
from .queries import SQL
from .rows import NamedRow

Connect = Callable[[], Awaitable[AsyncConnection]]
"""Opens a connection that commits each statement. Raises DatabaseError."""

FREE_S = 5.0
"""How long a query waits for a free connection."""

# What a statement was prepared for has changed: the ledger was rebuilt.
_PREPARED = (errors.FeatureNotSupported, errors.InvalidSqlStatementName)
# There is no ledger yet, or it is being rebuilt.
_NOT_MADE = (errors.InvalidSchemaName, errors.UndefinedTable)


class _Reader:
    """A place for a connection, which is opened when it is needed."""

    def __init__(self, connect: Connect) -> None:
        self._connect = connect
        self._connection: AsyncConnection | None = None

    async def fetch(self, text: str, values: Mapping[str, object], begin: Callable[[], None]) -> Sequence[NamedRow]:
        """All rows; `begin` is called when the connection is open. Raises psycopg.Error, DatabaseError."""
        connection = self._connection
        if connection is not None and not connection.closed:
            begin()
            try:
                return await _fetch(connection, text, values)
            except (errors.OperationalError, *_PREPARED) as error:
                if not (connection.closed or isinstance(error, _PREPARED)):
                    raise
                # The server was restarted since the last query, or the ledger was rebuilt.
        connection = await self._open()
        begin()
        return await _fetch(connection, text, values)

    async def close(self) -> None:
        """Close the connection, without raising."""
        connection, self._connection = self._connection, None
        if connection is not None:
            with suppress(psycopg.Error):
                await connection.close()

    async def _open(self) -> AsyncConnection:
        await self.close()
        self._connection = await self._connect()
        return self._connection


class PostgresReads:
    """Implements `reads.base.DatabaseReads`. If all connections are busy, a query waits for the first free one, at
    most `FREE_S`.

    A query that runs longer than `limit_s` (None: no limit) raises ReadTooLong. While the server cannot be reached,
    queries raise NotReadable with the reason; a connection is opened again by the next query.
    """

    queries: Mapping[str, str] = SQL

    def __init__(self, connect: Connect, count: int, *, limit_s: float | None = None) -> None:
        self._limit_s = limit_s
        self._count = count
        self._is_closed = False
        self._running: set[asyncio.Task[None]] = set()
        # The connection that was used last is the next one, so that few are open when little is read.
        self._free: asyncio.LifoQueue[_Reader] = asyncio.LifoQueue()
        for _ in range(count):
            self._free.put_nowait(_Reader(connect))

    async def all(self, query: str, values: Mapping[str, object]) -> Sequence[NamedRow]:
        """All rows of a named query."""
        return await self.run(self.queries[query], values)

    async def ids(self, query: str, values: Mapping[str, object]) -> Sequence[int]:
        """The first column of all rows of a named query."""
        return [int(row[0]) for row in await self.all(query, values)]

    async def one(self, query: str, values: Mapping[str, object]) -> NamedRow | None:
        """The first row, or None."""
        rows = await self.all(query, values)
        return rows[0] if rows else None

    async def run(self, text: str, values: Mapping[str, object]) -> Sequence[NamedRow]:
        """All rows of a query that was built from named ones."""
        return await self._run(text, values, ReadTime.of(self._limit_s))

    def sharing_time_limit(self) -> TimedReads:
        """For several queries that share one time limit."""
        return TimedReads(self._run, self.queries, self._limit_s)

    async def close(self) -> None:
        """End all queries, and close all connections. Queries raise NotReadable from then on."""
        self._is_closed = True
        for query in self._running:
            query.cancel()
        for reader in [await self._free.get() for _ in range(self._count)]:
            await reader.close()
            self._free.put_nowait(reader)

    async def _run(self, text: str, values: Mapping[str, object], time: ReadTime) -> Sequence[NamedRow]:
        reader = await self._free_reader()
        if self._is_closed:
            self._free.put_nowait(reader)
            raise NotReadable("The database is closed.")
        rows: _Rows = asyncio.get_running_loop().create_future()
        duration = _QueryTime(time)
        query = start_task(_query(reader, text, values, rows, duration), name="reader")
        self._running.add(query)
        # Not at the end of the coroutine: a task that is cancelled at once never begins.
        query.add_done_callback(lambda _: self._give_back(query, reader, rows))
        try:
            async with duration.limit:
                return await rows
        except TimeoutError:
            raise _too_long(time) from None
        except (psycopg.Error, DatabaseError) as error:
            raise _explain(error, time) from error
        finally:
            duration.end()
            query.cancel()

    async def _free_reader(self) -> _Reader:
        """Connections to a server that does not respond are free again when an attempt to stop their queries has
        failed."""
        try:
            async with asyncio.timeout(FREE_S):
                return await self._free.get()
        except TimeoutError:
            raise DatabaseUnreachable("The database does not respond: all connections are busy.") from None

    def _give_back(self, query: asyncio.Task[None], reader: _Reader, rows: "_Rows") -> None:
        self._running.discard(query)
        self._free.put_nowait(reader)
        if not rows.done():
            rows.set_exception(NotReadable("The database is closed."))


_Rows = asyncio.Future[Sequence[NamedRow]]


class _QueryTime:
    """How long one query takes. Opening a connection has a time limit of its own."""

    def __init__(self, time: ReadTime) -> None:
        self.limit = asyncio.timeout(None)
        self._time = time
        self._since: float | None = None

    def begin(self) -> None:
        """The query begins now, or again."""
        self.end()
        self._since = ticks()
        if self._time.left_s != float("inf"):
            self.limit.reschedule(asyncio.get_running_loop().time() + max(0.0, self._time.left_s))

    def end(self) -> None:
        """The query has ended, or the caller no longer waits for it."""
        if self._since is not None:
            self._time.spent_s += ticks() - self._since
            self._since = None


async def _query(reader: _Reader, text: str, values: Mapping[str, object], rows: _Rows, duration: _QueryTime) -> None:
    """Run a query for the caller who waits for its rows."""
    try:
        found = await reader.fetch(text, values, duration.begin)
    except Exception as error:
        if not rows.done():
            rows.set_exception(error)
    else:
        if not rows.done():
            rows.set_result(found)


async def _fetch(connection: AsyncConnection, text: str, values: Mapping[str, object]) -> Sequence[NamedRow]:
    if connection.prepare_threshold is not None:
        return await _rows_of(connection, text, values)
    # Behind a pooler, settings are those of a transaction.
    try:
        await connection.execute(ENGINE["begin_read"])
        rows = await _rows_of(connection, text, values)
        await connection.execute(ENGINE["commit"])
    except BaseException:
        with suppress(psycopg.Error):
            await connection.rollback()
        raise
    return rows


async def _rows_of(connection: AsyncConnection, text: str, values: Mapping[str, object]) -> Sequence[NamedRow]:
    cursor = await connection.execute(text.encode(), values)
    return await cursor.fetchall() if cursor.description else ()


def _too_long(time: ReadTime) -> ReadTooLong:
    return ReadTooLong(f"Reading took longer than {time.limit_s:g} s and was stopped.")


def _explain(error: psycopg.Error | DatabaseError, time: ReadTime) -> Exception:
    if isinstance(error, errors.QueryCanceled) and time.limit_s != float("inf"):
        return _too_long(time)
    if isinstance(error, _NOT_MADE):
        return NotReadable("The ledger has not been made yet.")
    known = error if isinstance(error, DatabaseError) else translate(error)
    if isinstance(known, Unreachable):
        return DatabaseUnreachable(f"The database does not respond: {known}. This works again as soon as it does.")
    return error if known is None else NotReadable(f"The database cannot be read: {known}")
