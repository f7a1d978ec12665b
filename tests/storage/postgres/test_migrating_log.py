"""Migrations of the log: by one server at a time, and compatible with the version before."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest

from app.errors import CannotStart
from app.storage.postgres.connections import connect
from app.storage.postgres.migrating_log import MIGRATIONS, migrate, newest_version, refuse_incomplete
from app.storage.transaction import CannotWrite, Unreachable
from tests.postgres import Cluster, Database

from .tables import make_tables

VERSIONS = "select version from smsbin_log.schema_version order by version"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Three migrations; none of them can run twice."""
    (tmp_path / "0001_first.sql").write_text("create table a (n bigint); select pg_sleep(0.1)")
    (tmp_path / "0002_second.sql").write_text("alter table a add column b text; insert into a values (1, '%s %')")
    (tmp_path / "0003_third.sql").write_text("create table c (n bigint)")
    return tmp_path


def _migrate(database: Database, folder: Path = MIGRATIONS) -> None:
    with connect(database.url, "test") as connection:
        migrate(connection, folder)


def test_servers_that_start_at_once_run_each_migration_once(database: Database, folder: Path) -> None:
    with ThreadPoolExecutor(4) as threads:
        list(threads.map(lambda _: _migrate(database, folder), range(4)))
    assert database.peek(VERSIONS) == [(1,), (2,), (3,)]
    assert database.peek("select n, b from smsbin_log.a") == [(1, "%s %")]


def test_a_migration_that_fails_leaves_nothing_and_is_run_again(database: Database, folder: Path) -> None:
    third = folder / "0003_third.sql"
    right = third.read_text()
    third.write_text(f"{right}; select 1 / 0")
    with pytest.raises(psycopg.errors.DivisionByZero):
        _migrate(database, folder)
    assert database.peek(VERSIONS) == [(1,), (2,)]
    assert database.peek("select to_regclass('smsbin_log.c') is null") == [(True,)]
    third.write_text(right)
    _migrate(database, folder)
    assert database.peek(VERSIONS) == [(1,), (2,), (3,)]


def test_nothing_outside_of_its_schema_is_made(database: Database) -> None:
    _migrate(database)
    found = database.peek("select distinct schemaname from pg_tables where schemaname not like 'pg_%'")
    assert sorted(found) == [("information_schema",), ("smsbin_log",)]


def test_a_log_that_is_newer_by_one_version_is_used_and_one_by_two_is_refused(make_database) -> None:
    database = make_database(make_tables)
    newest = newest_version()
    assert database.peek(VERSIONS)[-1] == (newest,)
    database.peek("insert into smsbin_log.schema_version values (%s)", newest + 1)
    _migrate(database)
    database.peek("insert into smsbin_log.schema_version values (%s)", newest + 2)
    with pytest.raises(CannotStart, match=f"has version {newest + 2}, this smsbin supports {newest}"):
        _migrate(database)
    assert database.peek(VERSIONS)[-1] == (newest + 2,)


def test_a_log_that_is_copied_is_not_opened(make_database) -> None:
    database = make_database(make_tables)
    with connect(database.url, "test") as connection:
        refuse_incomplete(connection, database.url)
        database.peek("update smsbin_log.meta set ready = false")
        with pytest.raises(CannotStart, match=r"has only a part of a log.* --resume"):
            refuse_incomplete(connection, database.url)


def test_a_role_without_the_right_is_told_so(postgres: Cluster, database: Database) -> None:
    role = f"role_{database.name}"
    postgres.execute(f"create role {role} login")
    try:
        with connect(database.url.replace("//smsbin@", f"//{role}@"), "test") as connection:
            with pytest.raises(CannotWrite, match=r"permission denied.*42501"):
                migrate(connection)
    finally:
        postgres.execute(f"drop role {role}")


def test_a_server_that_stops_is_unreachable(database: Database) -> None:
    with connect(database.url, "test") as connection:
        database.peek("select pg_terminate_backend(%s)", connection.info.backend_pid)
        with pytest.raises(Unreachable):
            migrate(connection)
