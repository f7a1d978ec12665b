"""Deletions that the log records, in the ledger: single captures, and everything up to a number."""

from collections.abc import Sequence

from ..transaction import Transaction
from .changes import ChangeKind
from .folding import Fold
from .refolding import Refold, TooMany
from .search import SearchIndex
from .spaces import Space

# Captures that are erased in one transaction: each may have others folded again.
CHUNK = 100


def erase(fold: Fold, search: SearchIndex, numbers: Sequence[int], *, notify: bool) -> None:
    """Captures with everything that was made from them; `told`: viewers are told of each of them.

    Where too much depends on them, their own rows go at once, and the space is made again soon.
    """
    kept = [each for n in numbers if (each := fold.captures.get(n)) is not None]
    if not kept:
        return
    if not fold.space.is_spoilt:
        refold = Refold(fold, frozenset(each.n for each in kept))
        try:
            refold.collect()
            refold.apply()
        except TooMany:
            fold.space.spoil()
    search.forget(fold.space, [each.n for each in kept])
    for each in kept:
        fold.transaction.run("erase_capture_row", {"id": fold.space.id(each.n)})
        fold.space.count(each.role, -1)
        fold.captures.forget(each.n)
        if notify:
            fold.changes.add(ChangeKind.DELETED, each.n)
    # What comes next looks for rows in the tables.
    fold.flush()


def note_newest(transaction: Transaction, space: Space) -> None:
    """When the newest capture that is left has come."""
    row = transaction.one("newest_capture_row", {"above": space.id(0), "upto": space.id(space.n)})
    space.last_capture_at = None if row is None else row["received_at"]


def numbers_up_to(transaction: Transaction, space: Space, n: int) -> list[int]:
    """The oldest captures up to a number, as many as are erased at once."""
    values = {"above": space.id(0), "upto": space.id(n), "limit": CHUNK}
    return [row["n"] for row in transaction.all("oldest_capture_rows", values)]
