"""Changes for readers with a cursor: one row for each visible change, with the next seq of the space."""

import json
from enum import IntEnum

from ..transaction import Transaction
from .spaces import Space


class ChangeKind(IntEnum):
    """The values of the column `changes.what`."""

    NEW = 0
    CHANGED = 1
    MESSAGE = 2
    DELETED = 3
    DELETED_THROUGH = 4
    MESSAGE_GONE = 5


class Changes:
    """The changes of one space in one transaction."""

    def __init__(self, transaction: Transaction, space: Space) -> None:
        self._transaction = transaction
        self._space = space
        self._rows: list[tuple[object, ...]] = []
        self._changed: set[int] = set()

    def add(self, what: ChangeKind, ref: int, name: tuple[str, str] | None = None) -> int:
        """Add a change; returns its seq. A capture that changes several times in a transaction gets one change."""
        if what is ChangeKind.CHANGED:
            if ref in self._changed:
                return self._space.last_seq
            self._changed.add(ref)
        seq = self._space.next_seq()
        self._rows.append((self._space.number, seq, int(what), ref, None if name is None else json.dumps(name)))
        return seq

    def flush(self) -> None:
        """Write the changes."""
        self._transaction.insert("add_change", self._rows)
        self._rows.clear()
        self._changed.clear()
