"""The database interface of the log's appender and the ledger's follower: named queries inside one transaction.

`sqlite/transaction.py` implements it.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Any, Protocol

Values = Mapping[str, object] | Sequence[object]
RowValues = Sequence[tuple[object, ...]]


class SqlRow(Protocol):
    """A row of a result; columns by name or position."""

    def __getitem__(self, key: Any, /) -> Any: ...
    def __iter__(self) -> Iterator[Any]: ...


class Transaction(Protocol):
    """An open transaction. `query` is a name under `storage/sql/`; values are given by name or by position."""

    def all(self, query: str, values: Values = ()) -> Sequence[SqlRow]:
        """All rows."""

    def one(self, query: str, values: Values = ()) -> SqlRow | None:
        """The first row, or None."""

    def run(self, query: str, values: Values = ()) -> int:
        """Run a statement; returns the number of changed rows."""

    def each(self, query: str, rows: RowValues) -> None:
        """Run a statement once for each of `rows`."""

    def insert(self, query: str, rows: RowValues) -> None:
        """The same for a query with one `values (?, …)`, which is repeated to insert many rows in one statement. If it
        has `on conflict`, no two rows may have the same key."""

    def find(self, query: str, rows: RowValues) -> Sequence[tuple[Any, ...]]:
        """The rows of a query that joins `values (?, …)`: many look-ups in one statement."""


class Database(Protocol):
    """One connection to one database."""

    def write(self) -> AbstractContextManager[Transaction]:
        """A transaction that is committed at the end of the block, or rolled back by an exception."""

    def read(self) -> AbstractContextManager[Transaction]:
        """A read transaction: all queries in it see the same snapshot."""


class DatabaseError(Exception):
    """Nothing of the transaction was written."""


class Duplicate(DatabaseError):
    """A unique value is taken."""


class CannotWrite(DatabaseError):
    """The disk is full or read-only, or another program holds a lock. A later write may succeed."""


class Deadlock(CannotWrite):
    """Two transactions waited for each other, and this one was given up. The same may succeed at once."""


class Unreachable(CannotWrite):
    """The database server cannot be reached, or the connection to it was lost. A later write may succeed."""


class Gone(DatabaseError):
    """The files were deleted or replaced: what is written to them is lost when the process ends."""


class Doubtful(DatabaseError):
    """A read or write failed in a way that leaves the state of the disk unknown."""


class DamagedFile(Doubtful):
    """The file is not a valid database."""


class LogUnreadable(DatabaseError):
    """The follower cannot read the log now."""
