"""Leases on PostgreSQL: rows that end by the clock of the database, so the clocks of the servers do not matter."""

from collections.abc import Callable, Mapping
from contextlib import AbstractAsyncContextManager
from datetime import UTC, datetime, timedelta
from typing import Any, LiteralString, cast

import psycopg

from ... import clock
from ...errors import StoreUnavailable
from .queries import SQL

Connect = Callable[[], AbstractAsyncContextManager[psycopg.AsyncConnection[Any]]]


class Leases:
    """Use from one event loop only. `holder`: the id of this opening of the store. `connect` lends a connection in
    autocommit for the time of a context, as `AsyncConnectionPool.connection` does."""

    def __init__(self, connect: Connect, holder: str) -> None:
        self._connect = connect
        self._holder = holder

    async def hold(self, name: str, seconds: float) -> bool:
        """As `hold_lease` in `Store`."""
        return bool(await self._run("take_lease", name=name, holder=self._holder, seconds=seconds))

    async def release(self) -> None:
        """Let other servers have all leases of this one at once. Raises StoreUnavailable."""
        await self._run("release_leases", holder=self._holder)

    async def lapsed(self, prefix: str, ago: timedelta) -> Mapping[str, datetime]:
        """As `lapsed_leases` in `Store`."""
        rows = await self._run("lapsed_leases", prefix=prefix, seconds=ago.total_seconds())
        return {name: datetime.fromtimestamp(until, UTC) for name, until in rows}

    async def forget(self, name: str) -> None:
        """As `forget_lease` in `Store`."""
        await self._run("forget_lease", name=name)

    async def clock_skew(self) -> timedelta:
        """As in `Store`."""
        before = clock.now()
        [(seconds,)] = await self._run("time_of_database")
        after = clock.now()
        return before + (after - before) / 2 - datetime.fromtimestamp(seconds, UTC)

    async def _run(self, query: str, **values: object) -> list[tuple[Any, ...]]:
        try:
            async with self._connect() as connection, connection.cursor() as cursor:
                await cursor.execute(cast(LiteralString, SQL[query]), values)
                return await cursor.fetchall() if cursor.description else []
        except psycopg.Error as error:
            raise StoreUnavailable(f"The database does not answer: {error}") from error
