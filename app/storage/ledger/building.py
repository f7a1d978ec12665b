"""Parses a bin again into a new space next to the current one: after an upgrade of the parsers, or on request."""

from collections.abc import Callable

from ..transaction import Transaction
from .feed import MAX_CAPTURES, LogHead, is_up_to_date, read_log_heads
from .spaces import Space, read_space, save_space
from .steps import LedgerStep

# Captures that are indexed in one step. Readers see the new space only when its search index is complete.
INDEXED = 500

Follow = Callable[[LedgerStep, LogHead, Space, int], tuple[Space, int]]


def build_step(step: LedgerStep, log: Transaction, number: int, follow: Follow) -> str | None:
    """One step of the space that is being built for a bin. Returns the id of the bin when readers see the new space
    from now on; an empty string when there is more to do; None when the bin must be examined again."""
    row = step.transaction.one("building_space", {"bin": number})
    if row is None:
        # Another follower has finished it in the meantime.
        return None
    new = read_space(row)
    heads = read_log_heads(log, [number])
    old = step.current_space(heads[0]) if heads else None
    if old is None:
        step.drop(new)
        return None
    (head,) = heads
    if step.is_outdated(head, new):
        # It was requested again in the meantime.
        step.drop(new)
        return None
    new, _ = follow(step, head, new, MAX_CAPTURES)
    step.search.advance(new, INDEXED)
    save_space(step.transaction, new)
    if new.indexed_n < new.n or not is_up_to_date(head, new) or not is_up_to_date(head, old):
        return ""
    step.swap(head, old, new)
    return head.id
