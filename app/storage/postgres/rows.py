"""Rows of PostgreSQL with their columns by name or position, as `sqlite3.Row` has them."""

from collections.abc import Mapping
from functools import cache
from typing import Any, ClassVar

from psycopg import AsyncCursor, Cursor
from psycopg.rows import RowMaker


class NamedRow(tuple[Any, ...]):
    """A row. Each list of columns has its own subclass; of two columns with one name, the name is the first."""

    __slots__ = ()
    places: ClassVar[Mapping[str, int]] = {}

    def __getitem__(self, key: Any, /) -> Any:
        return tuple.__getitem__(self, self.places[key] if isinstance(key, str) else key)

    def keys(self) -> list[str]:
        """The names of the columns, for `dict(row)`."""
        return list(self.places)


def named_rows(cursor: Cursor[Any] | AsyncCursor[Any]) -> RowMaker[NamedRow]:
    """The row factory for connections and cursors, synchronous or not."""
    result = cursor.pgresult
    if result is None:
        return NamedRow
    return _row_class(tuple(result.fname(place) or b"" for place in range(result.nfields)))


@cache
def _row_class(columns: tuple[bytes, ...]) -> type[NamedRow]:
    """As many as there are queries: filters with other terms have the same columns."""
    places: dict[str, int] = {}
    for place, column in enumerate(columns):
        places.setdefault(column.decode(), place)
    return type("NamedRow", (NamedRow,), {"__slots__": (), "places": places})
