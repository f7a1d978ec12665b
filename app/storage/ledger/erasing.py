"""Erases the rows of spaces that are no longer read, in steps that are bounded in time."""

from ...clock import ticks
from ..ids import MASK, number_of
from ..transaction import Transaction
from .files import Claim
from .search import SearchIndex
from .spaces import Space, find_space

STEP_S = 0.01
CHUNK = 200
# Tables that are not erased by row ids.
_OF_SPACES = (
    "calls", "texts", "changes", "conversations", "intervals", "sources", "failures", "finals", "pairings",
)  # fmt: skip


def erase_step(transaction: Transaction, search: SearchIndex, claim: Claim) -> bool:
    """One step, for the oldest such space; returns whether there may be more to do that can be claimed."""
    ends_at = ticks() + STEP_S
    row = transaction.one("gone_spaces")
    if row is None or not claim(transaction, [row["bin"]]):
        return False
    space = find_space(transaction, row["number"])
    if space is None:
        # Another follower has erased the last rows in the meantime.
        return True
    while _erase_chunk(transaction, search, space):
        # After a chunk: a step that found no time would be repeated for ever.
        if ticks() >= ends_at:
            return True
    transaction.run("erase_space", {"number": space.number})
    return True


def _erase_chunk(transaction: Transaction, search: SearchIndex, space: Space) -> bool:
    """Erase some rows; returns whether there were any."""
    for first, query in (
        ("next_capture_row", "erase_capture_rows"),
        ("next_message_row", "erase_messages_between"),
        ("next_pairing_row", "erase_pairings_between"),
    ):
        row = transaction.one(first, {"after": space.id(0), "upto": space.id(MASK)})
        if row is None or row["id"] is None:
            continue
        start = number_of(row["id"]) - 1
        upto = min(start + CHUNK, MASK)
        if first == "next_capture_row":
            search.forget(space, range(start + 1, upto + 1))
        between = {"after": space.id(start), "upto": space.id(upto)}
        if first == "next_capture_row":
            transaction.run("erase_annotation_rows", between)
        if first == "next_message_row":
            transaction.run("erase_links_between", between)
        transaction.run(query, between)
        return True
    bounds = {"space": space.number, "limit": CHUNK}
    erased = [transaction.run(f"erase_space_{of}", bounds) for of in _OF_SPACES]
    if any(count > 0 for count in erased):
        return True
    for of in ("verdicts", "gaps"):
        transaction.run(f"erase_space_{of}", {"space": space.number})
    return False
