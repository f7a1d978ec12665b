"""What the read side shares: read connections to both databases, and waiting for the ledger."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Protocol

from ...domain.search import Query
from ...errors import NotFound, ReadTooLong, TooSlow
from ..ids import MASK
from ..ledger.client import LedgerClient
from ..log.client import LogClient
from ..transaction import SqlRow

TOO_SLOW = (
    "the search took longer than a second and was stopped. Narrow the filter: numbers, ids, whole words and failed"
    " statuses are fast; before: and after: limit the rest"
)


class DatabaseReads(Protocol):
    """Reads one database. Each call is one statement, so its rows are of one snapshot. Raises NotReadable, and
    ReadTooLong if the time of a query is limited. `queries` are the named ones in the words of the engine."""

    queries: Mapping[str, str]

    async def all(self, query: str, values: Mapping[str, object]) -> Sequence[SqlRow]:
        """All rows of a named query."""

    async def one(self, query: str, values: Mapping[str, object]) -> SqlRow | None:
        """Its first row, or None."""

    async def ids(self, query: str, values: Mapping[str, object]) -> Sequence[int]:
        """The first column of all rows."""

    async def run(self, text: str, values: Mapping[str, object]) -> Sequence[SqlRow]:
        """All rows of a query that was built from named ones."""

    def sharing_time_limit(self) -> "TimedQueries":
        """For several queries of one search that share one time limit."""

    async def close(self) -> None:
        """Close every connection."""


class TimedQueries(Protocol):
    """Queries that share one time limit. They raise ReadTooLong when it is exceeded."""

    queries: Mapping[str, str]

    async def candidates(self, query: str, values: Mapping[str, object]) -> Sequence[int] | None:
        """The ids that a named query returns; None if that takes a large part of the time."""

    async def run(self, text: str, values: Mapping[str, object]) -> Sequence[SqlRow]:
        """All rows of a query that was built from named ones."""


class StoreBase:
    """The base of the parts of `Store`. Bin numbers never change, so they are cached."""

    _appender: LogClient
    _follower: LedgerClient
    _log: DatabaseReads
    _ledger: DatabaseReads
    _numbers: dict[str, int]

    async def _number(self, bin_id: str) -> int:
        """The number of a bin. Raises NotFound."""
        number = self._numbers.get(bin_id)
        if number is None:
            number = self._numbers[bin_id] = int((await self._bin_row(bin_id))["number"])
        return number

    async def _bin_row(self, bin_id: str) -> SqlRow:
        row = await self._log.one("get_bin", {"id": bin_id})
        if row is None:
            # Perhaps another server has deleted it.
            self._numbers.pop(bin_id, None)
            raise NotFound(f"There is no bin {bin_id}.")
        return row

    async def _of_bin(self, of_all: str, of_one: str, bin_id: str | None) -> Sequence[SqlRow]:
        """The rows of a query of the log about all bins, or of another one about this bin only."""
        return await (self._log.all(of_all, {}) if bin_id is None else self._log.all(of_one, {"bin": bin_id}))

    async def _followed(self, bin_id: str) -> int:
        """The number of a bin, after the ledger shows everything that is stored of it now. Raises NotFound."""
        number = await self._number(bin_id)
        await self._follower.caught_up(number)
        return number

    async def _space(self, number: int) -> SqlRow | None:
        """The space that readers of a bin see; None while the ledger has none."""
        return await self._ledger.one("space_of", {"bin": number})


@contextmanager
def searching(query: Query | None) -> Iterator[None]:
    """A context for the reads of a search. Raises TooSlow when a read with a filter takes too long."""
    try:
        yield
    except ReadTooLong as error:
        if query is None or not query.terms:
            raise
        raise TooSlow(("q", TOO_SLOW)) from error


def up_to(number: int | None) -> int:
    """An exclusive upper bound for numbers; None is no bound."""
    return MASK if number is None else max(0, min(number, MASK))
