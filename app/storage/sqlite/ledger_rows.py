"""The ledger's file, as the process that compares reads it."""

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

from ...errors import NotReadable
from ..queries import SQL
from .connections import open_reader


class SqliteRows:
    """Implements `LedgerRows`."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def all(self, query: str, values: Mapping[str, object]) -> Sequence[sqlite3.Row]:
        """All rows of a named query."""
        return self._connection.execute(SQL[query], dict(values)).fetchall()


@contextmanager
def open_ledger_rows(path: Path) -> Iterator[SqliteRows]:
    """An open ledger. An error of SQLite inside of the block is raised as NotReadable."""
    try:
        with closing(open_reader(path)) as connection:
            yield SqliteRows(connection)
    except sqlite3.Error as error:
        raise NotReadable(f"The ledger cannot be read: {error}") from None
