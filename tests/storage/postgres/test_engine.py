"""Statements that begin and end transactions."""

import pytest

from app.storage.postgres.connections import connect
from app.storage.postgres.engine import ENGINE
from app.store import COMMIT_WAIT_S
from tests.postgres import Database

LIMITS = (
    "select name, cast(setting as bigint) from pg_settings where name in"
    " ('lock_timeout', 'statement_timeout', 'idle_in_transaction_session_timeout') order by name"
)


@pytest.mark.parametrize("begin", ["begin_append", "begin_follow", "begin_snapshot", "begin_read"])
def test_settings_of_a_transaction_end_with_it(database: Database, begin: str) -> None:
    """Behind a pooler the next transaction of the session is another program's."""
    connection = connect(database.url, "test")
    settings = "select name, setting from pg_settings order by name"
    before = connection.execute(settings).fetchall()
    connection.execute(ENGINE[begin])
    inside = connection.execute(settings).fetchall()
    connection.execute(ENGINE["commit"])
    assert inside != before
    assert connection.execute(settings).fetchall() == before
    connection.close()


def test_a_bin_is_locked_for_less_time_than_a_capture_waits(database: Database) -> None:
    connection = connect(database.url, "test")
    connection.execute(ENGINE["begin_append"])
    limits = dict(connection.execute(LIMITS).fetchall())
    assert 0 < limits["lock_timeout"] < limits["statement_timeout"] < COMMIT_WAIT_S * 1_000
    assert 0 < limits["idle_in_transaction_session_timeout"] < COMMIT_WAIT_S * 1_000
    connection.close()


def test_a_commit_that_did_not_wait_is_on_the_disk_after_the_flush(database: Database) -> None:
    """The server's own writer of the log, which would write it soon, is too slow for this."""
    with connect(database.url, "test") as connection:
        connection.execute("create table numbers (n bigint)")
        for n in range(50):
            connection.execute(ENGINE["begin_append"])
            assert connection.execute("select current_setting('synchronous_commit')").fetchall() == [("off",)]
            connection.execute("insert into numbers values (%s)", [n])
            before = connection.execute("select pg_current_wal_insert_lsn()::text").fetchone()
            connection.execute(ENGINE["commit"])
            assert connection.execute("select current_setting('synchronous_commit')").fetchall() == [("on",)]
            connection.execute(ENGINE["flush"])
            flushed = connection.execute("select pg_current_wal_flush_lsn() > %s::pg_lsn", before)
            assert flushed.fetchall() == [(True,)]
