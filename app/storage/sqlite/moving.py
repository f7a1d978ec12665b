"""One end of a move (`storage/moving.py`) on SQLite. A log that is being made has another name until it is complete."""

import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

import msgspec

from ...errors import CannotStart
from ..log.jobs import PutAuditEntry
from ..moving import TABLES, Key, LogMeta, MovedTable, Row, Rows, TargetState, last_key_query, rows_query
from ..queries import FOLDER, SQL, load_queries
from .checking import open_to_read
from .connections import open_log
from .copying import sync
from .files import remove, sibling_file
from .log_file import refuse_unusable
from .migrate import migrate

MOVING = load_queries(FOLDER / "sqlite" / "moving")
# The suffix of the file until it is complete. It is always the same, so that a move can be continued.
INCOMPLETE = ".incomplete"
# Tables that are not copied: `meta` is set, `probe` is always empty.
_OTHER_TABLES = frozenset({"meta", "probe"})


def list_tables(connection: sqlite3.Connection) -> Sequence[MovedTable]:
    """The tables of a log that are copied."""
    names = [
        row["name"]
        for row in connection.execute("pragma table_list")
        if row["schema"] == "main" and not row["name"].startswith("sqlite_") and row["name"] not in _OTHER_TABLES
    ]
    # The runs are first: they differ if a server was started after an interrupted move.
    return [_describe(connection, name) for name in sorted(names, key=lambda name: (name != "runs", name))]


def _describe(connection: sqlite3.Connection, name: str) -> MovedTable:
    columns = connection.execute(f"pragma table_info({name})").fetchall()
    key = sorted((row for row in columns if row["pk"]), key=lambda row: int(row["pk"]))
    return MovedTable(
        name,
        tuple(row["name"] for row in columns),
        tuple(row["name"] for row in key),
        all(row["type"].lower() == "integer" for row in key),
    )


class SqliteTables:
    """Implements `LogTables` and `MoveTarget`. `log` is the path of the complete log, `path` that of the open file."""

    def __init__(self, connection: sqlite3.Connection, path: Path, log: Path) -> None:
        self._connection = connection
        self._path = path
        self._log = log
        self.tables = list_tables(connection)

    @property
    def name(self) -> str:
        """The path of the log."""
        return str(self._log)

    def is_run_open(self) -> bool:
        """Whether the last server was not stopped in the usual way."""
        return bool(self._one(MOVING["is_last_run_open"])[0])

    def meta(self) -> LogMeta:
        """Of the open file."""
        id, epochs, seen_at = self._one(SQL["get_meta"])
        return LogMeta(id, epochs, seen_at)

    def count(self, table: MovedTable) -> int:
        """Reads every page of the table."""
        return int(self._one(TABLES["count_rows"].format(table=table.name))[0])

    def rows(self, table: MovedTable, after: Key | None = None) -> Rows:
        """Read while they are iterated."""
        cursor = self._connection.cursor()
        cursor.row_factory = None
        yield from cursor.execute(rows_query(table, table.name, after))

    def highest_numbers(self) -> Mapping[str, int]:
        """From the table in which SQLite keeps them."""
        return {name: int(seq) for name, seq in self._connection.execute(MOVING["highest_numbers"])}

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    def state(self) -> TargetState:
        """A log that is complete has its name, even if it is empty."""
        if self._path == self._log:
            return TargetState.COMPLETE
        has_rows = any(self._one(TABLES["has_rows"].format(table=table.name))[0] for table in self.tables)
        return TargetState.INCOMPLETE if has_rows else TargetState.EMPTY

    def discard(self) -> None:
        """Begin with a new file."""
        self._connection.close()
        remove(self._path)
        self._connection = _open(self._path)

    def begin(self, meta: LogMeta) -> None:
        """The log keeps its id: it is the same one."""
        self._connection.execute(MOVING["set_meta"], (meta.id, meta.epochs, meta.seen_at))

    def last_key(self, table: MovedTable) -> Key | None:
        """From the index of the key."""
        row = self._connection.execute(last_key_query(table, table.name)).fetchone()
        return None if row is None else tuple(row)

    def add(self, table: MovedTable, rows: Iterable[Row]) -> int:
        """Rows are inserted while they are iterated."""
        marks = ", ".join("?" * len(table.columns))
        text = MOVING["add_row"].format(table=table.name, columns=", ".join(table.columns), marks=marks)
        self._connection.execute("begin immediate")
        try:
            added = self._connection.executemany(text, rows).rowcount
            self._connection.execute("commit")
        except BaseException:
            self._connection.execute("rollback")
            raise
        return max(added, 0)

    def complete(self, tables: Sequence[MovedTable], highest: Mapping[str, int], entry: PutAuditEntry) -> None:  # noqa: ARG002
        """Check and sync the file, then give it its name. Raises CannotStart."""
        connection = self._connection
        connection.execute("begin immediate")
        connection.execute(MOVING["drop_highest_numbers"])
        for row in connection.execute(MOVING["tables_with_highest_number"]).fetchall():
            if row["name"] in highest:
                connection.execute(MOVING["add_highest_number"], (row["name"], highest[row["name"]]))
        connection.execute(SQL["add_audit_entry"], msgspec.structs.asdict(entry))
        connection.execute("commit")
        verdict = connection.execute("pragma integrity_check(1)").fetchone()[0]
        if verdict != "ok":
            raise CannotStart(f"{self._path} is not valid: {verdict}. Begin again with --restart.")
        # Writes and syncs the whole file, and removes the write-ahead log.
        connection.execute("pragma journal_mode = delete")
        connection.close()
        # A ledger that is there was made from the log as it was before.
        remove(self._log.with_name("ledger.db"))
        sync(self._path.parent)
        self._path.rename(self._log)
        sync(self._path.parent)

    def _one(self, text: str) -> Row:
        return tuple(self._connection.execute(text).fetchone())


@contextmanager
def open_source(data_dir: Path) -> Iterator[SqliteTables]:
    """The log of a data directory that no server uses, upgraded to the version of this smsbin. Raises CannotStart."""
    log = data_dir / "log.db"
    refuse_unusable(data_dir)
    if not log.exists():
        raise CannotStart(f"There is no log at {log}. Give the --data-dir of the server.")
    if log.with_suffix(".suspect").exists():
        raise CannotStart(f"A write to {log} has failed. Start the server once, which checks and repairs it.")
    with _opened(log, log) as tables:
        if tables.is_run_open():
            raise CannotStart(
                f"The server that used {log} did not stop in the usual way. Start it once and stop it, so that"
                " responses that it had not sent are recorded."
            )
        yield tables


@contextmanager
def open_target(data_dir: Path) -> Iterator[SqliteTables]:
    """A new log for a data directory, or the incomplete one that is there. Raises CannotStart."""
    log = data_dir / "log.db"
    refuse_unusable(data_dir)
    if log.exists():
        try:
            with closing(open_to_read(log)) as existing:
                existing.row_factory = sqlite3.Row
                yield SqliteTables(existing, log, log)
        except sqlite3.Error as error:
            raise CannotStart(f"{log}: {error}.") from None
        return
    with _opened(sibling_file(log, INCOMPLETE), log) as tables:
        yield tables


@contextmanager
def _opened(path: Path, log: Path) -> Iterator[SqliteTables]:
    try:
        with closing(SqliteTables(_open(path), path, log)) as tables:
            yield tables
    except sqlite3.Error as error:
        raise CannotStart(f"{path}: {error}.") from None


def _open(path: Path) -> sqlite3.Connection:
    connection = open_log(path)
    try:
        migrate(connection)
    except BaseException:
        connection.close()
        raise
    return connection
