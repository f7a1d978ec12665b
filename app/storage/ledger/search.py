"""The search index of words and phone numbers. It is filled after the fold, because full text costs as much as the
fold itself. Captures that are not indexed yet are matched directly (`reads/filters.py`).
"""

from collections.abc import Sequence

from ...domain.search import tokens
from ..ids import number_of, owner_of
from ..transaction import SqlRow, Transaction
from .files import Claim
from .spaces import Space, find_space, save_space


class SearchIndex:
    """The index of all spaces. `has_erased`: texts of deleted captures may still be in the files."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction
        self.has_erased = False

    def advance(self, space: Space, limit: int) -> bool:
        """Index at most `limit` more captures; returns whether there are more."""
        bounds = {"after": space.id(space.indexed_n), "upto": space.id(space.n), "limit": limit}
        rows = self._transaction.all("words_after", bounds)
        self._transaction.each("add_to_search", [_entry(row) for row in rows])
        self._transaction.each("add_party", _parties(rows))
        space.indexed_n = space.n if len(rows) < limit else number_of(rows[-1]["id"])
        return space.indexed_n < space.n

    def forget(self, space: Space, numbers: Sequence[int]) -> None:
        """Remove captures from the index. Their rows must still exist, because FTS5 needs the words to remove them."""
        self.has_erased = True
        ids = [space.id(n) for n in numbers if n <= space.indexed_n]
        if not ids:
            return
        rows = self._transaction.all("words_of", {"ids": ids})
        self._transaction.each("erase_from_search", [_entry(row) for row in rows])
        self._transaction.each("erase_party", _parties(rows))


def index_step(transaction: Transaction, limit: int, claim: Claim) -> bool:
    """One step for the first space that is not indexed; returns whether there was one that could be claimed."""
    row = transaction.one("unindexed_spaces")
    if row is None or not claim(transaction, [row["bin"]]):
        return False
    space = find_space(transaction, row["number"])
    if space is None:
        # Another follower has erased it in the meantime.
        return True
    SearchIndex(transaction).advance(space, limit)
    save_space(transaction, space)
    return True


def scope_of(space: int) -> str:
    """The word in the index that identifies a space."""
    return f"s{space}"


def _entry(row: SqlRow) -> tuple[int, str, str, str]:
    text, rest = (" ".join(tokens(row[name] or "")) for name in ("text", "words"))
    return row["id"], scope_of(owner_of(row["id"])), text, rest


def _parties(rows: Sequence[SqlRow]) -> list[tuple[int, int, str, int]]:
    """In the order of their table, so that each page is written once."""
    ends = (
        (owner_of(row["id"]), end, row[name], number_of(row["id"]))
        for end, name in enumerate(("sender", "recipient"))
        for row in rows
    )
    return sorted(party for party in ends if party[2] is not None)
