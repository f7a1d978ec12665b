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


def test_a_commit_that_did_not_wait_is_written_by_the_flush_behind_it(database: Database) -> None:
    connection = connect(database.url, "test")
    connection.execute("create table rows (n bigint)")
    connection.execute(ENGINE["begin_append"])
    assert connection.execute("select current_setting('synchronous_commit')").fetchall() == [("off",)]
    connection.execute("insert into rows values (1)")
    connection.execute(ENGINE["commit_and_flush"])
    assert connection.execute("select current_setting('synchronous_commit')").fetchall() == [("on",)]
    assert connection.execute("select pg_current_wal_flush_lsn() >= pg_current_wal_insert_lsn()").fetchone() == (True,)
    connection.close()
