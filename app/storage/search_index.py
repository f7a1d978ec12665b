"""The search: full text and parties, kept by the writer, filled in the background, emptied of what is deleted.

Why in the background: full text inside the capture's commit costs a quarter of the rate, and the worst answers wait for
merges of its index; parties cost a twentieth. Captures that it has not reached yet are matched directly
(`storage/filters.py`).
"""

import sqlite3
from collections.abc import Sequence

from ..domain.search import tokens
from .queries import SQL

# Since this version a deleted entry is overwritten at once; before it, it stays in the file until the index is merged.
_SECURE_DELETE = (3, 42, 0)
_PAGES = 64


class SearchIndex:
    """Lives as long as the writing connection."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._merge = 0
        if sqlite3.sqlite_version_info >= _SECURE_DELETE:
            connection.execute(SQL["search_secure_delete"])

    @property
    def upto(self) -> int:
        """The id of the last capture that is in the index."""
        return int(self._connection.execute(SQL["search_progress"]).fetchone()[0])

    @property
    def is_merging(self) -> bool:
        """Deleted words are still on their way out of the file."""
        return self._merge != 0

    def advance(self, limit: int) -> tuple[int, bool]:
        """Take in at most `limit` more captures: how many, and whether more may wait."""
        rows = self._connection.execute(SQL["search_step"], {"upto": self.upto, "limit": limit}).fetchall()
        if rows:
            self._connection.executemany(SQL["add_to_search"], [_entry(row) for row in rows])
            self._connection.executemany(SQL["add_party"], _parties(rows))
            self._connection.execute(SQL["set_search_progress"], {"upto": rows[-1]["id"]})
        return len(rows), len(rows) == limit

    def forget(self, captures: Sequence[int]) -> None:
        """Take captures out, while their rows are still there: the index needs the words that it is to forget."""
        upto = self.upto
        known = [
            row
            for capture in captures
            if capture <= upto
            for row in self._connection.execute(SQL["search_row"], {"id": capture})
        ]
        if known:
            self._connection.executemany(SQL["erase_from_search"], [_entry(row) for row in known])
            self._connection.executemany(SQL["erase_party"], _parties(known))
            if sqlite3.sqlite_version_info < _SECURE_DELETE:
                self._merge = -_PAGES

    def take_again(self, capture: int) -> None:
        """A capture that was forgotten because it is read anew; what the index has not reached comes by itself."""
        if capture <= self.upto:
            row = self._connection.execute(SQL["search_row"], {"id": capture}).fetchone()
            self._connection.execute(SQL["add_to_search"], _entry(row))
            self._connection.executemany(SQL["add_party"], _parties([row]))

    def tidy(self) -> None:
        """One step of the merge that makes deleted words leave the file; nothing when there is none to do."""
        if not self._merge:
            return
        before = self._connection.total_changes
        self._connection.execute(SQL["search_merge"], {"pages": self._merge})
        # A negative number begins a merge of everything, positive ones go on with it; then nothing changes any more.
        self._merge = _PAGES if self._connection.total_changes - before > 1 else 0


def scope_of(bin: int) -> str:
    """The word in the index that stands for a bin."""
    return f"b{bin}"


def _entry(row: sqlite3.Row) -> tuple[int, str, str, str]:
    text, rest = (" ".join(tokens(row[name] or "")) for name in ("text", "words"))
    return row["id"], scope_of(row["bin"]), text, rest


def _parties(rows: Sequence[sqlite3.Row]) -> list[tuple[int, int, str, int]]:
    """In the order of their table, so that its pages are touched once each."""
    ends = ((row["bin"], end, row[name], row["id"]) for end, name in enumerate(("sender", "recipient")) for row in rows)
    return sorted(party for party in ends if party[2] is not None)
