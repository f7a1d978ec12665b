"""Transactions on PostgreSQL: few round trips, the same rows on every way, and a connection that may be lost."""

import re
from collections.abc import Callable, Iterator
from contextlib import suppress

import psycopg
import pytest

from app.storage import queries
from app.storage.postgres import transaction as module
from app.storage.postgres.queries import SQL
from app.storage.postgres.transaction import PostgresDatabase
from app.storage.transaction import CannotWrite, Duplicate, Unreachable
from tests.postgres import Database

from .tables import make_tables

# Of each query that inserts many rows: the names of its columns, as the callers know them.
INSERTS = {
    name: match[2].replace(" ", "").split(",")
    for name, text in queries.SQL.items()
    if (match := re.fullmatch(r"insert into (\w+) \(([^()]+)\)\s+values \([?, ]+\)", " ".join(text.split())))
    and name in SQL
    and module._parts(name)
}
PLAIN = {
    "add_pair": "insert into pairs (a, b) values (%s, %s)",
    "pairs": "select a, b from pairs order by a",
    "find_pairs": "select a, said from unnest(%s::bigint[], %s::text[]) as wanted (n, said)"
    " join pairs on a = n and b = said",
    "kind": "select pg_typeof(%(value)s)::text",
    "shifted": "select %(value)s << 40",
    "add_broken": "insert into pairs (a, b) values (%s / 0, null)",
}
AWAY = (
    "select pg_terminate_backend(pid) from pg_stat_activity"
    " where application_name = 'smsbin test' and datname = current_database()"
)


@pytest.fixture
def pairs(database: PostgresDatabase, tables: Database, monkeypatch: pytest.MonkeyPatch) -> Iterator[PostgresDatabase]:
    """A table with a unique number, and queries about it."""
    for name, text in PLAIN.items():
        monkeypatch.setitem(SQL, name, text)
    tables.peek("create table pairs (a bigint unique, b text)")
    module._parts.cache_clear()
    yield database
    module._parts.cache_clear()


@pytest.fixture
def tables(make_database: Callable[..., Database]) -> Database:
    return make_database(make_tables)


@pytest.fixture
def database(tables: Database, monkeypatch: pytest.MonkeyPatch) -> Iterator[PostgresDatabase]:
    # As in a new process.
    monkeypatch.setattr(module, "_INSERTS", {})
    made = PostgresDatabase(tables.url, "test", "begin_append")
    yield made
    made.close()


def _values(tables: Database, query: str, count: int) -> list[tuple[object, ...]]:
    """Rows for a query: in the first all values are large or odd; those that may be are NULL in every second one."""
    (table,) = re.findall(r"insert into (\w+)\.(\w+)", SQL[query])
    kinds = {
        name: (kind, may_be_null == "YES")
        for name, kind, may_be_null in tables.peek(
            "select column_name, data_type, is_nullable from information_schema.columns"
            " where table_schema = %s and table_name = %s", *table,
        )
    }  # fmt: skip
    samples: dict[str, Callable[[int], object]] = {
        "bigint": lambda n: 2**40 + n,
        "boolean": lambda n: n % 3 == 0,
        "bytea": lambda n: bytes(range(256)) * n,
        "text": lambda n: f"{n} NULL {{a,\"b\\}}' \0\ue000",
    }
    return [
        tuple(
            None if kinds[name][1] and n % 2 else samples[kinds[name][0]](n)
            for name in INSERTS[query]
        )
        for n in range(count)
    ]  # fmt: skip


@pytest.mark.parametrize("query", sorted(INSERTS))
def test_one_statement_for_many_rows_gives_the_rows_that_one_for_each_gives(
    tables: Database, database: PostgresDatabase, query: str
) -> None:
    rows = _values(tables, query, module.MIN_ARRAYS + 2)
    (table,) = re.findall(r"insert into (\S+)", SQL[query])
    found = []
    for insert in ("insert", "each"):
        with database.write() as transaction:
            getattr(transaction, insert)(query, rows)
        found.append(sorted(tables.peek(f"select t::text from {table} as t")))
        tables.peek(f"truncate {table} restart identity")
    assert found[0] == found[1]
    assert len(found[0]) == len(rows)


