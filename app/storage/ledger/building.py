"""Reading a bin again, beside what readers see: after an upgrade of the reader, or because a person wants it."""

from collections.abc import Callable

from ..transaction import Transaction
from .feed import MAX_CAPTURES, LogHead, is_up_to_date, read_log_heads
from .spaces import Space, read_space, save_space
from .steps import LedgerStep

# Captures that the search index takes in before the next step: the new space is seen only with its index.
INDEXED = 500

Follow = Callable[[LedgerStep, LogHead, Space, int], tuple[Space, int]]


def build_step(step: LedgerStep, log: Transaction, number: int, follow: Follow) -> str | None:
    """One step of the space that is being built for a bin. The id of the bin, when readers see it from now on; empty
    when it goes on; None when the bin must be looked at again."""
    row = step.transaction.one("building_space", {"bin": number})
    assert row is not None, "the caller has seen it"
    new = read_space(row)
    heads = read_log_heads(log, [number])
    old = step.current_space(heads[0]) if heads else None
    if old is None:
        step.drop(new)
        return None
    (head,) = heads
    if step.is_outdated(head, new):
        # It was asked for once more meanwhile.
        step.drop(new)
        return None
    new, _ = follow(step, head, new, MAX_CAPTURES)
    step.search.advance(new, INDEXED)
    save_space(step.transaction, new)
    if new.indexed_n < new.n or not is_up_to_date(head, new) or not is_up_to_date(head, old):
        return ""
    step.swap(head, old, new)
    return head.id
