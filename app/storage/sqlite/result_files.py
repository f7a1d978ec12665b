"""The result of a reconciliation: one SQLite file for each, written once by the process that compares.

It is not a table of the log, because a million rows in one transaction would make captures wait; and not one of the
ledger, because a result is user data and cannot be built again from the log. A file that is only read needs no
write-ahead log, no checkpoints and no lock: it appears when it is complete, and deleting it erases every byte.
"""

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

import msgspec

from ...clock import ticks
from ...domain.reconciliation.kept import KeptNote, KeptRecord, Reconciliation
from ...domain.reconciliation.verdicts import RecordReason, RecordVerdict
from ...errors import NotFound, NotReadable
from ...files import new_file
from ..queries import FOLDER, SQL
from .copying import sync

_SCHEMA = FOLDER / "sqlite" / "reconciliation.sql"
# The format of the file, as `pragma user_version`.
VERSION = 1
READ_S = 1.0
_STEPS = 1_000
_BATCH = 5_000
# Of a message; an endless number of alerts must not make its page endless.
MOST_NOTES = 50
MOST_FAILED_NOTES = 20_000

# By whether a verdict and a reason are given.
_QUERIES = {
    (False, False): "list_records",
    (True, False): "list_records_with",
    (True, True): "list_records_because",
    (False, True): "list_records_of_reason",
}

_read_head = msgspec.json.Decoder(Reconciliation).decode


class ResultWriter:
    """An open result that is being written. Created by `new_result`."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._records: list[tuple[object, ...]] = []

    def add(self, record: KeptRecord) -> None:
        """Add the next record."""
        self._records.append(_columns(record))
        if len(self._records) >= _BATCH:
            self._flush()

    def add_notes(self, notes: Iterable[KeptNote]) -> None:
        """Add notes of the provider."""
        self._connection.executemany(SQL["add_note"], map(msgspec.structs.astuple, notes))

    def finish(self, head: Reconciliation) -> None:
        """Add the head and the indexes; nothing can be added afterwards."""
        self._flush()
        for query in ("index_records", "index_reasons", "index_keys", "index_notes"):
            self._connection.execute(SQL[query])
        self._connection.execute(SQL["add_head"], (msgspec.json.encode(head).decode(),))
        self._connection.execute("commit")

    def _flush(self) -> None:
        self._connection.executemany(SQL["add_record"], self._records)
        self._records.clear()


@contextmanager
def new_result(path: Path) -> Iterator[ResultWriter]:
    """A new result, which replaces the one at `path` at the end of the block. If the block raises, nothing changes.
    Raises sqlite3.Error, OSError."""
    with new_file(path) as part:
        with closing(sqlite3.connect(part.name, isolation_level=None)) as connection:
            # The file is new and is synced when it is complete.
            for pragma in ("journal_mode = off", "synchronous = off", "cache_size = -16384", "temp_store = 1"):
                connection.execute(f"pragma {pragma}")
            connection.executescript(f"{_SCHEMA.read_text()}\npragma user_version = {VERSION};")
            connection.execute("begin")
            yield ResultWriter(connection)
        sync(Path(part.name))
    sync(path.parent)


def read_head(path: Path) -> Reconciliation:
    """The head of a result. Raises NotFound, NotReadable."""
    with _reading(path) as connection:
        row = connection.execute(SQL["get_head"]).fetchone()
    try:
        return _read_head(row["head"])
    except (TypeError, msgspec.DecodeError) as error:
        raise NotReadable(f"The result {path.name} is damaged: {error}") from None


def read_records(
    path: Path, *, after: int, limit: int, verdict: RecordVerdict | None, reason: RecordReason | None
) -> list[KeptRecord]:
    """See `ReconciliationArchive.list_records`."""
    values = {"after": after, "limit": limit, "verdict": verdict, "reason": reason}
    query = _QUERIES[verdict is not None, reason is not None]
    with _reading(path) as connection:
        return [_record(row) for row in connection.execute(SQL[query], values)]


def read_record(path: Path, number: int) -> KeptRecord:
    """One record. Raises NotFound."""
    with _reading(path) as connection:
        row = connection.execute(SQL["get_record"], {"number": number}).fetchone()
    if row is None:
        raise NotFound(f"There is no record {number} in this reconciliation.")
    return _record(row)


def read_verdicts(path: Path, keys: Sequence[int]) -> dict[int, RecordVerdict]:
    """The verdicts of the records with these keys."""
    with _reading(path) as connection:
        rows = connection.execute(SQL["verdicts_by_key"], {"keys": list(keys)}).fetchall()
    return {row["key"]: RecordVerdict(row["verdict"]) for row in rows}


def read_notes(path: Path, message_id: str) -> list[KeptNote]:
    """The notes about a message, oldest first."""
    with _reading(path) as connection:
        values = {"about": message_id.lower(), "limit": MOST_NOTES}
        rows = connection.execute(SQL["list_notes"], values).fetchall()
    return [_note(row) for row in rows]


def read_failed_notes(path: Path) -> list[KeptNote]:
    """The last notes about calls that failed."""
    with _reading(path) as connection:
        rows = connection.execute(SQL["failed_notes"], {"limit": MOST_FAILED_NOTES}).fetchall()
    return [_note(row) for row in rows]


def check_result(path: Path) -> str | None:
    """The problem of a result, or None."""
    try:
        with _reading(path, limit_s=None) as connection:
            verdict = str(connection.execute("pragma quick_check(1)").fetchone()[0])
        read_head(path)
    except (NotFound, NotReadable) as error:
        return str(error)
    return None if verdict == "ok" else verdict


@contextmanager
def _reading(path: Path, limit_s: float | None = READ_S) -> Iterator[sqlite3.Connection]:
    """A connection to a complete result. Raises NotFound, NotReadable."""
    if not path.is_file():
        raise NotFound("There is no such reconciliation.")
    try:
        # It does not change, so SQLite needs no lock and no other file.
        uri = f"{path.absolute().as_uri()}?mode=ro&immutable=1"
        with closing(sqlite3.connect(uri, uri=True, isolation_level=None)) as connection:
            connection.row_factory = sqlite3.Row
            if limit_s is not None:
                ends_at = ticks() + limit_s
                connection.set_progress_handler(lambda: ticks() > ends_at, _STEPS)
            version = connection.execute("pragma user_version").fetchone()[0]
            if version != VERSION:
                raise NotReadable(f"The result {path.name} has version {version}, this smsbin reads {VERSION}.")
            yield connection
    except sqlite3.Error as error:
        raise NotReadable(f"The result {path.name} cannot be read: {error}") from None


def _note(row: sqlite3.Row) -> KeptNote:
    return msgspec.convert([*row[:3], bool(row[3]), *row[4:]], KeptNote)


def _columns(record: KeptRecord) -> tuple[object, ...]:
    """A record as the parameters of `add_record`."""
    values = list(msgspec.structs.astuple(record))
    values[4] = ",".join(record.also)
    values[21] = ",".join(map(str, record.captures))
    return tuple(values)


def _record(row: sqlite3.Row) -> KeptRecord:
    values = list(row)
    values[4] = row["also"].split(",") if row["also"] else []
    values[21] = [int(n) for n in row["captures"].split(",")] if row["captures"] else []
    values[23] = bool(row["by_id"])
    return msgspec.convert(values, KeptRecord)
