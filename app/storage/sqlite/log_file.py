"""Opening the log on SQLite, by the one process that writes it."""

import sqlite3
from dataclasses import dataclass
from pathlib import Path

from ...errors import CannotStart
from ..transaction import DamagedFile, Doubtful
from .checkpoints import Checkpoints
from .connections import open_log
from .failures import translate
from .files import Files, beside, write_again
from .migrate import migrate
from .transaction import SqliteDatabase


@dataclass(frozen=True, slots=True)
class LogFile:
    """The open log."""

    connection: sqlite3.Connection
    database: SqliteDatabase
    checkpoints: Checkpoints

    def meta(self) -> tuple[str, int | None]:
        """The id of the log, and the latest time that the clock was trusted to show."""
        with self.database.read() as transaction:
            row = transaction.one("get_meta")
            assert row is not None, "it is made with the file"
            return row["id"], row["seen_at"]


def open_log_file(path: Path, *, doubt: bool) -> LogFile:
    """Open, migrate, and copy into the database what stands in the write-ahead log.

    `doubt`: a write or a sync has failed before. The kernel may have dropped pages that SQLite takes for written, and
    shows them as if they were on the disk. So the write-ahead log is written and synced again, then what it holds into
    the database, and the whole file is checked. CannotStart, DatabaseError, OSError.
    """
    try:
        if doubt:
            _check_again(path)
        connection = open_log(path)
        migrate(connection)
        files = Files(path)
        return LogFile(connection, SqliteDatabase(connection, files), Checkpoints(connection, files))
    except sqlite3.Error as error:
        raise translate(error) or error from error


def _check_again(path: Path) -> None:
    # First: a power cut in the middle of the checkpoint needs all of it to make the database whole.
    write_again(beside(path, "-wal"))
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


def refuse_older(directory: Path) -> None:
    """CannotStart where a database of the time before the log lies."""
    if (directory / "smsbin.db").exists() and not (directory / "log.db").exists():
        raise CannotStart(
            f"{directory / 'smsbin.db'} was written by an older smsbin, which kept everything in one file; this one"
            " cannot read it. Move it away to start empty, or give another --data-dir."
        )
