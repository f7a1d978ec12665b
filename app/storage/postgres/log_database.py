"""The log on PostgreSQL, in the process that writes it.

A transaction is committed without waiting for the disk, so that its bins are free for other servers at once; then one
small transaction waits until everything before it is on the disk. Nothing is acknowledged before that (P2). What other
servers read in between may be lost by a crash: they wait for the disk themselves before they act on it.

If the connection is lost while a transaction is committed, or waiting for the disk fails, the row of this writer shows
whether it was.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import psycopg

from ...clock import new_id, now, pause, ticks
from ...domain.units import micros
from ..transaction import CannotWrite, DatabaseError, Unreachable
from .connections import check_version
from .failures import translate_for_log
from .migrating_log import migrate, refuse_incomplete
from .release import begin_release
from .transaction import PostgresDatabase, PostgresTransaction

# How long the result of an unknown commit is looked up. A capture waits 4 s, of which the commit may have used a part.
DOUBT_S = 2.5
AGAIN_S = 0.05
# The row of a process that has ended is removed after this time.
FORGOTTEN_AFTER = timedelta(days=1)


class LogDatabase:
    """Implements `Database`."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._database = PostgresDatabase(url, "log", "begin_append", translate_for_log)
        # The id of this process in the table `writers`.
        self._writer = new_id()
        self._batch = 0
        self.known = self.unknown = 0
        """Commits with an unknown result that were found to be written, and those whose result stayed unknown."""

    def open(self) -> None:
        """Migrate the log and add the row of this writer. Raises CannotStart, DatabaseError."""
        connection = self._database.connection
        check_version(connection, self._url)
        migrate(connection)
        refuse_incomplete(connection, self._url)
        with self._database.write() as transaction:
            transaction.run("forget_writers", {"before": micros(now() - FORGOTTEN_AFTER)})
            transaction.each("set_writer_batch", [(self._writer, self._batch, micros(now()))])

    def begin_release(self, run: str) -> None:
        """The followers of this release write the ledger. `run` is the id of this opening of the store; nothing changes
        if only its log process was restarted. Raises DatabaseError."""
        begin_release(self._database.connection, run)

    @contextmanager
    def write(self) -> Iterator[PostgresTransaction]:
        """A transaction that is on the disk at the end of the block. Raises DatabaseError."""
        self._batch += 1
        with self._database.begun() as transaction:
            # Not with the commit: looking up its result waits for the lock of this row, which must be there when the
            # commit is sent.
            transaction.begin_with("set_writer_batch", (self._writer, self._batch, micros(now())))
            yield transaction
            try:
                transaction.finish("commit", "flush")
            except (DatabaseError, psycopg.Error) as error:
                if transaction.is_open:
                    raise
                self._resolve(error)

    @contextmanager
    def read(self) -> Iterator[PostgresTransaction]:
        """A snapshot."""
        with self._database.read() as transaction:
            yield transaction

    def close(self) -> None:
        """Close the connection."""
        self._database.close()

    def _resolve(self, error: DatabaseError | psycopg.Error) -> None:
        """Find out whether the transaction was committed, and wait until it is on the disk. Raises CannotWrite if it
        was not, or if that stays unknown."""
        ends_at = ticks() + DOUBT_S
        while ticks() < ends_at:
            self._database.close()
            try:
                written = self._written_batch()
                if written < self._batch:
                    break
                self._database.execute("flush")
            except (DatabaseError, psycopg.Error):
                pause(AGAIN_S)
                continue
            self.known += 1
            return
        else:
            self.unknown += 1
        kind = Unreachable if isinstance(error, Unreachable) else CannotWrite
        raise kind(f"a commit has failed: {error}") from error

    def _written_batch(self) -> int:
        """The last batch of this writer that is committed. The lock waits until the server has ended the transaction
        of the lost connection."""
        with self._database.begun() as transaction:
            row = transaction.one("lock_writer", {"id": self._writer})
            return 0 if row is None else int(row[0])
