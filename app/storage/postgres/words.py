"""The words of texts in columns of their own, in which PostgreSQL looks for phrases; SQLite's reads call a function of
Python instead.

The words are those of `domain/search/tokens.py`, so both engines find a phrase in the same texts. `search_line` has
the words of the text or the note of its row. The `words` of a capture are stored in this form only.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from ...domain.search import Tokens
from .. import queries as shared
from ..transaction import RowValues
from .queries import SQL

# The queries with a parameter more than the shared ones, and the column whose words it has.
_SOURCES = {"add_capture_row": "text", "add_message": "text", "set_message": "text", "put_annotation_row": "note"}
_INSERTED = re.compile(r"insert\s+into \S+ \(([^()]+)\)")
_SET = re.compile(r"(\w+) = (?:\?|%s)")


def with_words(query: str, rows: RowValues) -> RowValues:
    """The rows for the query of this name, with the words of their texts."""
    places = _places(query)
    return rows if places is None else [places.fill(row) for row in rows]


@dataclass(frozen=True, slots=True)
class _Places:
    """`text`: the position of the text; `line`: that of its words among the parameters; `words`: that of other texts
    whose words replace them."""

    text: int
    line: int
    words: int | None

    def fill(self, row: Sequence[object]) -> tuple[object, ...]:
        filled = list(row)
        if self.words is not None:
            filled[self.words] = _line(filled[self.words])
        filled.insert(self.line, _line(filled[self.text]))
        return tuple(filled)


@cache
def _places(query: str) -> _Places | None:
    column = _SOURCES.get(query)
    if column is None:
        return None
    given = _columns(shared.SQL[query])
    words = given.index("words") if "words" in given else None
    return _Places(given.index(column), _columns(SQL[query]).index("search_line"), words)


def _columns(text: str) -> list[str]:
    """The columns that a query writes, in the order of its parameters."""
    inserted = _INSERTED.match(text)
    return _SET.findall(text) if inserted is None else re.findall(r"\w+", inserted[1])


def _line(text: object) -> str:
    return Tokens(str(text) if text else "").line
