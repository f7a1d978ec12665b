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
from ..queries import FOLDER
from ..transaction import CannotWrite, Transaction
from .engine import ENGINE
from .failures import translate, translate_for_reading
from .release import check_release
from .transaction import PostgresDatabase, PostgresTransaction

SCHEMA = (FOLDER / "postgres" / "ledger.sql").read_text()
# A ledger with another schema is rebuilt, so the version is a checksum and not a counter.
VERSION = str(zlib.crc32(SCHEMA.encode()))


class LedgerDatabase(PostgresDatabase):
    """Its transactions raise CannotWrite while the followers of another release write the ledger."""

    def __init__(self, url: str) -> None:
        super().__init__(url, "ledger", "begin_follow")

    @contextmanager
    def begun(self) -> Iterator[PostgresTransaction]:
        with super().begun() as transaction:
            yield _checked(transaction)

    @contextmanager
    def read(self) -> Iterator[PostgresTransaction]:
        with super().read() as transaction:
            yield _checked(transaction)


def _checked(transaction: PostgresTransaction) -> PostgresTransaction:
    row = transaction.one("release")
    check_release(None if row is None else row[0])
    return transaction


@dataclass(frozen=True, slots=True)
class PostgresLedger:
    """Implements `ledger.files.LedgerFile`. `reason`: why the one before was removed, if it was."""

    database: PostgresDatabase
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
