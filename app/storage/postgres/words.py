"""The words of texts, in columns beside them: PostgreSQL looks for phrases there. (SQLite's reads call a function of
Python instead.)

The words are those of `domain/search/tokens.py`, so a phrase is found by both engines in the same texts. `said` has
those of the text or the note of its row. The `words` of a capture are stored in this form only.
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
_SAID = {"add_capture_row": "text", "add_message": "text", "set_message": "text", "put_annotation_row": "note"}
_INSERTED = re.compile(r"insert\s+into \S+ \(([^()]+)\)")
_SET = re.compile(r"(\w+) = (?:\?|%s)")


def with_words(query: str, rows: RowValues) -> RowValues:
    """The rows for the query of this name, with the words of their texts."""
    places = _places(query)
    return rows if places is None else [places.fill(row) for row in rows]


@dataclass(frozen=True, slots=True)
class _Places:
    """`text`: the position of the text; `said`: that of its words among the parameters; `words`: that of other texts
    whose words replace them."""

    text: int
    said: int
    words: int | None

    def fill(self, row: Sequence[object]) -> tuple[object, ...]:
        filled = list(row)
        if self.words is not None:
            filled[self.words] = _line(filled[self.words])
        filled.insert(self.said, _line(filled[self.text]))
        return tuple(filled)


@cache
def _places(query: str) -> _Places | None:
    column = _SAID.get(query)
    if column is None:
        return None
    given = _columns(shared.SQL[query])
    words = given.index("words") if "words" in given else None
    return _Places(given.index(column), _columns(SQL[query]).index("said"), words)


def _columns(text: str) -> list[str]:
    """The columns that a query writes, in the order of its parameters."""
    inserted = _INSERTED.match(text)
    return _SET.findall(text) if inserted is None else re.findall(r"\w+", inserted[1])


def _line(text: object) -> str:
    return Tokens(str(text) if text else "").line
