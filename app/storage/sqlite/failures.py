"""SQLite's errors as what can be done about them."""

import sqlite3

from ..transaction import CannotWrite, DamagedFile, DatabaseError, Doubtful, Duplicate

# Errors that leave no doubt about what is on the disk: nothing of the transaction is, and a later one may work.
_REFUSED = frozenset({
    "SQLITE_FULL", "SQLITE_BUSY", "SQLITE_READONLY", "SQLITE_CANTOPEN", "SQLITE_NOMEM", "SQLITE_LOCKED", "SQLITE_PERM",
})  # fmt: skip
# Growing the shared-memory file meets a full disk too, and holds no data of its own.
_REFUSED_EXTENDED = frozenset(
    {"SQLITE_IOERR_SHMSIZE", "SQLITE_IOERR_SHMOPEN", "SQLITE_IOERR_SHMMAP", "SQLITE_IOERR_NOMEM"}
)
_DAMAGED = frozenset({"SQLITE_CORRUPT", "SQLITE_NOTADB"})


def translate(error: sqlite3.Error) -> DatabaseError | None:
    """The error in the words of `storage/transaction.py`; None for a fault of smsbin."""
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
