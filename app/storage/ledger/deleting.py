"""Applies deletions that the log records: single captures, and everything up to a number."""

from collections.abc import Sequence

from ..transaction import Transaction
from .changes import ChangeKind
from .folding import Fold
from .refolding import Refold, TooMany
from .search import SearchIndex
from .spaces import Space

# Captures that are erased in one transaction; for each of them others may have to be folded again.
CHUNK = 100


def erase(fold: Fold, search: SearchIndex, numbers: Sequence[int], *, notify: bool) -> None:
    """Erase captures with everything that was derived from them; with `notify` viewers get a change for each.

    If too much depends on them, only their own rows are erased and the space is rebuilt soon.
    """
    fold.captures.look_up(list(numbers))
    captures = [each for n in numbers if (each := fold.captures.get(n)) is not None]
    if not captures:
        return
    if not fold.space.is_spoilt:
        refold = Refold(fold, frozenset(each.n for each in captures))
        try:
            refold.collect()
            refold.apply()
        except TooMany:
            fold.space.spoil()
    search.forget(fold.space, [each.n for each in captures])
    for each in captures:
        for query in ("erase_capture_row", "erase_annotation_row"):
            fold.transaction.run(query, {"id": fold.space.id(each.n)})
        fold.space.count(each.role, -1)
        fold.captures.forget(each.n)
        if notify:
            fold.changes.add(ChangeKind.DELETED, each.n)
    # The next steps query the tables.
    fold.flush()


def note_newest(transaction: Transaction, space: Space) -> None:
    """Set the time of the newest remaining capture."""
    row = transaction.one("newest_capture_row", {"above": space.id(0), "upto": space.id(space.n)})
    space.last_capture_at = None if row is None else row["received_at"]


def numbers_up_to(transaction: Transaction, space: Space, n: int) -> list[int]:
    """The oldest captures up to a number, limited to `CHUNK`."""
    values = {"above": space.id(0), "upto": space.id(n), "limit": CHUNK}
    return [row["n"] for row in transaction.all("oldest_capture_rows", values)]
