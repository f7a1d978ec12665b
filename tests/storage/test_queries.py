"""Rows by the batch: all of them, in few statements."""

import sqlite3

import pytest

from app.storage import queries
from app.storage.queries import insert, select


@pytest.fixture
def connection(monkeypatch) -> sqlite3.Connection:
    monkeypatch.setitem(queries.SQL, "add_pair", "insert into pairs (a, b) values (?, ?)")
    monkeypatch.setitem(
        queries.SQL, "find_pairs",
        "select pairs.a from (values (?)) as wanted cross join pairs on pairs.b = wanted.column1",
    )  # fmt: skip
    connection = sqlite3.connect(":memory:")
    connection.execute("create table pairs (a, b)")
    return connection


@pytest.mark.parametrize("count", [0, 1, 2, 3, 63, 64, 65, 200, 256])
def test_every_row_goes_in_and_comes_out_in_its_order(connection: sqlite3.Connection, count: int) -> None:
    rows = [(n, f"b{n}") for n in range(count)]
    insert(connection, "add_pair", rows)
    assert connection.execute("select a, b from pairs order by rowid").fetchall() == rows
    wanted = [(b,) for _, b in rows]
    assert [a for (a,) in select(connection.cursor(), "find_pairs", wanted)] == [a for a, _ in rows]


def test_many_rows_take_few_statements(connection: sqlite3.Connection) -> None:
    said: list[str] = []
    connection.set_trace_callback(said.append)
    insert(connection, "add_pair", [(n, n) for n in range(64 + 16 + 3)])
    assert sum(each.startswith("insert") for each in said) == 4
