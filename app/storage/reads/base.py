"""What the read side shares: the readers of both databases, and the wait for the ledger."""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Protocol

from ...domain.search import Query
from ...errors import NotFound, ReadTooLong, TooSlow
from ..ids import MASK
from ..ledger.client import LedgerClient
from ..log.client import LogClient
from ..transaction import Row

TOO_SLOW = (
    "the search took longer than a second and was stopped. Narrow the filter: numbers, ids, whole words and failed"
    " statuses are fast; before: and after: limit the rest"
)


class Readers(Protocol):
    """Reads one database; every call is one statement, so of one moment. Unreadable; ReadTooLong where the time of a
    query is limited."""

    async def all(self, query: str, values: Mapping[str, object]) -> Sequence[Row]:
        """Every row of a named query."""

    async def one(self, query: str, values: Mapping[str, object]) -> Row | None:
        """Its first row."""

    async def ids(self, query: str, values: Mapping[str, object]) -> Sequence[int]:
        """The first column of every row."""

    async def run(self, text: str, values: Mapping[str, object]) -> Sequence[Row]:
        """Every row of a query that was put together from named ones."""

    def within_one_limit(self) -> "Limited":
        """For several queries that share the time of one: those of one search."""

    async def close(self) -> None:
        """Close every connection."""


class Limited(Protocol):
    """Some of the same calls. ReadTooLong when their time, all together, is over."""

    async def ids(self, query: str, values: Mapping[str, object]) -> Sequence[int]:
        """The first column of every row of a named query."""

    async def run(self, text: str, values: Mapping[str, object]) -> Sequence[Row]:
        """Every row of a query that was put together from named ones."""


class Base:
    """The parts of `Store` share this. Numbers of bins never change, so they are remembered."""

    _appender: LogClient
    _follower: LedgerClient
    _log: Readers
    _ledger: Readers
    _numbers: dict[str, int]

    async def _number(self, bin_id: str) -> int:
        """A bin's number. NotFound."""
        number = self._numbers.get(bin_id)
        if number is None:
            number = self._numbers[bin_id] = int((await self._bin_row(bin_id))["number"])
        return number

    async def _bin_row(self, bin_id: str) -> Row:
        row = await self._log.one("get_bin", {"id": bin_id})
        if row is None:
            raise NotFound(f"There is no bin {bin_id}.")
        return row

    async def _followed(self, bin_id: str) -> int:
        """A bin's number, as soon as the ledger shows what had been kept of it by now. NotFound."""
        number = await self._number(bin_id)
        await self._follower.caught_up(number)
        return number

    async def _space(self, number: int) -> Row | None:
        """The space that readers see of a bin; None while the ledger has none."""
        return await self._ledger.one("space_of", {"bin": number})


@contextmanager
def searching(query: Query | None) -> Iterator[None]:
    """Around the reads of a search. TooSlow: it took too long, which with a filter is the filter's fault."""
    try:
        yield
    except ReadTooLong as error:
        if query is None or not query.terms:
            raise
        raise TooSlow(("q", TOO_SLOW)) from error


def up_to(number: int | None) -> int:
    """A number that rows are below; None: all of them are."""
    return MASK if number is None else max(0, min(number, MASK))


def as_list(values: Sequence[object]) -> str:
    """A parameter that the query reads with `json_each`."""
    return json.dumps(list(values))
