"""Implements `storage/transaction.py` for one PostgreSQL connection, which is opened again after it was lost."""

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import cache
from typing import Any

import psycopg

from ..transaction import DatabaseError, RowValues, SqlRow, Unreachable, Values
from .connections import Connection, connect
from .engine import ENGINE
from .failures import translate
from .queries import SQL
from .words import with_words

Translate = Callable[[psycopg.Error], DatabaseError | None]

# From this number of rows on, a COPY costs less than its own round trips.
MIN_COPIED = 3
_PLAIN_INSERT = re.compile(r"insert into (\S+) (\([^()]+\))\s+values \([%s, ]+\)")


class PostgresDatabase:
    """Implements `Database`. `program` names the connection; `begin` is the statement that begins a write
    transaction."""

    def __init__(self, url: str, program: str, begin: str, translate: Translate = translate) -> None:
        self._url = url
        self._program = program
        self._begin = begin
        self._translate = translate
        self._connection: Connection | None = None

    @property
    def connection(self) -> Connection:
        """The open connection. Raises DatabaseError."""
        if self._connection is None or self._connection.closed:
            self._connection = connect(self._url, self._program)
        return self._connection

    @contextmanager
    def write(self) -> Iterator["PostgresTransaction"]:
        """A write transaction, rolled back on any exception. Raises DatabaseError."""
        with self.begun() as transaction:
            yield transaction
            self.execute("commit")

    @contextmanager
    def begun(self) -> Iterator["PostgresTransaction"]:
        """A write transaction that is rolled back unless it was committed in the block. Raises DatabaseError."""
        transaction = self._begun(self._begin)
        try:
            yield transaction
        finally:
            self._undo()

    @contextmanager
    def read(self) -> Iterator["PostgresTransaction"]:
        """A snapshot that begins with the first query."""
        transaction = self._begun("begin_snapshot")
        try:
            yield transaction
        finally:
            self._undo()

    def execute(self, statement: str) -> None:
        """Run a statement of `sql/postgres/engine`. Raises DatabaseError."""
        try:
            self.connection.execute(ENGINE[statement])
        except psycopg.Error as error:
            raise self._translate(error) or error from error

    def close(self) -> None:
        """Close the connection without raising, whatever its state is."""
        if self._connection is not None:
            with suppress(psycopg.Error):
                self._connection.close()
            self._connection = None

    def _begun(self, begin: str) -> "PostgresTransaction":
        try:
            self.execute(begin)
        except Unreachable:
            # The server was restarted since the last transaction.
            self.close()
            self.execute(begin)
        return PostgresTransaction(self.connection, self._translate)

    def _undo(self) -> None:
        connection = self._connection
        if connection is None or connection.closed:
            return
        try:
            if connection.info.transaction_status != psycopg.pq.TransactionStatus.IDLE:
                connection.execute("rollback")
        except psycopg.Error:
            self.close()


class PostgresTransaction:
    """Implements `Transaction`."""

    def __init__(self, connection: Connection, translate: Translate) -> None:
        self._connection = connection
        self._translate = translate

    def all(self, query: str, values: Values = ()) -> Sequence[SqlRow]:
        """All rows."""
        try:
            return self._connection.execute(_text(query), _ready(values)).fetchall()
        except psycopg.Error as error:
            raise self._translate(error) or error from error

    def one(self, query: str, values: Values = ()) -> SqlRow | None:
        """The first row, or None."""
        try:
            return self._connection.execute(_text(query), _ready(values)).fetchone()
        except psycopg.Error as error:
            raise self._translate(error) or error from error

    def run(self, query: str, values: Values = ()) -> int:
        """Run a statement; returns the number of changed rows."""
        try:
            return self._connection.execute(_text(query), _ready(values)).rowcount
        except psycopg.Error as error:
            raise self._translate(error) or error from error

    def each(self, query: str, rows: RowValues) -> None:
        """Run a statement once for each row, without waiting for each."""
        if not rows:
            return
        try:
            with self._connection.cursor() as cursor:
                cursor.executemany(_text(query), with_words(query, rows))
        except psycopg.Error as error:
            raise self._translate(error) or error from error

    def insert(self, query: str, rows: RowValues) -> None:
        """Insert many rows with one COPY. A statement with many rows of parameters would be parsed anew each time."""
        target = _copy_target(query)
        if len(rows) < MIN_COPIED or target is None:
            self.each(query, rows)
            return
        text = f"copy {' '.join(target)} from stdin (format binary)"
        try:
            types = self._types(*target)
            with self._connection.cursor() as cursor, cursor.copy(text) as copy:
                copy.set_types(types)
                for row in with_words(query, rows):
                    copy.write_row(row)
        except psycopg.Error as error:
            raise self._translate(error) or error from error

    def find(self, query: str, rows: RowValues) -> Sequence[tuple[Any, ...]]:
        """Many look-ups in one statement, which gets one array for each column."""
        if not rows:
            return ()
        try:
            columns = [list(column) for column in zip(*rows, strict=True)]
            return self._connection.execute(_text(query), columns).fetchall()
        except psycopg.Error as error:
            raise self._translate(error) or error from error

    def _types(self, table: str, columns: str) -> Sequence[int]:
        """The types of the columns of a COPY, which the server does not tell."""
        known = _TYPES.get((table, columns))
        if known is None:
            text = f"select {columns[1:-1]} from {table} limit 0"
            described = self._connection.execute(text).description or ()
            known = _TYPES[table, columns] = [column.type_code for column in described]
        return known


# Types of columns do not change while a process runs.
_TYPES: dict[tuple[str, str], Sequence[int]] = {}


@cache
def _text(query: str) -> str:
    return SQL[query]


@cache
def _copy_target(query: str) -> tuple[str, str] | None:
    """The table and the columns of a plain insert; None for another query."""
    match = _PLAIN_INSERT.fullmatch(SQL[query])
    return None if match is None else (match[1], " ".join(match[2].split()))


def _ready(values: Values) -> Values | None:
    """A statement without parameters is sent as it is."""
    return values or None
