"""What readers with a cursor are told: one row for each visible change, under the next seq of the space."""

import json
from enum import IntEnum

from ..transaction import Transaction
from .spaces import Space


class ChangeKind(IntEnum):
    """The column `changes.what`."""

    NEW = 0
    CHANGED = 1
    MESSAGE = 2
    DELETED = 3
    DELETED_THROUGH = 4
    MESSAGE_GONE = 5


class Changes:
    """Of one space, in one transaction."""

    def __init__(self, transaction: Transaction, space: Space) -> None:
        self._transaction = transaction
        self._space = space
        self._rows: list[tuple[object, ...]] = []
        self._changed: set[int] = set()

    def add(self, what: ChangeKind, ref: int, name: tuple[str, str] | None = None) -> int:
        """Take the next seq. A capture that changes more than once in a transaction is told once."""
        if what is ChangeKind.CHANGED:
            if ref in self._changed:
                return self._space.last_seq
            self._changed.add(ref)
        seq = self._space.next_seq()
        self._rows.append((self._space.number, seq, int(what), ref, None if name is None else json.dumps(name)))
        return seq

    def flush(self) -> None:
        """Write them."""
        self._transaction.insert("add_change", self._rows)
        self._rows.clear()
        self._changed.clear()
