"""Copies the annotations of captures from the log. They do not affect the fold."""

from ..transaction import Transaction
from .changes import ChangeKind
from .feed import LogHead, read_annotations
from .folding import Fold


def copy_annotations(log: Transaction, head: LogHead, fold: Fold) -> bool:
    """Copy some of those that have changed; viewers get a change for each. Returns whether there were any."""
    space = fold.space
    if space.a == head.last_a:
        return False
    rows, space.a = read_annotations(log, head, space)
    fold.captures.look_up([row["n"] for row in rows])
    # A capture that is not there is being deleted.
    there = [row for row in rows if fold.captures.get(row["n"]) is not None]
    values = [(space.id(row["n"]), row["pinned"], row["note"], row["tags"]) for row in there]
    fold.transaction.each("put_annotation_row", values)
    for row in there:
        fold.changes.add(ChangeKind.CHANGED, row["n"])
    fold.changes.flush()
    return True
