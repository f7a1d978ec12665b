"""The queries for PostgreSQL."""

import re
from pathlib import Path

import psycopg
import pytest

from app.storage import queries as shared_queries
from app.storage.postgres import queries
from app.storage.postgres.queries import SQL
from app.storage.queries import FOLDER

from .tables import make_tables

_OF_THE_SEARCH = {"add_to_search", "erase_from_search", "search_secure_delete", "search_merge"}


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


def test_every_query_fits_the_tables_and_the_types_that_are_sent(make_database) -> None:
    names = shared_queries.load_queries(*(FOLDER / name for name in ("log", "ledger")))
    own = shared_queries.load_queries(*(FOLDER / "postgres" / "own" / name for name in ("log", "ledger")))
    failed = {}
    with psycopg.connect(make_database(make_tables).url) as connection:
        server = connection.pgconn
        for name in sorted((names | own).keys() - _OF_THE_SEARCH):
            text = _numbered(SQL[name]).encode()
            types: list[int] | None = None
            # The second time with the types that are sent.
            for _ in range(2):
                result = server.prepare(b"", text, types)
                if result.status != psycopg.pq.ExecStatus.COMMAND_OK:
                    failed[name] = result.error_message.decode()
                    server.exec_(b"rollback")
                    break
                described = server.describe_prepared(b"")
                types = [_SENT.get(described.param_type(at), 0) for at in range(described.nparams)]
    assert failed == {}
