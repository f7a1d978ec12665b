"""The ledger on PostgreSQL, which the followers of all servers write. A bin is written under its claim only: the lock
of a row that ends with the transaction.

Commits do not wait for the disk: what a crash removes is derived again. The log is in the same database, so the ledger
is never ahead of it; and when the log was replaced by a backup, the ledger is rebuilt.
"""

import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import ClassVar

import psycopg

from ..checkpointing import NoCheckpoints
from ..ledger.spaces import first_seq_of
from ..queries import FOLDER
from ..transaction import CannotWrite, Transaction
from .engine import ENGINE
from .failures import translate, translate_for_reading
from .release import check_release
from .transaction import PostgresDatabase, PostgresTransaction

SCHEMA = (FOLDER / "postgres" / "ledger.sql").read_text()
# A ledger with another schema is rebuilt, so the version is a checksum and not a counter.
VERSION = str(zlib.crc32(SCHEMA.encode()))
RESTARTED = "the database server was restarted"


class LedgerDatabase(PostgresDatabase):
    """Its transactions raise CannotWrite while the followers of another release write the ledger, and after the
    database server was restarted, until an epoch has begun."""

    def __init__(self, url: str) -> None:
        super().__init__(url, "ledger", "begin_follow")

    @contextmanager
    def begun(self) -> Iterator[PostgresTransaction]:
        with super().begun() as transaction:
            if not _has_epoch(transaction):
                raise CannotWrite(RESTARTED)
            yield transaction

    @contextmanager
    def between_epochs(self) -> Iterator[PostgresTransaction]:
        """A write transaction without an epoch, rolled back unless it was finished in the block."""
        with super().begun() as transaction:
            yield transaction

    @contextmanager
    def read(self) -> Iterator[PostgresTransaction]:
        with super().read() as transaction:
            if not _has_epoch(transaction):
                raise CannotWrite(RESTARTED)
            yield transaction


def _has_epoch(transaction: PostgresTransaction) -> bool:
    row = transaction.one("state_of_ledger")
    check_release(None if row is None else row["release"])
    return row is not None and bool(row["has_epoch"])


@dataclass(frozen=True, slots=True)
class PostgresLedger:
    """Implements `ledger.files.LedgerFile`. `reason`: why the one before was removed, if it was."""

    database: LedgerDatabase
    reason: str | None = None
    checkpoints: ClassVar[NoCheckpoints] = NoCheckpoints()
    is_shared: ClassVar[bool] = True

    def claim(self, transaction: Transaction, bins: Sequence[int]) -> Sequence[int]:
        """Lock the bins that no other follower has locked. The lock comes first, then its bin is read: what is read
        before may be older than the lock."""
        if not bins:
            return ()
        found = _claim(transaction, bins)
        missing = [bin for bin in bins if bin not in found]
        if missing and transaction.run("add_claims", {"bins": missing}):
            found |= _claim(transaction, missing)
        return [bin for bin in bins if bin in found]

    @property
    def has_epoch(self) -> bool:
        """Whether the database server is the one that the last epoch began with, and was not restarted since."""
        with self.database.between_epochs() as transaction:
            return _has_epoch(transaction)

    def begin_epoch(self, run: str, epoch: int) -> None:
        """Begin new cursors under the claims of all bins, unless another follower has done it. Raises DatabaseError."""
        with self.database.between_epochs() as transaction:
            transaction.all("lock_all_claims")
            if transaction.run("begin_epoch", {"run": run, "epoch": epoch}):
                transaction.run("renew_cursors", {"seq": first_seq_of(epoch)})
            transaction.finish("commit")

    def begin_merge(self) -> None:
        """Nothing: vacuum removes deleted words."""

    def merge(self) -> bool:
        """Nothing is left to do."""
        return False

    def close(self) -> None:
        """Close the connection."""
        self.database.close()


def _claim(transaction: Transaction, bins: Sequence[int]) -> set[int]:
    return {row[0] for row in transaction.all("claim_bins", {"bins": list(bins), "limit": len(bins)})}


@dataclass(frozen=True, slots=True)
class PostgresLedgerFiles:
    """Implements `ledger.files.LedgerFiles`."""

    url: str

    def open_log(self) -> PostgresDatabase:
        """The log, for reading."""
        return PostgresDatabase(self.url, "log reader", "begin_follow", translate_for_reading)

    def open_ledger(self) -> PostgresLedger:
        """The ledger, or an empty one if it has another version. Raises CannotWrite."""
        return self._open(replace=False)

    def make_ledger(self) -> PostgresLedger:
        """Replace the ledger by an empty one. Raises CannotWrite."""
        return self._open(replace=True)

    def _open(self, *, replace: bool) -> PostgresLedger:
        database = LedgerDatabase(self.url)
        connection = database.connection
        try:
            with connection.transaction():
                connection.execute(ENGINE["lock_schemas"])
                row = connection.execute(ENGINE["ledger_version"]).fetchone()
                assert row is not None, "the query has one row"
                check_release(row["release"])
                found, wanted = row["version"], f"{VERSION} of log {row['log']}"
                if found == wanted and not replace:
                    return PostgresLedger(database)
                connection.execute(ENGINE["drop_ledger"])
                connection.execute(f"{ENGINE['create_ledger']}; set local search_path = smsbin_ledger; {SCHEMA}")
                connection.execute(f"comment on schema smsbin_ledger is '{wanted}'")
        except CannotWrite:
            database.close()
            raise
        except psycopg.Error as error:
            database.close()
            raise translate(error) or CannotWrite(str(error)) from error
        reason = None if found is None or replace else f"it is of another version or another log ({found})"
        return PostgresLedger(database, reason)
