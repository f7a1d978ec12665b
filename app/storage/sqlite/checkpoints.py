"""Checkpoints of the one connection that writes a database: the write-ahead log is copied into the database, and
emptied where something was deleted, so that the deleted bytes leave the disk.

SQLite's own checkpoints do not report their errors. These look at the result: a failed write or sync is doubt, and a
reader that keeps the log from being reused is told.
"""

import sqlite3

from ...clock import ticks
from ..log.jobs import Condition
from ..transaction import CannotWrite
from .connections import BUSY_MS
from .failures import translate
from .files import Files

# So many pages are a hundred commits; what all of them touched is copied once. Many more show in the worst answers.
PAGES = 4_000
# How long an emptying checkpoint waits for readers. After a deletion there is one in `EVERY_S` at most, and as often a
# checkpoint that a reader holds back is tried again.
PATIENCE_MS = 50
EVERY_S = 1.0
# Pages that go back to the file system with one of them.
FREED = 2_000


class Checkpoints:
    """Of one writing connection."""

    def __init__(self, connection: sqlite3.Connection, files: Files) -> None:
        self._connection = connection
        self._files = files
        self._last = 0.0
        self._stuck = False
        self.condition = Condition()

    def look(self) -> None:
        """After a commit: copy what has gathered. DatabaseError."""
        try:
            if self._files.waiting() >= PAGES and (not self._stuck or ticks() - self._last >= EVERY_S):
                self._run("passive")
        except CannotWrite as error:
            self.condition = Condition(self.condition.wal_bytes, str(error), self.condition.held)

    def empty(self) -> bool:
        """After a deletion, when nothing else waits: give pages back and empty the log; False: not yet."""
        if ticks() - self._last < EVERY_S:
            return False
        self._connection.execute(f"pragma busy_timeout = {PATIENCE_MS}")
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
        """Whether all of the log is in the database."""
        self._last = ticks()
        trouble = None
        done = False
        try:
            busy, frames, copied = self._connection.execute(f"pragma wal_checkpoint({mode})").fetchone()
            done = not busy and frames == copied
        except sqlite3.Error as error:
            known = translate(error)
            # On a full disk the log still takes commits, until it is full, too. Everything else is doubt.
            if not isinstance(known, CannotWrite):
                raise known or error from error
            trouble = str(known)
        self._stuck = self._files.waiting() >= PAGES
        self.condition = Condition(self._files.wal_bytes(), trouble, self._stuck and trouble is None)
        return done
