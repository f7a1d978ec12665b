"""Translates SQLite's errors to those of `storage/transaction.py`."""

import sqlite3

from ..transaction import CannotWrite, DamagedFile, DatabaseError, Doubtful, Duplicate

# Errors after which the state of the disk is known: nothing of the transaction was written, and a later one may
# succeed.
_REFUSED = frozenset({
    "SQLITE_FULL", "SQLITE_BUSY", "SQLITE_READONLY", "SQLITE_CANTOPEN", "SQLITE_NOMEM", "SQLITE_LOCKED", "SQLITE_PERM",
})  # fmt: skip
# The shared-memory file can also fail to grow on a full disk; it holds no data.
_REFUSED_EXTENDED = frozenset(
    {"SQLITE_IOERR_SHMSIZE", "SQLITE_IOERR_SHMOPEN", "SQLITE_IOERR_SHMMAP", "SQLITE_IOERR_NOMEM"}
)
_DAMAGED = frozenset({"SQLITE_CORRUPT", "SQLITE_NOTADB"})


def translate(error: sqlite3.Error) -> DatabaseError | None:
    """The translated error; None if it is a bug in smsbin."""
    name = getattr(error, "sqlite_errorname", "") or ""
    base = "_".join(name.split("_")[:2])
    text = f"{error} ({name})"
    if name in _REFUSED_EXTENDED or base in _REFUSED:
        return CannotWrite(text)
    if base in _DAMAGED:
        return DamagedFile(text)
    if base == "SQLITE_IOERR":
        return Doubtful(text)
    if isinstance(error, sqlite3.IntegrityError):
        return Duplicate(text)
    return None
