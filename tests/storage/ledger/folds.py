"""A fold on the space of a ledger, inside one transaction."""

from collections.abc import Iterator
from contextlib import contextmanager

from app.storage.ledger.folding import Fold
from app.storage.ledger.spaces import find_space, save_space
from tests.storage.inside import Ledger


@contextmanager
def folding(ledger: Ledger, space: int = 1) -> Iterator[Fold]:
    """All changes are written at the end of the block."""
    with ledger.file.database.write() as transaction:
        found = find_space(transaction, space)
        assert found is not None
        fold = Fold(transaction, found)
        yield fold
        fold.flush()
        save_space(transaction, fold.space)


def changes(ledger: Ledger) -> list[tuple[int, int]]:
    """`what` and `ref` of each change, in order."""
    return ledger.rows("select what, ref from changes order by seq")
