"""Row ids: the owner (a bin of the log, or a space of the ledger) in the upper bits, an ascending number in the
lower 40.

The rows of one owner are adjacent, an append touches only the end of one B-tree, and the rows of an owner are a
range of ids.
"""

BITS = 40
MASK = (1 << BITS) - 1


def row_id(owner: int, number: int) -> int:
    """The row id for an owner and a number."""
    return owner << BITS | number


def number_of(id: int) -> int:
    """The number inside the owner."""
    return id & MASK


def owner_of(id: int) -> int:
    """The owner of a row id."""
    return id >> BITS


def last_id(owner: int) -> int:
    """The highest possible row id of an owner; `row_id(owner, 0)` is below all of its rows."""
    return row_id(owner, MASK)
