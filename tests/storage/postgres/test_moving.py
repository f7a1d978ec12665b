"""A log is moved to PostgreSQL and back, equal row for row."""

from contextlib import closing
from pathlib import Path

import pytest

from app.errors import CannotStart
from app.storage import moving
from app.storage.moving import LogTables, Moved, MoveTarget, move
from app.storage.opening import open_move
from app.storage.postgres.connections import connect
from app.storage.postgres.log_database import LogDatabase
from app.storage.sqlite.moving import open_source
from tests.postgres.clusters import Database
from tests.storage.filled import booleans, contents, fill, without_audit

# Tables and columns that only servers that share a database need; they are not moved.
ONLY_POSTGRESQL = {("meta", "ready"), ("meta", "release")}
ONLY_POSTGRESQL_TABLES = {"leases", "schema_version", "writers"}


@pytest.fixture
def source(tmp_path: Path) -> Path:
    folder = tmp_path / "source"
    folder.mkdir()
    fill(folder / "log.db")
    return folder


def _move(url: str, folder: Path, *, to_sqlite: bool = False, **options: bool) -> Moved:
    folder.mkdir(exist_ok=True)
    with open_move(url, folder, to_sqlite=to_sqlite) as (source, target, tables):
        return move(source, target, tables, lambda *_: None, **{"resume": False, "restart": False} | options)


def _open_as_server(database: Database) -> None:
    with closing(LogDatabase(database.url)) as log:
        log.open()


def _columns(database: Database) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    query = (
        "select table_name, column_name, data_type from information_schema.columns where table_schema = 'smsbin_log'"
    )
    for table, column, kind in database.peek(query):
        found.setdefault(table, {})[column] = kind
    return found


def test_both_engines_have_the_same_tables_and_columns(database: Database, source: Path) -> None:
    """A table or column that only PostgreSQL has is lost by a move to SQLite: add it above if it may be."""
    _open_as_server(database)
    theirs = _columns(database)
    with open_source(source) as ours:
        tables = {table.name: set(table.columns) for table in ours.tables}
    tables |= {"meta": {"id", "epochs", "seen_at"}, "probe": {"id", "bytes"}}
    assert theirs.keys() - tables.keys() == ONLY_POSTGRESQL_TABLES
    found = {(table, column) for table in tables for column in theirs[table].keys() ^ tables[table]}
    assert found == ONLY_POSTGRESQL
    yes_or_no = {table: {name for name, kind in theirs[table].items() if kind == "boolean"} for table in theirs}
    del yes_or_no["schema_version"]
    assert yes_or_no == booleans()


def test_a_log_goes_there_and_back(database: Database, source: Path, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(moving, "STEP_ROWS", 7)
    before = contents(source / "log.db")
    moved = _move(database.url, source)
    assert moved.damaged == []
    assert contents(source / "log.db") == before
    assert database.peek("select id, epochs, seen_at, ready from smsbin_log.meta") == [(*before["meta"][0], True)]

    # The next number is one that was never given.
    highest = dict(before["sqlite_sequence"])
    insert = (
        "insert into smsbin_log.bins (id, key, name, stuck_s, created_at) values ('i', 'k', '', 0, 0) returning number"
    )
    assert database.peek(insert) == [(highest["bins"] + 1,)]
    database.peek("delete from smsbin_log.bins where id = 'i'")
    ((run,),) = database.peek("insert into smsbin_log.runs (id, began_at) values ('r', 0) returning number")
    assert run == len(before["runs"]) + 1
    database.peek("delete from smsbin_log.runs where id = 'r'")

    _move(database.url, tmp_path / "back", to_sqlite=True)
    back = contents(tmp_path / "back" / "log.db")
    highest["bins"] += 1
    before["sqlite_sequence"] = sorted(highest.items())
    assert without_audit(back) == without_audit(before)


class _Killed(Exception):
    """In place of a kill."""


def _interrupt(url: str, folder: Path, monkeypatch, *, to_sqlite: bool, steps: int) -> None:
    """Stop a move in the middle of a transaction."""
    left = [steps]
    original = moving._step

    def step(rows):
        left[0] -= 1
        for row in original(rows):
            yield row
            if left[0] < 0:
                raise _Killed

    with monkeypatch.context() as patch:
        patch.setattr(moving, "_step", step)
        with pytest.raises(_Killed):
            _move(url, folder, to_sqlite=to_sqlite)


def test_an_interrupted_move_is_continued_and_not_served_before(
    database: Database, source: Path, tmp_path: Path, monkeypatch
) -> None:
    monkeypatch.setattr(moving, "STEP_ROWS", 7)
    _interrupt(database.url, source, monkeypatch, to_sqlite=False, steps=9)
    with pytest.raises(CannotStart, match="has only a part of a log"):
        _open_as_server(database)
    with pytest.raises(CannotStart, match="has no complete log"):
        _move(database.url, tmp_path / "back", to_sqlite=True)
    with pytest.raises(CannotStart, match="--resume"):
        _move(database.url, source)
    _move(database.url, source, resume=True)
    _open_as_server(database)
    database.peek("delete from smsbin_log.writers")

    _interrupt(database.url, tmp_path / "back", monkeypatch, to_sqlite=True, steps=12)
    _move(database.url, tmp_path / "back", to_sqlite=True, resume=True)
    assert without_audit(contents(tmp_path / "back" / "log.db")) == without_audit(contents(source / "log.db"))


def test_a_database_that_is_used_is_refused(database: Database, source: Path) -> None:
    server = connect(database.url, "log")
    with pytest.raises(CannotStart, match="A server is using"):
        _move(database.url, source)
    server.close()
    _move(database.url, source)
    with pytest.raises(CannotStart, match="already has a log"):
        _move(database.url, source)
    assert _move(database.url, source, resume=True).was_complete


def test_a_part_of_another_log_is_deleted_on_request(
    database: Database, source: Path, tmp_path: Path, monkeypatch
) -> None:
    other = tmp_path / "other"
    other.mkdir()
    fill(other / "log.db", rows=3)
    _interrupt(database.url, other, monkeypatch, to_sqlite=False, steps=5)
    with pytest.raises(CannotStart, match="a part of another log"):
        _move(database.url, source, resume=True)
    _move(database.url, source, restart=True)
    _move(database.url, tmp_path / "back", to_sqlite=True)
    assert without_audit(contents(tmp_path / "back" / "log.db")) == without_audit(contents(source / "log.db"))


def test_a_row_that_is_not_equal_is_found(database: Database, source: Path, monkeypatch) -> None:
    original = moving._compare
    compared: list[str] = []

    def compare(ours: LogTables, theirs: MoveTarget, table, *rest):
        if not compared:
            database.peek("update smsbin_log.alert_deliveries set target = target || '!' where number = 4")
        compared.append(table.name)
        return original(ours, theirs, table, *rest)

    monkeypatch.setattr(moving, "_compare", compare)
    with pytest.raises(CannotStart, match=r"A row of alert_deliveries differs after it was copied: alert 4, target"):
        _move(database.url, source)
    with pytest.raises(CannotStart, match="has only a part of a log"):
        _open_as_server(database)


def test_an_error_of_the_database_is_shown_without_the_password(source: Path, database: Database) -> None:
    address = database.url.replace("@", ":a-secret@")
    with pytest.raises(CannotStart) as error:
        _move(address.replace(database.name, "missing"), source)
    assert "missing" in str(error.value)
    assert "a-secret" not in str(error.value)
