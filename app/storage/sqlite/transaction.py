"""Implements `storage/transaction.py` for one SQLite connection."""

import re
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from itertools import chain
from typing import Any

from ..queries import SQL
from ..transaction import DatabaseError, RowValues, SqlRow, Values
from .failures import translate
from .files import Files

# Rows in one statement; the remainder is split into the next smaller numbers.
_SIZES = (64, 32, 16, 8, 4, 2, 1)
_VALUES = re.compile(r"values (\(\s*(?:\?, )*\?\s*\))")


Translate = Callable[[sqlite3.Error], DatabaseError | None]


class SqliteDatabase:
    """Implements `Database`. `files` are checked before each commit; `translate` converts SQLite's errors."""

    def __init__(
        self, connection: sqlite3.Connection, files: Files | None = None, translate: Translate = translate
    ) -> None:
        self._connection = connection
        self._files = files
        self._translate = translate
        self._transaction = SqliteTransaction(connection, translate)

    @contextmanager
    def write(self) -> Iterator["SqliteTransaction"]:
        """A write transaction, rolled back on any exception. Raises DatabaseError."""
        try:
            self._execute("begin immediate")
            yield self._transaction
            if self._files is not None:
                self._files.check()
            self._execute("commit")
        except BaseException:
            self._undo()
            raise

    @contextmanager
    def read(self) -> Iterator["SqliteTransaction"]:
        """A snapshot that begins with the first query."""
        try:
            self._execute("begin")
            yield self._transaction
        finally:
            self._undo()

    def _execute(self, text: str) -> None:
        try:
            self._connection.execute(text)
        except sqlite3.Error as error:
            raise self._translate(error) or error from error

    def _undo(self) -> None:
        if self._connection.in_transaction:
            self._connection.execute("rollback")


class SqliteTransaction:
    """Implements `Transaction`."""

    def __init__(self, connection: sqlite3.Connection, translate: Translate) -> None:
        self._connection = connection
        self._translate = translate
        # A plain cursor is faster than named columns, and look-ups do not need names.
        self._plain = connection.cursor()
        self._plain.row_factory = None

    def all(self, query: str, values: Values = ()) -> Sequence[SqlRow]:
        """All rows."""
        try:
            return self._connection.execute(SQL[query], values).fetchall()
        except sqlite3.Error as error:
            raise self._translate(error) or error from error

    def one(self, query: str, values: Values = ()) -> SqlRow | None:
        """The first row, or None."""
        try:
            row: SqlRow | None = self._connection.execute(SQL[query], values).fetchone()
        except sqlite3.Error as error:
            raise self._translate(error) or error from error
        return row

    def run(self, query: str, values: Values = ()) -> int:
        """Run a statement; returns the number of changed rows."""
        try:
            return self._connection.execute(SQL[query], values).rowcount
        except sqlite3.Error as error:
            raise self._translate(error) or error from error

    def each(self, query: str, rows: RowValues) -> None:
        """Run a statement once for each row."""
        if not rows:
            return
        try:
            self._connection.executemany(SQL[query], rows)
        except sqlite3.Error as error:
            raise self._translate(error) or error from error

    def insert(self, query: str, rows: RowValues) -> None:
        """Insert many rows in one statement, because a statement opens the table and every index, which costs as
        much as a row."""
        try:
            for sql, values in _in_chunks(query, rows):
                self._connection.execute(sql, values)
        except sqlite3.Error as error:
            raise self._translate(error) or error from error

    def find(self, query: str, rows: RowValues) -> Sequence[tuple[Any, ...]]:
        """Many look-ups in one statement."""
        try:
            return [found for sql, values in _in_chunks(query, rows) for found in self._plain.execute(sql, values)]
        except sqlite3.Error as error:
            raise self._translate(error) or error from error


def _in_chunks(query: str, rows: RowValues) -> Iterator[tuple[str, tuple[object, ...]]]:
    done = 0
    for size in _SIZES:
        while len(rows) - done >= size:
            yield _for_rows(query, size), tuple(chain.from_iterable(rows[done : done + size]))
            done += size


@cache
def _for_rows(query: str, size: int) -> str:
    return _VALUES.sub(lambda match: f"values {', '.join([match[1]] * size)}", SQL[query])
