"""Connections: their types, their names, and what they refuse."""

from collections.abc import Iterator
from decimal import Decimal
from types import SimpleNamespace

import pytest

from app.errors import CannotStart
from app.storage.postgres.connections import OLDEST, Connection, check_version, connect, connect_async
from app.storage.transaction import Unreachable
from tests.postgres import Cluster, Database, Pooler

AWAY = "postgresql://smsbin:secret@127.0.0.1:1/smsbin"


@pytest.fixture
def connection(database: Database) -> Iterator[Connection]:
    made = connect(database.url, "test")
    yield made
    made.close()


def test_an_int_is_always_a_bigint(connection: Connection) -> None:
    for number in (0, 1, -1, 2**15, 2**31, 2**40 + 1, -(2**63), 2**63 - 1):
        for binary in (False, True):
            row = connection.execute("select pg_typeof(%s)::text, %s", [number, number], binary=binary).fetchone()
            assert row == ("bigint", number)


def test_a_sum_is_an_int_and_a_bool_a_bool(connection: Connection) -> None:
    row = connection.execute(
        "select sum(n), bool_and(n > 0), count(*) from unnest(%s) as n", [[2**62, 2**62]]
    ).fetchone()
    assert row == (2**63, True, 2)
    assert (type(row[0]), type(row[1])) == (int, bool)


def test_other_programs_in_this_process_keep_their_types(database: Database) -> None:
    assert isinstance(database.peek("select sum(n) from unnest(array[cast(1 as bigint)]) as n")[0][0], Decimal)


async def test_a_connection_has_the_name_of_its_part(database: Database) -> None:
    names = (
        "select application_name from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()"
    )
    one, other = connect(database.url, "log"), await connect_async(database.url, "reads")
    assert sorted(database.peek(names)) == [("smsbin log",), ("smsbin reads",)]
    one.close()
    await other.close()


async def test_a_connection_that_reads_cannot_write(database: Database) -> None:
    reads = await connect_async(database.url, "reads", read_only=True)
    with pytest.raises(Exception, match="read-only transaction"):
        await reads.execute("create table t (n bigint)")
    await reads.close()
    assert database.peek("select to_regclass('t') is null") == [(True,)]


async def test_behind_a_pooler_nothing_is_prepared_and_nothing_is_set_for_a_session(
    database: Database, pooler: Pooler
) -> None:
    url = pooler.url(database.name)
    one, other = connect(url, "test"), await connect_async(url, "reads", read_only=True)
    assert (one.prepare_threshold, other.prepare_threshold) == (None, None)
    await other.execute("create table t (n bigint)")
    one.close()
    await other.close()
    direct = connect(database.url, "test")
    assert direct.prepare_threshold is not None
    direct.close()


async def test_a_server_that_is_away_is_unreachable_and_its_password_is_not_shown() -> None:
    with pytest.raises(Unreachable) as error:
        connect(AWAY, "test")
    with pytest.raises(Unreachable) as later:
        await connect_async(AWAY, "test")
    assert "secret" not in str(error.value) + str(later.value)


def test_a_database_with_another_encoding_is_refused(postgres: Cluster) -> None:
    postgres.execute("create database latin template template0 encoding latin1 locale 'C'")
    try:
        connection = connect(postgres.url("latin"), "test")
        with pytest.raises(CannotStart, match="has the encoding LATIN1; create the database with encoding UTF8"):
            check_version(connection, postgres.url("latin"))
        connection.close()
    finally:
        postgres.execute("drop database latin with (force)")


@pytest.mark.parametrize(("version", "is_refused"), [(OLDEST - 1, True), (OLDEST, False)])
def test_an_old_server_is_refused(version: int, is_refused: bool) -> None:
    info = SimpleNamespace(server_version=version, parameter_status=lambda _: "UTF8")
    url = "postgresql://u:secret@h/a"
    if not is_refused:
        check_version(SimpleNamespace(info=info), url)
        return
    with pytest.raises(CannotStart, match=r"^postgresql://u@h:5432/a is PostgreSQL 13; smsbin needs 14 or newer\.$"):
        check_version(SimpleNamespace(info=info), url)
