"""Fallbacks that did not come: the clock marks the pairing, its message, and the capture whose failure went unanswered.
Runs in the writer process, inside a transaction.
"""

import sqlite3
from collections.abc import Callable

from ..domain.folding import with_findings
from ..domain.pairing import NO_FALLBACK
from .erasing import write_again
from .pairings import Pair, Pairings
from .queries import SQL
from .rows import read_message


def mark_missing(
    connection: sqlite3.Connection, pairings: Pairings, next_seq: Callable[[int], int], now: int, limit: int
) -> tuple[str, ...]:
    """Mark at most `limit` pairings that are due; the ids of the bins that changed. Rows of messages change with it."""
    rows = connection.execute(SQL["due_pairings"], {"now": now, "limit": limit}).fetchall()
    for row in rows:
        pair = pairings.mark_missing(row["bin"], row["id"])
        # Viewers see it on the last try, which nothing followed.
        place = {"bin": pair.bin, "n": max(hit.n for hit in pair.pairing.hits)}
        connection.execute(SQL["add_finding"], place | {"finding": NO_FALLBACK})
        connection.execute(SQL["show_capture_again"], place | {"seq": next_seq(pair.bin)})
        _tell(connection, pair, next_seq)
    pairings.flush()
    return tuple(dict.fromkeys(row["bin_id"] for row in rows))


def _tell(connection: sqlite3.Connection, pair: Pair, next_seq: Callable[[int], int]) -> None:
    for id in pair.messages:
        row = connection.execute(SQL["get_message_row"], {"id": id}).fetchone()
        if row is not None:
            message = with_findings(read_message(row), pair.pairing.findings)
            write_again(connection, pair.bin, id, message, next_seq(pair.bin))
