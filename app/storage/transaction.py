"""What the log's appender and the ledger's follower need of a database engine, and nothing else: queries by name inside
one transaction. `sqlite/transaction.py` is the first engine.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Any, Protocol

Values = Mapping[str, object] | Sequence[object]
RowValues = Sequence[tuple[object, ...]]


class SqlRow(Protocol):
    """A row, by column name or position."""

    def __getitem__(self, key: Any, /) -> Any: ...
    def __iter__(self) -> Iterator[Any]: ...


class Transaction(Protocol):
    """One transaction that is open. `query` is a name under `storage/sql/`; values by name, or by position."""

    def all(self, query: str, values: Values = ()) -> Sequence[SqlRow]:
        """Every row."""

    def one(self, query: str, values: Values = ()) -> SqlRow | None:
        """The first row, or None."""

    def run(self, query: str, values: Values = ()) -> int:
        """Run a statement: how many rows it changed."""

    def each(self, query: str, rows: RowValues) -> None:
        """Run a statement once for each of `rows`."""

    def insert(self, query: str, rows: RowValues) -> None:
        """The same for a query with one `values (?, …)`, which may be repeated: many rows in one statement."""

    def find(self, query: str, rows: RowValues) -> Sequence[tuple[Any, ...]]:
        """Rows of a query that joins `values (?, …)`: a look-up for each of `rows`, many in one statement."""


class Database(Protocol):
    """One connection to one database."""

    def write(self) -> AbstractContextManager[Transaction]:
        """A transaction that is committed at the end, or undone by an exception."""

    def read(self) -> AbstractContextManager[Transaction]:
        """A snapshot: everything read in it is of one moment."""


class DatabaseError(Exception):
    """Nothing of the transaction has happened."""


class Duplicate(DatabaseError):
    """A value that must be unique is taken."""


class CannotWrite(DatabaseError):
    """The disk is full, read-only, or another program holds the file. It may work later."""


class Gone(DatabaseError):
    """The files have lost their names: what is written to them is lost when the process ends."""


class Doubtful(DatabaseError):
    """Reading or writing failed in a way that leaves open what is on the disk."""


class DamagedFile(Doubtful):
    """The file is no sound database."""


class LogUnreadable(DatabaseError):
    """The follower cannot read the log at the moment."""
