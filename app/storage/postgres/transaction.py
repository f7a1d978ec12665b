"""Implements `storage/transaction.py` for one PostgreSQL connection, which is opened again after it was lost.

A round trip costs more than most statements. So a transaction begins together with its first query, and what returns
nothing is sent with the next query or with the commit. Its errors are raised then.
"""

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import cache
from typing import Any

import psycopg

from ..transaction import CannotWrite, RowValues, SqlRow, Unreachable, Values
from .connections import Connection, connect
from .engine import ENGINE
from .failures import Translate, translate
from .queries import SQL
from .rows import NamedRow
from .words import with_words

# From this number of rows on, one statement with an array for each column costs less than one for each row.
MIN_ARRAYS = 3
_INSERT = re.compile(r"insert\s+into (\S+) \(([^()]+)\)\s+values \([%s, ]+\)(\s+on conflict\s.+)?", re.DOTALL)
_OPEN = (psycopg.pq.TransactionStatus.INTRANS, psycopg.pq.TransactionStatus.INERROR)


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
            self._connection = connect(self._url, self._program, self._translate)
        return self._connection

    @contextmanager
    def write(self) -> Iterator["PostgresTransaction"]:
        """A write transaction, rolled back on any exception. Raises DatabaseError."""
        with self.begun() as transaction:
            yield transaction
            transaction.finish("commit")

    @contextmanager
    def read(self) -> Iterator["PostgresTransaction"]:
        """A snapshot that begins with the first query."""
        with self._begun("begin_snapshot") as transaction:
            yield transaction

    @contextmanager
    def begun(self) -> Iterator["PostgresTransaction"]:
        """A write transaction that is rolled back unless it was finished in the block. Raises DatabaseError."""
        with self._begun(self._begin) as transaction:
            yield transaction

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

    @contextmanager
    def _begun(self, begin: str) -> Iterator["PostgresTransaction"]:
        try:
            yield PostgresTransaction(self, begin, self._translate)
        finally:
            self._undo()

    def _undo(self) -> None:
        connection = self._connection
        if connection is None or connection.closed:
            return
        try:
            if connection.info.transaction_status != psycopg.pq.TransactionStatus.IDLE:
                connection.execute(ENGINE["rollback"])
        except psycopg.Error:
            self.close()


