"""Row ids that carry their order: the owner (a bin of the log, a space of the ledger) in the upper bits, a number that
rises in the lower 40. Rows of one owner lie behind one another, an append touches the end of one B-tree, and what
belongs to an owner is a range of ids.
"""

BITS = 40
MASK = (1 << BITS) - 1


def row_id(owner: int, number: int) -> int:
    """The id of an owner's row with this number."""
    return owner << BITS | number


def number_of(id: int) -> int:
    """The number inside the owner."""
    return id & MASK


def owner_of(id: int) -> int:
    """Whose row this is."""
    return id >> BITS


def last_id(owner: int) -> int:
    """The highest id that an owner's rows can have; `row_id(owner, 0)` is below all of them."""
    return row_id(owner, MASK)
