"""Opens the ledger on SQLite, in the process that writes it. A file that cannot be used is removed and rebuilt from
the log.
"""

import sqlite3
import zlib
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from ..queries import FOLDER, SQL
from ..transaction import CannotWrite, DatabaseError, LogUnreadable, Transaction
from .checkpoints import Checkpoints
from .connections import open_ledger, open_reader
from .failures import translate
from .files import Files, remove
from .transaction import SqliteDatabase

SCHEMA = (FOLDER / "sqlite" / "ledger.sql").read_text()
# A ledger with another schema is rebuilt, so the version is a checksum and not a counter.
VERSION = zlib.crc32(SCHEMA.encode()) >> 1
# From this version of SQLite on, FTS5 overwrites deleted words at once; before, they stay in the file until the search
# index is merged.
_SECURE_DELETE = (3, 42, 0)
_MERGED_PAGES = 64
# Nothing waits for this checkpoint, but a commit of the log that is synced at the same time waits until the disk has
# written it. At 500 captures a second the p99 of their answers was 41 ms with 4,000 pages, and 12 ms with 300, for
# 8 % more processor time of the follower.
CHECKPOINT_PAGES = 300


@dataclass(slots=True)
class SqliteLedger:
    """Implements `ledger.files.LedgerFile`. `is_new`: it is empty; then `reason` says why the old one was removed, if
    there was one."""

    connection: sqlite3.Connection
    database: SqliteDatabase
    checkpoints: Checkpoints
    files: Files
    is_new: bool
    reason: str | None = None
    _merge: int = 0
    is_shared: ClassVar[bool] = False

    def claim(self, transaction: Transaction, bins: Sequence[int]) -> Sequence[int]:  # noqa: ARG002
        """All bins: there is one follower."""
        return bins

    def begin_merge(self) -> None:
        """Words were deleted from the search index: start a merge that removes them from the file."""
        if sqlite3.sqlite_version_info < _SECURE_DELETE:
            self._merge = -_MERGED_PAGES

    def merge(self) -> bool:
        """One step of the merge; returns whether there is more to do. Raises DatabaseError."""
        if not self._merge:
            return False
        before = self.connection.total_changes
        try:
            self.connection.execute(SQL["search_merge"], {"pages": self._merge})
        except sqlite3.Error as error:
            raise translate(error) or error from error
        # A negative number starts a full merge, positive ones continue it until nothing changes.
        self._merge = _MERGED_PAGES if self.connection.total_changes - before > 1 else 0
        return bool(self._merge)

    def close(self) -> None:
        """Close the file without raising, whatever its state is; it is about to be removed."""
        with suppress(sqlite3.Error):
            self.connection.close()
        self.files.close()


@dataclass(frozen=True, slots=True)
class SqliteLedgerFiles:
    """Implements `LedgerFiles`."""

    ledger: Path
    log: Path

    def open_log(self) -> SqliteDatabase:
        """The log, for reading."""
        return open_log_to_follow(self.log)

    def open_ledger(self) -> SqliteLedger:
        """The ledger, or an empty one if it cannot be used."""
        return open_ledger_file(self.ledger)

    def make_ledger(self) -> SqliteLedger:
        """Replace the ledger by an empty one."""
        return make_ledger_file(self.ledger)


def open_ledger_file(path: Path) -> SqliteLedger:
    """Open the ledger, or create a new one if it cannot be used. Raises CannotWrite."""
    if not path.exists():
        return make_ledger_file(path)
    try:
        return _open(path)
    except CannotWrite:
        raise
    except (DatabaseError, _OtherVersion) as error:
        file = make_ledger_file(path)
        file.reason = str(error)
        return file


def make_ledger_file(path: Path) -> SqliteLedger:
    """Replace the ledger by an empty one. Raises CannotWrite."""
    try:
        remove(path)
    except OSError as error:
        raise CannotWrite(f"{path} cannot be removed: {error.strerror}") from error
    return _open(path)


class _OtherVersion(Exception):
    pass


def _open(path: Path) -> SqliteLedger:
    connection: sqlite3.Connection | None = None
    try:
        connection = open_ledger(path)
        version = int(connection.execute("pragma user_version").fetchone()[0])
        is_new = not connection.execute("pragma schema_version").fetchone()[0]
        if is_new:
            connection.executescript(f"begin immediate;\n{SCHEMA}\npragma user_version = {VERSION};\ncommit;")
            if sqlite3.sqlite_version_info >= _SECURE_DELETE:
                connection.execute(SQL["search_secure_delete"])
        elif version != VERSION:
            raise _OtherVersion(f"it is of another version ({version})")
        files = Files(path)
        checkpoints = Checkpoints(connection, files, CHECKPOINT_PAGES)
        return SqliteLedger(connection, SqliteDatabase(connection, files), checkpoints, files, is_new)
    except BaseException as error:
        if connection is not None:
            connection.close()
        if isinstance(error, sqlite3.Error):
            raise translate(error) or error from error
        raise


def open_log_to_follow(path: Path) -> SqliteDatabase:
    """Open the log for reading. Raises LogUnreadable, as do its transactions."""
    try:
        return SqliteDatabase(open_reader(path), translate=_log_unreadable)
    except sqlite3.Error as error:
        raise _log_unreadable(error) from error


def _log_unreadable(error: sqlite3.Error) -> LogUnreadable:
    return LogUnreadable(f"The log cannot be read: {error}")
