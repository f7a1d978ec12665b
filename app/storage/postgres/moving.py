"""One end of a move (`storage/moving.py`) on PostgreSQL. An incomplete log is marked in `meta`, and is not served."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from typing import Any

import msgspec
import psycopg
from psycopg.postgres import types

from ...errors import CannotStart
from ..log.jobs import PutAuditEntry
from ..moving import TABLES, Key, LogMeta, MovedTable, Row, Rows, TargetState, last_key_query, rows_query
from ..queries import FOLDER, load_queries
from ..transaction import DatabaseError
from .addresses import describe
from .connections import Connection, check_version, connect
from .engine import ENGINE
from .migrating_log import migrate
from .queries import SQL

MOVING = load_queries(FOLDER / "postgres" / "moving")
PROGRAM = "migrate"
_BOOL = types["bool"].oid


class PostgresTables:
    """Implements `LogTables` and `MoveTarget`. `tables` are those of a log on SQLite, which has no others."""

    def __init__(self, connection: Connection, url: str, tables: Sequence[MovedTable]) -> None:
        self._connection = connection
        self._url = url
        self._tables = tables

    @property
    def name(self) -> str:
        """The URL without secrets."""
        return describe(self._url)

    def meta(self) -> LogMeta:
        """Without the mark."""
        id, epochs, seen_at, _ = self._state()
        return LogMeta(id, epochs, seen_at)

    def count(self, table: MovedTable) -> int:
        """Reads the whole table."""
        return int(self._one(TABLES["count_rows"].format(table=_name(table)))[0])

    def rows(self, table: MovedTable, after: Key | None = None) -> Rows:
        """Received while they are iterated."""
        query = MOVING["all_rows"].format(query=rows_query(table, _name(table), after))
        columns = self._types(table)
        with self._connection.cursor() as cursor, cursor.copy(query) as copy:
            copy.set_types(columns)
            yield from copy.rows()

    def highest_numbers(self) -> Mapping[str, int]:
        """From the sequences."""
        return {table: last for table, _, last in self._numbered_tables() if last is not None}

    def state(self) -> TargetState:
        """A log without any row is empty, whatever its mark is."""
        has_rows = any(self._one(TABLES["has_rows"].format(table=_name(table)))[0] for table in self._tables)
        if not has_rows:
            return TargetState.EMPTY
        return TargetState.COMPLETE if self._state()[3] else TargetState.INCOMPLETE

    def discard(self) -> None:
        """Make the schema again."""
        self._connection.execute(MOVING["drop_log"])
        migrate(self._connection)

    def begin(self, meta: LogMeta) -> None:
        """Mark the log. A ledger that is there was made from another log, or from this one as it was before."""
        with self._connection.transaction():
            self._connection.execute(ENGINE["drop_ledger"])
            self._connection.execute(MOVING["begin_moving"], (meta.id, meta.epochs, meta.seen_at))

    def last_key(self, table: MovedTable) -> Key | None:
        """From the index of the key."""
        row = self._connection.execute(last_key_query(table, _name(table))).fetchone()
        return None if row is None else tuple(row)

    def add(self, table: MovedTable, rows: Iterable[Row]) -> int:
        """Rows are sent while they are iterated."""
        columns = self._types(table)
        places = [place for place, type in enumerate(columns) if type == _BOOL]
        text = MOVING["add_rows"].format(table=_name(table), columns=", ".join(table.columns))
        added = 0
        with self._connection.cursor() as cursor, cursor.copy(text) as copy:
            copy.set_types(columns)
            for row in rows:
                copy.write_row(_with_bools(row, places))
                added += 1
        return added

    def complete(self, tables: Sequence[MovedTable], highest: Mapping[str, int], entry: PutAuditEntry) -> None:
        """All in one transaction."""
        execute = self._connection.execute
        with self._connection.transaction():
            for table, column, _ in self._numbered_tables():
                text = MOVING["highest_number"].format(table=f"smsbin_log.{table}", column=column)
                last = max(self._one(text)[0] or 0, highest.get(table, 0))
                if last:
                    execute(MOVING["set_highest_number"], (table, column, last))
            execute(SQL["add_audit_entry"], msgspec.structs.asdict(entry))
            for each in tables:
                execute(MOVING["analyze"].format(table=_name(each)))
            execute(MOVING["end_moving"])

    def _state(self) -> Row:
        return self._one(MOVING["get_state"])

    def _numbered_tables(self) -> Sequence[Row]:
        return self._connection.execute(MOVING["numbered_tables"]).fetchall()

    def _types(self, table: MovedTable) -> Sequence[int]:
        text = MOVING["describe"].format(columns=", ".join(table.columns), table=_name(table))
        described = self._connection.execute(text).description or ()
        return [column.type_code for column in described]

    def _one(self, text: str) -> Row:
        row = self._connection.execute(text).fetchone()
        assert row is not None, "an aggregate, or the row of `meta`"
        return row


def _with_bools(row: Row, places: Sequence[int]) -> Sequence[Any]:
    """SQLite has integers for them."""
    values = list(row)
    for place in places:
        if values[place] is not None:
            values[place] = bool(values[place])
    return values


@contextmanager
def open_tables(url: str, tables: Sequence[MovedTable], *, is_source: bool) -> Iterator[PostgresTables]:
    """The log in a database that no server uses, of the version of this smsbin; an empty one is made. Raises
    CannotStart."""
    try:
        with closing(connect(url, PROGRAM)) as connection:
            check_version(connection, url)
            migrate(connection)
            _refuse_servers(connection, url)
            opened = PostgresTables(connection, url, tables)
            if is_source and opened.state() is not TargetState.COMPLETE:
                raise CannotStart(f"{describe(url)} has no complete log.")
            yield opened
    except psycopg.Error as error:
        raise CannotStart(f"{describe(url)}: {_first_line(error)}") from None
    except DatabaseError as error:
        raise CannotStart(f"{describe(url)}: {error}") from None


def _refuse_servers(connection: Connection, url: str) -> None:
    found = connection.execute(MOVING["other_programs"], (f"smsbin {PROGRAM}",)).fetchall()
    if found:
        raise CannotStart(f"A server is using {describe(url)}. Stop all of them first.")


def _first_line(error: psycopg.Error) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0]


def _name(table: MovedTable) -> str:
    return f"smsbin_log.{table.name}"
