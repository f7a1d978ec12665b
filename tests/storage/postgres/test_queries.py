"""The queries for PostgreSQL."""

import re
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from app.storage import queries as shared_queries
from app.storage.postgres import queries
from app.storage.postgres.queries import SQL
from app.storage.queries import FOLDER

from .making import make_tables

# Settings of FTS5.
_OF_SQLITE = {"search_secure_delete", "search_merge"}
_FEED = shared_queries.load_queries(FOLDER / "ledger" / "feed.sql")
_SQLITE_TABLES = {
    "log": sorted((FOLDER / "sqlite" / "log").glob("*.sql")),
    "ledger": [FOLDER / "sqlite" / "ledger.sql"],
}


def test_every_shared_query_has_a_text() -> None:
    results = set(shared_queries.load_queries(FOLDER / "results"))
    assert set(shared_queries.SQL) - results <= set(SQL)


def test_tables_are_in_the_schema_of_the_folder_and_the_feed_reads_the_log() -> None:
    assert SQL["get_bin"].startswith("select * from smsbin_log.bins")
    assert SQL["ledger_bin"].startswith("select * from smsbin_ledger.bins")
    assert SQL["log_meta"] == "select id from smsbin_log.meta"


def test_an_override_replaces_the_shared_query_of_its_name() -> None:
    assert "= any(cast(%(among)s as text[]))" in SQL["list_bins"]


def _folders(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, texts: dict[str, str]) -> None:
    for name, text in {"ledger/feed.sql": "", **texts}.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    monkeypatch.setattr(queries, "FOLDER", tmp_path)


def test_an_override_without_a_namesake_is_an_error(monkeypatch, tmp_path) -> None:
    texts = {"log/a.sql": "-- name: one\nselect 1\n", "postgres/log/a.sql": "-- name: two\nselect 2\n"}
    _folders(monkeypatch, tmp_path, texts)
    with pytest.raises(RuntimeError, match="no query has the name of the override two"):
        queries.load()


def test_a_query_for_postgresql_alone_must_not_have_the_name_of_another(monkeypatch, tmp_path) -> None:
    texts = {"log/a.sql": "-- name: one\nselect 1\n", "postgres/own/ledger/a.sql": "-- name: one\nselect 2\n"}
    _folders(monkeypatch, tmp_path, texts)
    with pytest.raises(RuntimeError, match="the query one has been given already"):
        queries.load()


# The types that the driver sends: numbers as bigint, whatever the server would take.
_SENT = {23: 20}
_PARAMETER = re.compile(r"%(?:\((\w+)\)s|s|%)")


def _numbered(text: str) -> str:
    """With the placeholders of the server."""
    places: dict[str, int] = {}

    def place(match: re.Match[str]) -> str:
        if match[0] == "%%":
            return "%"
        return f"${places.setdefault(match[1] or str(len(places)), len(places) + 1)}"

    return _PARAMETER.sub(place, text)


def _prepared(connection: psycopg.Connection, name: str) -> list[str]:
    """The columns of a query, which is prepared with the types that are sent."""
    types: list[int] | None = None
    # First with the types that the server takes, to see which are numbers.
    for _ in range(2):
        result = connection.pgconn.prepare(b"", _numbered(SQL[name]).encode(), types)
        assert result.status == psycopg.pq.ExecStatus.COMMAND_OK, (name, result.error_message.decode())
        described = connection.pgconn.describe_prepared(b"")
        types = [_SENT.get(described.param_type(at), 0) for at in range(described.nparams)]
    return [(described.fname(at) or b"").decode() for at in range(described.nfields)]


def _columns_on_sqlite(connection: sqlite3.Connection, text: str) -> list[str]:
    count = text.count("?")
    values = [1] * count if count else dict.fromkeys(re.findall(r":(\w+)", text), 1)
    return [column[0] for column in connection.execute(text, values).description or ()]


@pytest.fixture
def on_sqlite() -> Iterator[dict[str, sqlite3.Connection]]:
    """Empty databases by the folder of their queries."""
    made = {folder: sqlite3.connect(":memory:") for folder in _SQLITE_TABLES}
    for folder, sources in _SQLITE_TABLES.items():
        for source in sources:
            made[folder].executescript(source.read_text())
    yield made
    for connection in made.values():
        connection.close()


def test_every_query_fits_the_tables_and_returns_the_columns_that_it_returns_on_sqlite(
    make_database, on_sqlite: dict[str, sqlite3.Connection]
) -> None:
    different = {}
    with psycopg.connect(make_database(make_tables).url, autocommit=True) as connection:
        for folder, tables in on_sqlite.items():
            shared = shared_queries.load_queries(FOLDER / folder)
            own = shared_queries.load_queries(FOLDER / "postgres" / "own" / folder)
            for name in (shared.keys() | own.keys()) - _OF_SQLITE:
                columns = _prepared(connection, name)
                # An expression without a name has another one on each engine.
                if name in shared and columns and "returning" not in shared[name]:
                    expected = _columns_on_sqlite(on_sqlite["log"] if name in _FEED else tables, shared[name])
                    # An expression without a name has another one on each engine; tables may have more columns.
                    named = all(map(str.isidentifier, expected))
                    if named and columns[: len(expected)] != expected:
                        different[name] = (columns, expected)
    assert different == {}
