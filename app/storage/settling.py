"""After a stop that nobody planned: answers that were held back have gone to nobody, and say so."""

import sqlite3
from collections.abc import Iterator

from .counters import Counters
from .jobs import SetOutcome, SettleUnanswered
from .queries import SQL

STEP = 2_000
MOST_STEPS = 250
_FAR = (1 << 63) - 1


def settle_unanswered(connection: sqlite3.Connection, counters: Counters, job: SettleUnanswered) -> list[str]:
    """Give the newest captures that have no outcome the one that nothing was heard of it; their bins."""
    bins: list[str] = []
    for bin_id, n in list(_unanswered(connection, job.within)):
        counter = counters.of(bin_id)
        if counter is not None:
            counters.add_outcome(counter, SetOutcome(bin_id, n, None, None, False, None, True, job.note, None, False))
            bins.append(bin_id)
    return bins


def _unanswered(connection: sqlite3.Connection, within: int) -> Iterator[tuple[str, int]]:
    before, since = _FAR, None
    for _ in range(MOST_STEPS):
        rows = connection.execute(SQL["newest_outcomes"], {"before": before, "limit": STEP}).fetchall()
        if not rows:
            return
        since = rows[0]["received_at"] - within if since is None else since
        young = [row for row in rows if row["received_at"] >= since]
        yield from ((row["bin_id"], row["n"]) for row in young if not row["answered"])
        if not young:
            return
        before = rows[-1]["id"]
