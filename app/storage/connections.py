"""How SQLite is opened, and the proof that it took what was asked: every pragma is read back."""

import sqlite3
import sys
from pathlib import Path

from ..errors import CannotStart

# Seconds that the writer waits for somebody else's lock (a `sqlite3` shell, a backup) before it says "busy".
BUSY_MS = 4_000

WRITER_PRAGMAS = {
    "journal_mode": "wal",
    "synchronous": 2,  # FULL: the answer's 2xx means on disk (P2)
    "secure_delete": 1,
    "busy_timeout": BUSY_MS,
    # So many pages are a hundred commits; what all of them touched is copied once. Many more show in the worst answers.
    "wal_autocheckpoint": 4_000,
    "journal_size_limit": 64 << 20,
    "foreign_keys": 0,  # rows are erased children first, by one writer; checking each would double the work
    "temp_store": 2,
    "mmap_size": 0,
    "trusted_schema": 0,
    "cell_size_check": 1,
    "cache_size": -8_192,  # 8 MiB; more gains nothing measurable
}
if sys.platform == "darwin":
    WRITER_PRAGMAS |= {"fullfsync": 1, "checkpoint_fullfsync": 1}

# Readers never write, and never checkpoint: two connections doing so at once is a known way to lose commits
# (sqlite.org/wal.html#walresetbug, fixed in 3.51.3; most systems ship older).
READER_PRAGMAS = {
    "query_only": 1,
    "wal_autocheckpoint": 0,
    "busy_timeout": 1_000,
    "cache_size": -4_096,
    "mmap_size": 0,
}

# `sqlite3` looks for an adapter of whatever is neither text, number nor bytearray. Finding none is what costs: for each
# null, truth value and blob of each row an error is worded and thrown away. These give the value itself.
sqlite3.register_adapter(bytes, bytes)
sqlite3.register_adapter(bool, int)
sqlite3.register_adapter(type(None), lambda null: null)


def open_writer(database: Path) -> sqlite3.Connection:
    """The one writing connection."""
    connection = sqlite3.connect(database, isolation_level=None)
    connection.row_factory = sqlite3.Row
    connection.execute("pragma auto_vacuum = incremental")  # takes effect on a new file only
    for name, wanted in WRITER_PRAGMAS.items():
        connection.execute(f"pragma {name} = {wanted}")
    check_pragmas(connection, WRITER_PRAGMAS)
    return connection


def check_pragmas(connection: sqlite3.Connection, wanted: dict[str, object]) -> None:
    """CannotStart where SQLite, as built here, silently keeps another value."""
    for name, value in wanted.items():
        row = connection.execute(f"pragma {name}").fetchone()
        if row is not None and row[0] != value:
            raise CannotStart(
                f"SQLite {sqlite3.sqlite_version} did not take `pragma {name} = {value}` (it says {row[0]})."
                " Put the data directory on a local disk that supports write-ahead logging."
            )
