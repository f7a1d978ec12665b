"""Opens SQLite connections and reads each pragma back, because SQLite may ignore one silently."""

import json
import sqlite3
import sys
from pathlib import Path

from ...errors import CannotStart

# Milliseconds that a write waits for a lock of another program (a `sqlite3` shell) before it is refused.
BUSY_MS = 4_000

_WRITER = {
    "journal_mode": "wal",
    "secure_delete": 1,
    "busy_timeout": BUSY_MS,
    # Checkpoints are run explicitly (`checkpoints.py`), because SQLite does not report when one fails.
    "wal_autocheckpoint": 0,
    "journal_size_limit": 64 << 20,
    "foreign_keys": 0,  # one writer erases children first; checking each row would double the work
    "temp_store": 2,
    "mmap_size": 0,
    "trusted_schema": 0,
    "cell_size_check": 1,
    "cache_size": -8_192,  # 8 MiB; more gains nothing measurable
}
# FULL: an answer is sent only after the commit is on disk (P2).
LOG_PRAGMAS = _WRITER | {"synchronous": 2}
# NORMAL: a power cut may remove the last commits, which are derived from the log again, but does not damage the file.
LEDGER_PRAGMAS = _WRITER | {"synchronous": 1}
if sys.platform == "darwin":
    LOG_PRAGMAS |= {"fullfsync": 1, "checkpoint_fullfsync": 1}

# Readers never write and never checkpoint: two connections that checkpoint at the same moment can lose commits
# (sqlite.org/wal.html#walresetbug, fixed in 3.51.3; most systems have an older version).
READER_PRAGMAS = {
    "query_only": 1,
    "wal_autocheckpoint": 0,
    "busy_timeout": 1_000,
    "cache_size": -4_096,
    "mmap_size": 0,
}

# `sqlite3` looks for an adapter for each value that is not text, number or bytearray. If there is none, it formats and
# discards an error for each null, bool and blob of each row. These adapters return the value itself.
sqlite3.register_adapter(bytes, bytes)
sqlite3.register_adapter(bool, int)
sqlite3.register_adapter(type(None), lambda null: null)
# Queries read a list with `json_each`.
sqlite3.register_adapter(list, json.dumps)


def open_log(path: Path) -> sqlite3.Connection:
    """The connection that writes and checkpoints the log; there must be only one."""
    return _open_writer(path, LOG_PRAGMAS)


def open_ledger(path: Path) -> sqlite3.Connection:
    """The connection that writes and checkpoints the ledger; there must be only one."""
    return _open_writer(path, LEDGER_PRAGMAS)


def open_reader(path: Path) -> sqlite3.Connection:
    """A read-only connection to an existing database that another process writes."""
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
            # Works for a new file only; for any other it would be a write.
            connection.execute("pragma auto_vacuum = incremental")
        for name, wanted in pragmas.items():
            connection.execute(f"pragma {name} = {wanted}")
        check_pragmas(connection, pragmas)
    except BaseException:
        connection.close()
        raise
    return connection


def check_pragmas(connection: sqlite3.Connection, wanted: dict[str, object]) -> None:
    """Raises CannotStart if this build of SQLite silently uses another value."""
    for name, value in wanted.items():
        row = connection.execute(f"pragma {name}").fetchone()
        if row is not None and row[0] != value:
            raise CannotStart(
                f"SQLite {sqlite3.sqlite_version} did not take `pragma {name} = {value}` (it says {row[0]})."
                " Put the data directory on a local disk that supports write-ahead logging."
            )
