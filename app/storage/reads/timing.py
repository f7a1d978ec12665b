"""One time limit for all queries of a search, the same on each engine."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass

from ...errors import ReadTooLong
from ..transaction import SqlRow

# The part of the time that finding candidates may take. If there are very many, an engine may need to read them all
# before it returns a few.
CANDIDATES_SHARE = 0.25


@dataclass(slots=True)
class ReadTime:
    """The time that queries may take together, and that they have taken, in seconds; infinite without a limit."""

    limit_s: float
    spent_s: float = 0.0

    @classmethod
    def of(cls, limit_s: float | None) -> "ReadTime":
        """All of the time; None: no limit."""
        return cls(float("inf") if limit_s is None else limit_s)

    @property
    def left_s(self) -> float:
        return self.limit_s - self.spent_s


RunTimed = Callable[[str, Mapping[str, object], ReadTime], Awaitable[Sequence[SqlRow]]]
"""Runs a query, and adds the time that it takes."""


class TimedReads:
    """Implements `base.TimedQueries`."""

    def __init__(self, run: RunTimed, queries: Mapping[str, str], limit_s: float | None) -> None:
        self.queries = queries
        self._run = run
        self._time = ReadTime.of(limit_s)

    async def run(self, text: str, values: Mapping[str, object]) -> Sequence[SqlRow]:
        """All rows of a query that was built from named ones."""
        return await self._run(text, values, self._time)

    async def candidates(self, query: str, values: Mapping[str, object]) -> Sequence[int] | None:
        """The ids that a named query returns; None if that takes a large part of the time."""
        time = ReadTime(min(self._time.left_s, CANDIDATES_SHARE * self._time.limit_s))
        try:
            return [int(row[0]) for row in await self._run(self.queries[query], values, time)]
        except ReadTooLong:
            return None
        finally:
            self._time.spent_s += time.spent_s
