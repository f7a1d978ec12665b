"""Migrations: each in one transaction, and a log of a newer smsbin is refused."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.errors import CannotStart
from app.storage.sqlite.migrate import migrate, newest


@pytest.fixture
def connection(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    opened = sqlite3.connect(tmp_path / "m.db", isolation_level=None)
    yield opened
    opened.close()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "migrations"
    made.mkdir()
    (made / "0001_good.sql").write_text("create table a (x);")
    return made


def _version(connection: sqlite3.Connection) -> int:
    return connection.execute("pragma user_version").fetchone()[0]


def test_one_that_fails_half_way_leaves_nothing_of_itself(connection: sqlite3.Connection, folder: Path) -> None:
    (folder / "0002_bad.sql").write_text("create table b (x); create table a (x);")
    with pytest.raises(sqlite3.OperationalError):
        migrate(connection, folder)
    assert _version(connection) == 1
    assert [row[0] for row in connection.execute("select name from sqlite_schema")] == ["a"]


def test_what_is_there_is_brought_to_the_newest_and_not_touched_again(
    connection: sqlite3.Connection, folder: Path
) -> None:
    migrate(connection, folder)
    connection.execute("insert into a values (1)")
    (folder / "0002_more.sql").write_text("alter table a add column y;")
    for _ in range(2):
        migrate(connection, folder)
    assert (_version(connection), newest(folder)) == (2, 2)
    assert connection.execute("select x, y from a").fetchall() == [(1, None)]


def test_a_gap_in_the_numbers_is_a_mistake_of_ours(connection: sqlite3.Connection, folder: Path) -> None:
    (folder / "0003_late.sql").write_text("create table c (x);")
    with pytest.raises(RuntimeError, match="0002 is missing"):
        migrate(connection, folder)


def test_a_log_of_a_newer_smsbin_is_refused_with_the_cure(connection: sqlite3.Connection) -> None:
    connection.execute(f"pragma user_version = {newest() + 1}")
    with pytest.raises(CannotStart, match=r"Install a newer smsbin"):
        migrate(connection)


def test_each_log_has_an_id_of_its_own(tmp_path: Path) -> None:
    ids = set()
    for name in ("a.db", "b.db"):
        connection = sqlite3.connect(tmp_path / name, isolation_level=None)
        migrate(connection)
        ids.add(connection.execute("select id from meta").fetchone()[0])
        connection.close()
    assert len(ids) == 2
    assert all(len(each) == 32 for each in ids)
