"""Checkpoints, run by the one connection that writes a database: the write-ahead log is copied into the database
and, after deletions, truncated, so that the deleted bytes leave the disk.

SQLite's automatic checkpoints do not report errors. Here the result is checked: a failed write or sync raises
Doubtful, and a reader that prevents reuse of the log is reported.
"""

import sqlite3

from ...clock import ticks
from ..log.results import LogFileStatus
from ..transaction import CannotWrite
from .connections import BUSY_MS
from .failures import translate
from .files import Files

# How long a truncating checkpoint waits for readers. There is at most one in `EVERY_S`; a checkpoint that a reader
# prevents is repeated at the same interval.
TRUNCATE_WAIT_MS = 50
EVERY_S = 1.0
# The number of free pages that one checkpoint returns to the file system.
FREED = 2_000


class Checkpoints:
    """The checkpoints of one writing connection, run after `pages` pages.

    A page that several commits changed is copied once, so a higher number is less work.
    """

    def __init__(self, connection: sqlite3.Connection, files: Files, pages: int) -> None:
        self._connection = connection
        self._files = files
        self._pages = pages
        self._last = 0.0
        self._stuck = False
        self.condition = LogFileStatus()

    def checkpoint_if_due(self) -> None:
        """Call after a commit: runs a checkpoint if enough pages were written. Raises DatabaseError."""
        try:
            if self._files.waiting() >= self._pages and (not self._stuck or ticks() - self._last >= EVERY_S):
                self._run("passive")
        except CannotWrite as error:
            self.condition = LogFileStatus(self.condition.wal_bytes, str(error), self.condition.held)

    def truncate(self) -> bool:
        """Call after a deletion when no job waits: return free pages and truncate the log. False: it must be tried
        again."""
        if ticks() - self._last < EVERY_S:
            return False
        self._connection.execute(f"pragma busy_timeout = {TRUNCATE_WAIT_MS}")
        try:
            # Not `execute`: Python 3.11 ends such a statement after its first step, which gives one page back.
            self._connection.executescript(f"pragma incremental_vacuum({FREED});")
            return self._run("truncate")
        except CannotWrite:
            return False
        except sqlite3.Error as error:
            known = translate(error)
            if isinstance(known, CannotWrite):
                return False
            raise known or error from error
        finally:
            self._connection.execute(f"pragma busy_timeout = {BUSY_MS}")

    def _run(self, mode: str) -> bool:
        """Run a checkpoint; returns whether the whole log is in the database."""
        self._last = ticks()
        trouble = None
        done = False
        try:
            busy, frames, copied = self._connection.execute(f"pragma wal_checkpoint({mode})").fetchone()
            done = not busy and frames == copied
        except sqlite3.Error as error:
            known = translate(error)
            # On a full disk the log takes commits until it is full too. Any other error raises.
            if not isinstance(known, CannotWrite):
                raise known or error from error
            trouble = str(known)
        self._stuck = self._files.waiting() >= self._pages
        self.condition = LogFileStatus(self._files.wal_bytes(), trouble, self._stuck and trouble is None)
        return done
