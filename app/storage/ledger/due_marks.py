"""Time-based marks: messages without a status update become stuck, and fallbacks that did not come become missing.

Both depend on the recorded data and the current time only, so a rebuilt ledger has them too. A mark is removed when
something arrives, and set again when it is due again.
"""

from collections import defaultdict
from collections.abc import Collection, Sequence

from msgspec.structs import replace

from ...domain.messages.folding import mark_stuck
from ...domain.messages.model import STUCK
from ...domain.units import micros
from ..ids import owner_of
from ..transaction import Transaction
from .folding import Fold
from .spaces import Space, find_space, save_space

# Marks in one transaction.
LIMIT = 200


def mark_due(
    transaction: Transaction, now: int, behind: Collection[int], among: Collection[int] | None = None
) -> list[Space]:
    """Set at most `LIMIT` marks of each kind. Skips the spaces that are `behind` the log, because the missing
    request may be among those not processed yet, and those that are not `among` these. Returns the spaces that changed;
    more marks may be due."""
    changed = []
    for number, found in _due(transaction, now, behind).items():
        if among is not None and number not in among:
            continue
        space = find_space(transaction, number)
        assert space is not None, "its rows are there"
        _mark(transaction, space, found)
        changed.append(space)
    return changed


def due_spaces(transaction: Transaction, now: int, behind: Collection[int]) -> list[Space]:
    """The spaces in which `mark_due` would set marks."""
    found = (find_space(transaction, number) for number in _due(transaction, now, behind))
    return [space for space in found if space is not None]


def _due(transaction: Transaction, now: int, behind: Collection[int]) -> dict[int, list[tuple[str, int]]]:
    rows: dict[int, list[tuple[str, int]]] = defaultdict(list)
    values = {"now": now, "limit": LIMIT, "behind": list(behind)}
    for query in ("overdue_messages", "due_pairings"):
        for row in transaction.all(query, values):
            rows[owner_of(row["id"])].append((query, row["id"]))
    return rows


def _mark(transaction: Transaction, space: Space, found: Sequence[tuple[str, int]]) -> None:
    fold = Fold(transaction, space)
    for query, id in found:
        if query == "overdue_messages":
            entry = fold.messages.get(id)
            assert entry is not None, "it has just been found"
            fold.messages.change(entry, mark_stuck(entry.message))
        else:
            pair = fold.pairs.get(id)
            assert pair is not None, "it has just been found"
            fold.mark_missing(pair)
    fold.flush()
    save_space(transaction, space)


def unmark_stuck(transaction: Transaction, space: Space, stuck_s: int, now: int) -> None:
    """The bin's time until a message is stuck was changed: remove the mark from messages that are not overdue now."""
    fold = Fold(transaction, space)
    for row in transaction.all("stuck_messages", {"space": space.number}):
        entry = fold.messages.get(row["id"])
        if entry is None or (stuck_s and micros(entry.message.last_at) < now - stuck_s * 1_000_000):
            continue
        findings = tuple(code for code in entry.message.findings if code != STUCK)
        fold.messages.change(entry, replace(entry.message, findings=findings))
    fold.flush()