@pytest.mark.parametrize("count", [0, 1, 2, 3, 300])
def test_every_row_is_written_whatever_was_written_before(
    tables: Database, database: PostgresDatabase, count: int
) -> None:
    """The first insert of a process reads the types of the columns, behind what is not sent yet."""
    rows = _values(tables, "add_outcome", count)
    with database.write() as transaction:
        transaction.each("count_fault", [("unknown",)])
        transaction.insert("add_outcome", rows)
        transaction.each("count_fault", [("unknown",)])
        transaction.insert("add_link", [(1, n, 0) for n in range(count)])
    assert tables.peek("select count(*) from smsbin_log.outcomes") == [(count,)]
    assert tables.peek("select count(*) from smsbin_ledger.links") == [(count,)]


def test_a_value_has_the_same_type_in_the_first_query_and_in_later_ones(pairs: PostgresDatabase) -> None:
    """The first one is sent with its values."""
    for value, kind in ((5, "bigint"), (-(2**63), "bigint"), (True, "boolean"), (b"a", "bytea"), ([5], "bigint[]")):
        with pairs.read() as transaction:
            assert [transaction.one("kind", {"value": value})[0] for _ in range(2)] == [kind, kind]
    for value in (1, -7):
        with pairs.read() as transaction:
            assert [transaction.one("shifted", {"value": value})[0] for _ in range(2)] == [value << 40, value << 40]


def test_what_returns_nothing_is_seen_by_the_next_query_in_its_order(pairs: PostgresDatabase) -> None:
    with pairs.write() as transaction:
        transaction.each("add_pair", [(2, "b")])
        assert [tuple(row) for row in transaction.all("pairs")] == [(2, "b")]
        transaction.insert("add_pair", [(n, None) for n in range(3, 8)])
        assert transaction.run("add_pair", (1, "\0")) == 1
        assert [row["a"] for row in transaction.all("pairs")] == list(range(1, 8))
        assert transaction.one("pairs")["b"] == "\0"


def test_many_are_looked_up_with_one_statement(pairs: PostgresDatabase) -> None:
    with pairs.write() as transaction:
        assert transaction.find("find_pairs", []) == ()
        transaction.insert("add_pair", [(n, f"b{n}\0") for n in (3, 77, 200)])
        # What waits is sent first.
        found = transaction.find("find_pairs", [(n, f"b{n}\0") for n in range(100)])
        assert sorted(tuple(row) for row in found) == [(3, "b3\0"), (77, "b77\0")]
    with pairs.read() as transaction:
        assert transaction.find("find_pairs", [(3, None)]) == []


def test_an_exception_leaves_nothing_of_the_transaction(pairs: PostgresDatabase) -> None:
    def fail_half_way() -> None:
        with pairs.write() as transaction:
            transaction.run("add_pair", (1, "a"))
            transaction.each("add_pair", [(2, "b")])
            raise KeyError

    for _ in range(2):
        with pytest.raises(KeyError):
            fail_half_way()
    with pairs.read() as transaction:
        assert transaction.all("pairs") == []


def test_the_error_of_a_statement_that_waited_is_raised_by_what_sends_it(pairs: PostgresDatabase) -> None:
    def add_zero() -> None:
        with pairs.write() as transaction:
            transaction.each("add_broken", [(1,)])
            with pytest.raises(psycopg.errors.DivisionByZero):
                transaction.all("pairs")

    with pytest.raises(CannotWrite):
        add_zero()
    with pytest.raises(Duplicate), pairs.write() as transaction:
        transaction.each("add_pair", [(1, "a"), (1, "b")])
    with pairs.write() as transaction:
        transaction.each("add_pair", [(3, "c")])
    with pairs.read() as transaction:
        assert [row["a"] for row in transaction.all("pairs")] == [3]


def test_a_commit_after_an_error_that_was_ignored_is_an_error(pairs: PostgresDatabase) -> None:
    """The server rolls back, and says so without an error."""

    def ignore() -> None:
        with pairs.write() as transaction:
            transaction.run("add_pair", (1, "a"))
            with suppress(Duplicate):
                transaction.run("add_pair", (1, "b"))

    with pytest.raises(CannotWrite, match="rolled back"):
        ignore()
    with pairs.read() as transaction:
        assert transaction.all("pairs") == []


