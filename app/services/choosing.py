"""Which captures of a bin a forward or a listener gets: those of some roles that match a filter."""

from collections.abc import Sequence
from typing import Protocol

from ..domain.captures import CaptureRow
from ..domain.roles import Role
from ..domain.search import Query, parse_query
from ..store import Store


class CaptureChoice(Protocol):
    """`filter` is in the filter grammar and was checked, "" matches everything; no `roles` means all."""

    @property
    def filter(self) -> str:
        """The filter."""

    @property
    def roles(self) -> tuple[Role, ...]:
        """The roles."""


def query_of(choice: CaptureChoice) -> Query:
    """The filter as a query."""
    return parse_query(choice.filter) if choice.filter.strip() else Query()


async def chosen_rows(
    store: Store, bin_id: str, choice: CaptureChoice, query: Query, rows: Sequence[CaptureRow]
) -> Sequence[CaptureRow]:
    """Those that are chosen. Raises NotFound, TooSlow."""
    wanted = [row for row in rows if not choice.roles or row.role in choice.roles]
    if not wanted or not query.terms:
        return wanted
    found = await store.matching(bin_id, query, [row.n for row in wanted])
    return [row for row in wanted if row.n in found]