class PostgresTransaction:
    """Implements `Transaction`."""

    def __init__(self, database: PostgresDatabase, begin: str, translate: Translate) -> None:
        self._database = database
        self._begin = begin
        # None until it has begun. It is kept, because a new connection would know nothing of the transaction.
        self._connection: Connection | None = None
        self._translate = translate
        self._deferred: list[tuple[str, Values]] = []
        self._prefix: list[tuple[str, Values]] = []

    def begin_with(self, query: str, values: Values) -> None:
        """Run this together with the first query, before it. Nothing is run if there is no query."""
        self._prefix.append((query, values))

    @property
    def is_open(self) -> bool:
        """Whether the server has neither committed it nor rolled it back, so that it will be rolled back."""
        connection = self._connection
        return connection is not None and connection.info.transaction_status in _OPEN

    def all(self, query: str, values: Values = ()) -> Sequence[SqlRow]:
        """All rows."""
        cursor = self._run(SQL[query], values)
        return cursor.fetchall() if cursor.description else ()

    def one(self, query: str, values: Values = ()) -> SqlRow | None:
        """The first row, or None."""
        cursor = self._run(SQL[query], values)
        return cursor.fetchone() if cursor.description else None

    def run(self, query: str, values: Values = ()) -> int:
        """Run a statement; returns the number of changed rows."""
        return self._run(SQL[query], values).rowcount

    def each(self, query: str, rows: RowValues) -> None:
        """Run a statement once for each row, with the next query. If there is a query of the same name for all rows
        `_together`, it gets one array for each column instead."""
        together = SQL.get(f"{query}_together")
        if together is None or len(rows) < MIN_ARRAYS:
            self._deferred += [(SQL[query], row) for row in with_words(query, rows)]
        else:
            self._deferred.append((together, [list(column) for column in zip(*rows, strict=True)]))

    def insert(self, query: str, rows: RowValues) -> None:
        """Insert many rows in one statement, with the next query."""
        if len(rows) < MIN_ARRAYS or (parts := _parts(query)) is None:
            self.each(query, rows)
            return
        # First, because it may send what is deferred so far.
        text = self._insert_arrays(parts)
        columns = [list(column) for column in zip(*with_words(query, rows), strict=True)]
        self._deferred.append((text, columns))

    def find(self, query: str, rows: RowValues) -> Sequence[tuple[Any, ...]]:
        """Many look-ups in one statement, which gets one array for each column."""
        if not rows:
            return ()
        return self._run(SQL[query], [list(column) for column in zip(*rows, strict=True)]).fetchall()

    def finish(self, *statements: str) -> None:
        """Send what is left, and then statements of `sql/postgres/engine`, in one round trip. Raises DatabaseError."""
        if self._connection is None and not self._deferred:
            return
        try:
            connection = self._begun()
            with connection.pipeline():
                self._send_deferred(connection)
                done = [connection.execute(ENGINE[statement]) for statement in statements]
        except psycopg.Error as error:
            raise self._translate(error) or error from error
        if statements[:1] == ("commit",) and done[0].statusmessage != "COMMIT":
            # The server reports no error here.
            raise CannotWrite("the transaction was rolled back, because a statement in it has failed")

    def _run(self, text: str, values: Values) -> psycopg.Cursor[NamedRow]:
        try:
            if self._connection is None and not self._deferred:
                return self._run_first(text, values)
            connection = self._begun()
            # None: prepared when it has been run a few times.
            prepare = False if _keeps_no_plan(text) else None
            if not self._deferred:
                return connection.execute(text, values, prepare=prepare)
            with connection.pipeline():
                self._send_deferred(connection)
                return connection.execute(text, values, prepare=prepare)
        except psycopg.Error as error:
            raise self._translate(error) or error from error

    def _run_first(self, text: str, values: Values) -> psycopg.Cursor[NamedRow]:
        """Begin, and run the first query. As one simple query: after another one, the server does not end a transaction
        whose client is silent for too long (`idle_in_transaction_session_timeout`), and its locks would stay."""
        try:
            return self._run_together(text, values)
        except psycopg.Error as error:
            if not isinstance(translate(error), Unreachable):
                raise
        # The server was restarted since the last transaction, of which nothing is missing.
        self._database.close()
        return self._run_together(text, values)

    def _run_together(self, text: str, values: Values) -> psycopg.Cursor[NamedRow]:
        self._connection = self._database.connection
        cursor = psycopg.ClientCursor(self._connection)
        statements = [ENGINE[self._begin]]
        # A per cent sign of a value would have a meaning.
        statements += [cursor.mogrify(SQL[query], row).replace("%", "%%") for query, row in self._prefix]
        cursor.execute(";\n".join([*statements, text]), values)
        while cursor.nextset():
            pass
        return cursor

    def _begun(self) -> Connection:
        """The connection, in the transaction."""
        if self._connection is None:
            self._run_first("", ())
        assert self._connection is not None, "it has begun"
        return self._connection

    def _send_deferred(self, connection: Connection) -> None:
        for text, values in self._deferred:
            connection.execute(text, values)
        self._deferred.clear()

    def _insert_arrays(self, parts: tuple[str, str, str]) -> str:
        """The statement with one array for each column instead of one row."""
        known = _INSERTS.get(parts)
        if known is None:
            table, columns, rest = parts
            text = ENGINE["read_types"].format(columns=columns, table=table)
            described = self._run(text, ()).description or ()
            types = [psycopg.adapters.types[column.type_code].name for column in described]
            arrays = ", ".join(f"%b::{name}[]" for name in types)
            known = ENGINE["insert_arrays"].format(columns=columns, table=table, arrays=arrays) + rest
            _INSERTS[parts] = known
        return known


# Several indexes fit each of these, and the best one cannot be known while the tables are empty.
_SEVERAL_INDEXES = (
    "find_pieces", "find_call", "first_call_hits", "erase_calls_of_capture", "stuck_messages", "erase_conversation",
)  # fmt: skip


@cache
def _keeps_no_plan(text: str) -> bool:
    """Whether it is planned for its values each time. The plan of a statement with lists depends on their length."""
    return "[]" in text or text in {SQL[name] for name in _SEVERAL_INDEXES}


# The types of columns do not change while a process runs.
_INSERTS: dict[tuple[str, str, str], str] = {}


@cache
def _parts(query: str) -> tuple[str, str, str] | None:
    """The table and the columns of an insert, and what follows its values; None for another query."""
    match = _INSERT.fullmatch(SQL[query])
    return None if match is None else (match[1], " ".join(match[2].split()), match[3] or "")