@pytest.mark.parametrize("first", ["run", "each"])
def test_after_the_server_was_restarted_the_next_transaction_opens_a_connection(
    pairs: PostgresDatabase, tables: Database, first: str
) -> None:
    with pairs.read() as transaction:
        transaction.all("pairs")
    tables.peek(AWAY)
    with pairs.write() as transaction:
        transaction.run("add_pair", (1, "a")) if first == "run" else transaction.each("add_pair", [(1, "a")])
    assert tables.peek("select a from pairs") == [(1,)]


def test_a_transaction_does_not_continue_on_another_connection(pairs: PostgresDatabase, tables: Database) -> None:
    def lose() -> None:
        with pairs.write() as transaction:
            transaction.run("add_pair", (1, "a"))
            tables.peek(AWAY)
            for row in ((2, "b"), (3, "c")):
                with suppress(Unreachable):
                    transaction.run("add_pair", row)

    with pytest.raises(Unreachable):
        lose()
    with pairs.write() as transaction:
        transaction.run("add_pair", (4, "d"))
    assert tables.peek("select a from pairs") == [(4,)]


def test_a_server_that_is_away_is_unreachable_for_every_transaction() -> None:
    database = PostgresDatabase("postgresql://smsbin@127.0.0.1:1/smsbin", "test", "begin_append")
    for begin in (database.write, database.read):
        with pytest.raises(Unreachable), begin() as transaction:
            transaction.all("get_meta")
    with pytest.raises(Unreachable), database.write() as transaction:
        transaction.each("drop_bin", [{"id": "a"}])
    for _ in range(2):
        database.close()


def test_a_snapshot_begins_with_its_first_query_and_cannot_write(pairs: PostgresDatabase, tables: Database) -> None:
    with pairs.read() as transaction:
        tables.peek("insert into pairs values (1)")
        assert len(transaction.all("pairs")) == 1
        tables.peek("insert into pairs values (2)")
        assert len(transaction.all("pairs")) == 1
        with pytest.raises(CannotWrite, match="25006"):
            transaction.run("add_pair", (3, "c"))
    with pairs.read() as transaction:
        assert len(transaction.all("pairs")) == 2


@pytest.mark.parametrize("first", ["all", "each"])
def test_a_statement_runs_with_the_first_query_and_before_it(
    pairs: PostgresDatabase, tables: Database, first: str
) -> None:
    with pairs.write() as transaction:
        transaction.begin_with("add_pair", (1, "100 %s %"))
        if first == "all":
            assert [tuple(row) for row in transaction.all("pairs")] == [(1, "100 %s %")]
        else:
            transaction.each("add_pair", [(2, "b")])
    assert tables.peek("select b from pairs where a = 1") == [("100 %s %",)]
    with pairs.write() as transaction:
        transaction.begin_with("add_pair", (3, "c"))
    assert tables.peek("select count(*) from pairs where a = 3") == [(0,)]


def test_many_rows_of_a_query_that_has_a_form_for_all_are_one_statement(
    make_database: Callable[..., Database],
) -> None:
    copied = make_database(make_tables)
    made = PostgresDatabase(copied.url, "test", "begin_append")
    with made.write() as transaction:
        for number in range(1, 5):
            transaction.run("add_bin", _a_bin(number))
        rows = [(number, 20 + number, 30 + number, 40 + number, number) for number in range(1, 5)]
        transaction.each("set_bin_counters", rows)
        assert len(transaction._deferred) == 1
        transaction.each("set_bin_counters", [(9, 9, 9, 9, 1)])
    made.close()
    counted = "select last_n, last_k, last_d, last_a, number from smsbin_log.bins order by number"
    assert copied.peek(counted) == [(9, 9, 9, 9, 1), *rows[1:]]


def _a_bin(number: int) -> dict[str, object]:
    return {
        "id": f"bin{number}", "key": f"key{number}", "name": None, "provider": None, "retention_s": None,
        "stuck_s": 300, "created_at": 0,
    }  # fmt: skip
