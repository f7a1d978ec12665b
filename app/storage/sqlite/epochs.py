"""Which epochs of cursors may have been given out. A restored log must not give one out again: a cursor from before
would be accepted, and the changes before it in the new ledger missed.
"""

import sqlite3
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path

from ...domain.units import from_micros
from ..ledger.spaces import epoch_of
from ..queries import FOLDER, SQL, load_queries
from .checking import open_to_read

# After a backup was taken, its log gives out an epoch for each bin that is parsed again, with each new version of the
# parsers: at most so many for each bin, and one more a minute since then. A cursor is exact in JavaScript up to epoch
# 2,097,152.
SPARE_PER_BIN = 16
_RESTORING = load_queries(FOLDER / "sqlite" / "restoring.sql")


def highest_epoch(log: Path, ledger: Path) -> int:
    """The highest epoch in a log and in the ledger next to it, as far as they can be read; else 0."""
    return max(_first_of(log, _RESTORING["known_epochs"]), epoch_of(_first_of(ledger, SQL["last_first_seq"])))


def raise_epochs(connection: sqlite3.Connection, known: int, now: datetime) -> None:
    """Let the copy of a log give out only epochs above `known`, and above all that its original can have given out
    since: the log and the ledger that had them may be lost."""
    epochs, used_at, bins = connection.execute(_RESTORING["known_epochs"]).fetchone()
    minutes = 0 if used_at is None else (now - from_micros(used_at)) // timedelta(minutes=1)
    least = epochs + max(0, minutes) + SPARE_PER_BIN * (bins + 1)
    connection.execute(_RESTORING["raise_epochs"], {"least": max(known, least)})


def _first_of(path: Path, query: str) -> int:
    """The first number that a query returns; 0 if there is none, or the file cannot be read."""
    try:
        with closing(open_to_read(path)) as connection:
            row = connection.execute(query).fetchone()
    except sqlite3.Error:
        return 0
    return 0 if row is None or row[0] is None else int(row[0])
