"""The values of a shape out of a row: of a table by the places of its columns, of JSON by dotted paths."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from operator import itemgetter

from ..domain.reconciliation.records import Row
from ..parsing import JsonValue, flatten
from .shape import VALUES, ReadCell, RecordShape

MAX_PARTS = 100
"""Recipients of one message in a list; MessageBird allows 50."""

Cells = tuple[str, ...]
Part = tuple[int, Cells, Cells]
"""Number of the part, cells with an id, and cells of `VALUES` after the id, "" for those that are not there."""

_HALF = re.compile(r"[\ud800-\udfff]")
_OTHERS = VALUES[1:]


class TableCells:
    """Of the rows of one table, whose columns are found once."""

    def __init__(self, shape: RecordShape, columns: Sequence[str]) -> None:
        self._places: dict[str, int] = {}
        for place, name in enumerate(columns):
            self._places.setdefault(name.strip().lower(), place)
        blank = len(columns)
        found = [
            [self._places[name] for name in shape.columns.get(value, ()) if name in self._places] for value in VALUES
        ]
        self._ids = found[0]
        self._others: Callable[[Sequence[str]], Cells] = itemgetter(*((places or [blank])[0] for places in found[1:]))

    def parts(self, row: Sequence[str]) -> tuple[Part, ...]:
        """Always one."""
        return ((0, tuple([row[place] for place in self._ids]), self._others((*row, ""))),)

    def reader(self, row: Sequence[str]) -> ReadCell:
        """The cells by the names of their columns."""
        return lambda name: row[self._places[name]] if name in self._places else ""


class ObjectCells:
    """Of JSON objects, which may differ in their names."""

    def __init__(self, shape: RecordShape) -> None:
        self._shape = shape

    def parts(self, row: Mapping[str, JsonValue]) -> tuple[Part, ...]:
        """One, or one for each item of the list `each`."""
        read = self.reader(row)
        if self._shape.each is None:
            return (self._part(0, read),)
        found = []
        for number in range(MAX_PARTS):
            if not any(read(self._name(name, number)) for name in self._shape.columns["to"]):
                break
            found.append(self._part(number, read))
        return tuple(found) or (self._part(0, read),)

    def reader(self, row: Mapping[str, JsonValue]) -> ReadCell:
        """The scalars by their paths in lower case."""
        flat = {name.lower(): value for name, value in _scalars(row)}
        return lambda name: flat.get(name, "")

    def _part(self, number: int, read: ReadCell) -> Part:
        columns = self._shape.columns
        ids = tuple([read(self._name(name, number)) for name in columns.get("id", ())])
        others = [
            next((cell for name in columns.get(value, ()) if (cell := read(self._name(name, number)))), "")
            for value in _OTHERS
        ]
        return number, ids, tuple(others)

    def _name(self, name: str, number: int) -> str:
        return name.replace("*", str(number)) if "*" in name else name


def _scalars(row: Mapping[str, JsonValue]) -> Iterator[tuple[str, str]]:
    """Without halves of surrogate pairs, which cannot be stored."""
    for name, value in flatten(dict(row)):
        yield name, value if value.isascii() else _HALF.sub("\ufffd", value)


def own_cells(columns: Sequence[str], original: Row) -> list[str]:
    """The cells of a row under the columns of its file, as an export shows them."""
    if isinstance(original, Mapping):
        flat = dict(_scalars(original))
        return [flat.get(name, "") for name in columns]
    return list(original[: len(columns)])
