"""How SQLite is opened, and the proof that it took what was asked: every pragma is read back."""

import sqlite3
import sys
from pathlib import Path

from ...errors import CannotStart

# Milliseconds that a writer waits for another program's lock (a `sqlite3` shell) before the write is refused.
BUSY_MS = 4_000

_WRITER = {
    "journal_mode": "wal",
    "secure_delete": 1,
    "busy_timeout": BUSY_MS,
    # We checkpoint ourselves (`checkpoints.py`): SQLite does not tell when it cannot.
    "wal_autocheckpoint": 0,
    "journal_size_limit": 64 << 20,
    "foreign_keys": 0,  # rows are erased children first, by one writer; checking each would double the work
    "temp_store": 2,
    "mmap_size": 0,
    "trusted_schema": 0,
    "cell_size_check": 1,
    "cache_size": -8_192,  # 8 MiB; more gains nothing measurable
}
# FULL: the answer's 2xx means on disk (P2).
LOG_PRAGMAS = _WRITER | {"synchronous": 2}
# NORMAL: a power cut may take the last commits, which are made again from the log, and never the file's soundness.
LEDGER_PRAGMAS = _WRITER | {"synchronous": 1}
if sys.platform == "darwin":
    LOG_PRAGMAS |= {"fullfsync": 1, "checkpoint_fullfsync": 1}

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


def open_log(path: Path) -> sqlite3.Connection:
    """The one connection that writes and checkpoints the log."""
    return _open_writer(path, LOG_PRAGMAS)


def open_ledger(path: Path) -> sqlite3.Connection:
    """The one connection that writes and checkpoints the ledger."""
    return _open_writer(path, LEDGER_PRAGMAS)


def open_reader(path: Path) -> sqlite3.Connection:
    """A connection that only reads a database that is there, while others write it."""
    connection = sqlite3.connect(f"{path.absolute().as_uri()}?mode=rw", uri=True, isolation_level=None)
    connection.row_factory = sqlite3.Row
    for name, value in READER_PRAGMAS.items():
        connection.execute(f"pragma {name} = {value}")
    return connection


def _open_writer(path: Path, pragmas: dict[str, object]) -> sqlite3.Connection:
    connection = sqlite3.connect(path, isolation_level=None)
    connection.row_factory = sqlite3.Row
    try:
        if not connection.execute("pragma page_count").fetchone()[0]:
            # Takes effect on a new file only, and would write to any other.
            connection.execute("pragma auto_vacuum = incremental")
        for name, wanted in pragmas.items():
            connection.execute(f"pragma {name} = {wanted}")
        check_pragmas(connection, pragmas)
    except BaseException:
        connection.close()
        raise
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
