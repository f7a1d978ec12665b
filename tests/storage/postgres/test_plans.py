"""Statements keep no plan that does not fit tables that have grown."""

from collections.abc import Iterator

import pytest

from app.storage.postgres.transaction import PostgresDatabase

from .tables import make_tables


@pytest.fixture
def url(make_database) -> str:
    found: str = make_database(make_tables).url
    return found


@pytest.fixture
def follower(url: str) -> Iterator[PostgresDatabase]:
    database = PostgresDatabase(url, "test", "begin_follow")
    yield database
    database.close()


@pytest.mark.parametrize("begin", ["begin_append", "begin_follow", "begin_snapshot"])
def test_no_plan_that_was_made_for_an_empty_table_reads_all_of_a_table_that_has_grown(url: str, begin: str) -> None:
    database = PostgresDatabase(url, "test", begin)
    with database.begun() as transaction:
        transaction.all("log_meta")
        settings = [database.connection.execute(f"show {name}").fetchone() for name in ("enable_seqscan", "jit")]
    database.close()
    assert settings == [("off",), ("off",)]


def test_only_statements_whose_plan_fits_later_values_keep_it(follower: PostgresDatabase) -> None:
    with follower.begun() as transaction:
        for _ in range(10):
            transaction.one("get_space", {"number": 1})
            transaction.all("kept_captures", {"ids": [1, 2]})
            transaction.find("find_messages", [(1, "a", "ytel")])
            transaction.one("find_call", {"space": 1, "call": "a"})
        kept = follower.connection.execute("select statement from pg_prepared_statements").fetchall()
    assert [text for (text,) in kept] == ["select * from smsbin_ledger.spaces where number = $1"]
