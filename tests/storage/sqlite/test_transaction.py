"""Transactions on SQLite: atomic, many rows in few statements, and translated errors."""

import sqlite3
from pathlib import Path

import pytest

from app.storage import queries
from app.storage.sqlite.connections import open_log
from app.storage.sqlite.files import Files
from app.storage.sqlite.transaction import SqliteDatabase
from app.storage.transaction import CannotWrite, Duplicate, Gone


@pytest.fixture
def connection(tmp_path: Path, monkeypatch) -> sqlite3.Connection:
    monkeypatch.setitem(queries.SQL, "add_pair", "insert into pairs (a, b) values (?, ?)")
    monkeypatch.setitem(queries.SQL, "pairs", "select a, b from pairs order by rowid")
    monkeypatch.setitem(
        queries.SQL, "find_pairs",
        "select pairs.a from (values (?)) as wanted cross join pairs on pairs.b = wanted.column1",
    )  # fmt: skip
    connection = open_log(tmp_path / "a.db")
    connection.execute("create table pairs (a, b unique)")
    yield connection
    connection.close()


@pytest.mark.parametrize("count", [0, 1, 2, 3, 63, 64, 65, 200, 256])
def test_every_row_goes_in_and_comes_out_in_its_order(connection: sqlite3.Connection, count: int) -> None:
    rows = [(n, f"b{n}") for n in range(count)]
    with SqliteDatabase(connection).write() as transaction:
        transaction.insert("add_pair", rows)
        assert [tuple(row) for row in transaction.all("pairs")] == rows
        assert [a for (a,) in transaction.find("find_pairs", [(b,) for _, b in rows])] == [a for a, _ in rows]


def test_many_rows_take_few_statements(connection: sqlite3.Connection) -> None:
    said: list[str] = []
    connection.set_trace_callback(said.append)
    with SqliteDatabase(connection).write() as transaction:
        transaction.insert("add_pair", [(n, n) for n in range(64 + 16 + 3)])
    assert sum(each.startswith("insert") for each in said) == 4


def test_an_exception_takes_everything_back(connection: sqlite3.Connection) -> None:
    database = SqliteDatabase(connection)

    def fail_half_way() -> None:
        with database.write() as transaction:
            transaction.insert("add_pair", [(1, 1)])
            raise KeyError

    with pytest.raises(KeyError):
        fail_half_way()
    with database.read() as transaction:
        assert transaction.all("pairs") == []


def test_a_value_that_is_taken_and_a_database_that_cannot_write_are_distinguished(
    connection: sqlite3.Connection,
) -> None:
    database = SqliteDatabase(connection)
    with pytest.raises(Duplicate), database.write() as transaction:
        transaction.insert("add_pair", [(1, 1), (2, 1)])
    connection.execute("pragma query_only = on")
    with pytest.raises(CannotWrite), database.write() as transaction:
        transaction.insert("add_pair", [(1, 1)])


@pytest.mark.parametrize("suffix", ["", "-wal", "-shm"])
@pytest.mark.parametrize("how", ["deleted", "replaced"])
def test_nothing_is_committed_to_files_that_have_lost_their_names(
    connection: sqlite3.Connection, tmp_path: Path, suffix: str, how: str
) -> None:
    database = SqliteDatabase(connection, Files(tmp_path / "a.db"))
    with database.write() as transaction:
        transaction.insert("add_pair", [(1, 1)])
    path = tmp_path / f"a.db{suffix}"
    path.rename(tmp_path / "elsewhere")
    if how == "replaced":
        path.write_bytes((tmp_path / "elsewhere").read_bytes())
    with pytest.raises(Gone, match=path.name), database.write() as transaction:
        transaction.insert("add_pair", [(2, 2)])
    assert [tuple(row) for row in connection.execute("select a from pairs")] == [(1,)]


def test_nothing_is_committed_to_a_file_that_was_overwritten(connection: sqlite3.Connection, tmp_path: Path) -> None:
    database = SqliteDatabase(connection, Files(tmp_path / "a.db"))
    with (tmp_path / "a.db").open("r+b") as file:
        file.write(b"garbage, and not a little of it")
    with pytest.raises(Gone), database.write() as transaction:
        transaction.insert("add_pair", [(2, 2)])


def test_a_snapshot_is_of_one_moment(connection: sqlite3.Connection, tmp_path: Path) -> None:
    other = SqliteDatabase(open_log(tmp_path / "a.db"))
    with other.read() as snapshot:
        assert snapshot.all("pairs") == []
        with SqliteDatabase(connection).write() as transaction:
            transaction.insert("add_pair", [(1, 1)])
        assert snapshot.all("pairs") == []
    with other.read() as snapshot:
        assert len(snapshot.all("pairs")) == 1
    other._connection.close()
