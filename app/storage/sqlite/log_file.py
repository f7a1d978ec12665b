"""Opens the log on SQLite, in the process that writes it."""

import sqlite3
from dataclasses import dataclass
from pathlib import Path

from ...errors import CannotStart
from ..transaction import DamagedFile, Doubtful
from .checkpoints import Checkpoints
from .connections import open_log
from .failures import translate
from .files import Files, rewrite_in_place, sibling_file
from .migrate import migrate
from .transaction import SqliteDatabase

# About a hundred commits at full speed. Captures wait for the checkpoint, so a higher number makes the slowest answers
# slower.
CHECKPOINT_PAGES = 4_000


@dataclass(frozen=True, slots=True)
class LogFile:
    """The open log."""

    connection: sqlite3.Connection
    database: SqliteDatabase
    checkpoints: Checkpoints

    def meta(self) -> tuple[str, int | None]:
        """The id of the log, and the latest time that the wall clock was trusted at."""
        with self.database.read() as transaction:
            row = transaction.one("get_meta")
            assert row is not None, "it is made with the file"
            return row["id"], row["seen_at"]


def open_log_file(path: Path, *, doubt: bool) -> LogFile:
    """Open and migrate the log.

    `doubt`: a write or sync has failed before. The kernel may have dropped pages that SQLite considers written, and
    still returns them to reads. So the write-ahead log is written and synced again, then copied into the database,
    and the whole file is checked. Raises CannotStart, DatabaseError, OSError.
    """
    try:
        if doubt:
            _rewrite_and_check(path)
        connection = open_log(path)
        migrate(connection)
        files = Files(path)
        return LogFile(connection, SqliteDatabase(connection, files), Checkpoints(connection, files, CHECKPOINT_PAGES))
    except sqlite3.Error as error:
        raise translate(error) or error from error


def _rewrite_and_check(path: Path) -> None:
    # This is first, because after a power cut during the checkpoint the database can be repaired only with the whole
    # log.
    rewrite_in_place(sibling_file(path, "-wal"))
    connection = open_log(path)
    try:
        busy, *_ = connection.execute("pragma wal_checkpoint(truncate)").fetchone()
        if busy:
            raise Doubtful("another program reads the log, so it cannot be written again")
        verdict = connection.execute("pragma integrity_check(1)").fetchone()[0]
    finally:
        connection.close()
    if verdict != "ok":
        raise DamagedFile(f"the file is damaged: {verdict}")


def refuse_unusable(directory: Path) -> None:
    """Raises CannotStart if a log that is opened here would be a new one, next to what holds captures: a database of a
    version before the log was introduced, or a write-ahead log alone."""
    if (directory / "smsbin.db").exists() and not (directory / "log.db").exists():
        raise CannotStart(
            f"{directory / 'smsbin.db'} was written by an older smsbin, which kept everything in one file; this one"
            " cannot read it. Move it away to start empty, or give another --data-dir."
        )
    refuse_lone_wal(directory / "log.db")


def refuse_lone_wal(log: Path) -> None:
    """Raises CannotStart if the write-ahead log is there without its database."""
    if is_wal_alone(log):
        wal = sibling_file(log, "-wal")
        raise CannotStart(
            f"{log} is missing, and {wal.name} next to it can hold requests. Put {log.name} back, or remove {wal.name}"
            " to begin an empty log."
        )


def is_wal_alone(log: Path) -> bool:
    """Whether only the write-ahead log of a database is there. SQLite would delete or overwrite it, with the captures
    that were acknowledged and not copied into the database yet."""
    return not _size(log) and _size(sibling_file(log, "-wal")) > 0


def _size(path: Path) -> int:
    """0: there is no file, or an empty one, which SQLite takes for a new database."""
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0
