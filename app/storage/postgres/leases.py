"""Leases on PostgreSQL: rows that end by the clock of the database, so the clocks of the servers do not matter."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta

from ... import clock
from .readers import PostgresReads
from .rows import NamedRow


class Leases:
    """Use from one event loop only. `holder`: the id of this opening of the store. `connections` commit each statement.
    All methods raise StoreUnavailable."""

    def __init__(self, connections: PostgresReads, holder: str) -> None:
        self._connections = connections
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

    async def _run(self, query: str, **values: object) -> Sequence[NamedRow]:
        return await self._connections.all(query, values)
