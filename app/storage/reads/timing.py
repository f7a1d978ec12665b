"""One time limit for all queries of a search, the same on each engine."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass

from ..transaction import SqlRow


@dataclass(slots=True)
class ReadTime:
    """The time that queries may take together, and what is left of it, in seconds; infinite without a limit."""

    limit_s: float
    left_s: float

    @classmethod
    def of(cls, limit_s: float | None) -> "ReadTime":
        """All of the time; None: no limit."""
        limit_s = float("inf") if limit_s is None else limit_s
        return cls(limit_s, limit_s)


RunTimed = Callable[[str, Mapping[str, object], ReadTime], Awaitable[Sequence[SqlRow]]]
"""Runs a query, and takes its time from what is left."""


class TimedReads:
    """Implements `base.TimedQueries`."""

    def __init__(self, run: RunTimed, queries: Mapping[str, str], limit_s: float | None) -> None:
        self.queries = queries
        self._run = run
        self._time = ReadTime.of(limit_s)

    async def run(self, text: str, values: Mapping[str, object]) -> Sequence[SqlRow]:
        """All rows of a query that was built from named ones."""
        return await self._run(text, values, self._time)

    async def ids(self, query: str, values: Mapping[str, object]) -> Sequence[int]:
        """The first column of all rows of a named query."""
        return [int(row[0]) for row in await self.run(self.queries[query], values)]
