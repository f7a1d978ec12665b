"""The views for other programs: the values of the API, from a plain connection while the server runs; and the same
ones on PostgreSQL."""

import json
import re
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from app import keys
from app.domain.events import Event
from app.domain.roles import Kind, Role
from app.domain.statuses import Status
from tests.conftest import Running
from tests.postgres import Database

from .builders import stating
from .postgres.tables import make_tables
from .reads.test_both_engines import fill, remove
from .reads.two_ledgers import two_ledgers

PAGE = (Path(__file__).parents[2] / "docs" / "exports.md").read_text()
NAMES = {"from": "from_number", "to": "to_number"}
VIEWS = ("v_captures", "v_messages", "v_pairings")
# Columns with lists, as JSON.
LISTS = {"findings", "tags", "media", "captures"}


def _read(server: Running, view: str) -> list[dict]:
    database = server.app[keys.SETTINGS].ledger
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
        connection.row_factory = sqlite3.Row
        return [dict(row) for row in connection.execute(f"select * from {view} order by 1, 3, 4")]


async def _hit(server: Running, text: str, role: str = "", **more: str) -> None:
    data = {"From": "+14155550123", "To": "+14155550100", "Text": text, **more}
    async with server.client.post(server.capture_url + role, data=data) as answer:
        assert answer.status == 200
    # The views show the state of the ledger, and this waits for it.
    await server.app[keys.STORE].get_bin(server.bin.id)


async def test_captures_are_what_the_api_returns_with_names_that_need_no_quotes(server: Running) -> None:
    for text in ("one", "one", 'a "quoted"\nline'):
        await _hit(server, text)
    annotation = {"pinned": True, "note": "a", "tags": ["late", "new"]}
    async with server.client.put(f"{server.bin_api}/captures/2/annotation", json=annotation) as answer:
        assert answer.status == 200
    told = await server.captures()
    while told[-1]["answered"]["after_ms"] is None:
        told = await server.captures()
    rows = sorted(_read(server, "v_captures"), key=lambda row: row["n"])
    for row, summary in zip(rows, told, strict=True):
        answered = summary.pop("answered")
        # The states of forwards are in the log.
        assert summary.pop("forwards") == []
        assert (row.pop("bin_id"), row.pop("bin_name")) == (server.bin.id, server.bin.name)
        assert row.pop("body_complete") == 1
        assert {name: row.pop(f"answered_{name}") for name in answered} == answered
        lists = {name: json.loads(row[name]) for name in ("findings", "tags")}
        assert row | lists == {NAMES.get(name, name): value for name, value in summary.items()}


async def test_messages_are_what_the_api_returns(server: Running) -> None:
    ids = {"MessageSid": "SM" + "a" * 32, "AccountSid": "AC" + "0" * 32}
    await _hit(server, "hi", NumMedia="1", MediaUrl0='https://example.net/a"b\\nc', **ids)
    await _hit(server, "", "/status", MessageStatus="sent", **ids)
    async with server.client.get(f"{server.bin_api}/messages") as answer:
        (message,) = (await answer.json())["items"]
    (row,) = _read(server, "v_messages")
    lists = {name: json.loads(row[name]) for name in ("media", "captures", "findings")}
    del row["bin_id"], row["bin_name"]
    # The types of files are shown beside them; the view has their addresses only.
    del message["media_types"]
    assert row | lists == {NAMES.get(name, name): value for name, value in message.items()}
    assert lists["captures"] == [1, 2]


async def test_addresses_with_every_odd_character_stay_apart(server: Running) -> None:
    media = (
        'https://example.net/"',
        "https://example.net/\\n",
        "https://example.net/\\\\",
        "https://example.net/\t,\\",
    )
    event = Event(kind=Kind.INBOUND, message_id="m", media=media, status=Status.RECEIVED)
    store = server.app[keys.STORE]
    await store.add_capture(stating(server.bin, Role.PRIMARY, event))
    await store.get_bin(server.bin.id)
    assert json.loads(_read(server, "v_messages")[0]["media"]) == list(media)


async def test_what_is_deleted_or_cleared_is_not_in_them(server: Running) -> None:
    ids = {"AccountSid": "AC" + "0" * 32}
    for name in "ab":
        await _hit(server, name, MessageSid="SM" + name * 32, Body=name, SmsStatus="received", **ids)
    store = server.app[keys.STORE]
    await store.drop_capture(server.bin.id, 1)
    assert [row["n"] for row in _read(server, "v_captures")] == [2]
    assert [row["text"] for row in _read(server, "v_messages")] == ["b"]
    await store.drop_captures(server.bin.id)
    assert _read(server, "v_captures") + _read(server, "v_messages") == []
    await _hit(server, "c", MessageSid="SM" + "c" * 32, SmsStatus="received", **ids)
    assert len(_read(server, "v_captures")) == len(_read(server, "v_messages")) == 1
    await store.drop_bin(server.bin.id)
    assert _read(server, "v_captures") + _read(server, "v_messages") == []


@pytest.mark.parametrize("view", VIEWS)
async def test_the_guide_lists_every_column_in_order(server: Running, view: str) -> None:
    database = server.app[keys.SETTINGS].ledger
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
        columns = [row[1] for row in connection.execute(f"pragma table_info({view})")]
    assert _documented(view) == columns
    assert all(re.fullmatch("[a-z_]+", name) for name in columns)


def _documented(view: str) -> list[str]:
    (line,) = re.findall(rf"^\| `{view}` \| (.*?) \|$", PAGE, re.MULTILINE)
    return re.findall(r"`(\w+)`", line)


async def test_pairings_are_what_the_api_returns(server: Running) -> None:
    ids = {"MessageSid": "SM" + "a" * 32, "AccountSid": "AC" + "0" * 32}
    for role in ("", "/fallback"):
        await _hit(server, "hi", role, **ids)
    async with server.client.post(f"{server.capture_url}/voice", data={"CallSid": "c-1", "From": "1", "To": "2"}):
        pass
    async with server.client.get(f"{server.bin_api}/comparison") as answer:
        call, message = (await answer.json())["items"]
    rows = sorted(_read(server, "v_pairings"), key=lambda row: row["kind"])
    for row, item in zip(rows, (message, call), strict=True):
        assert (row["bin_id"], row["bin_name"]) == (server.bin.id, server.bin.name)
        assert json.loads(row["captures"]) == item["primary"] + item["fallback"]
        assert json.loads(row["findings"]) == item["findings"]
        for name in ("message_id", "kind", "matched_by", "verdict", "gap_ms"):
            assert row[name] == item[name]
    await server.app[keys.STORE].drop_captures(server.bin.id)
    assert _read(server, "v_pairings") == []


async def test_the_views_of_postgresql_have_the_same_rows(
    tmp_path: Path, make_database: Callable[..., Database]
) -> None:
    async with two_ledgers(tmp_path, make_database) as both:
        for change in (fill, remove):
            both.change(change)
        for view in VIEWS:
            text = f"select * from {view}"
            with closing(sqlite3.connect(tmp_path / "ledger.db")) as connection:
                wanted = _as_objects(view, connection.execute(text).fetchall())
            found = _as_objects(view, both.postgresql.ledger.rows(text))
            assert len(found) > 10
            # No and yes are 0 and 1 on SQLite.
            booleans = {name for name, value in found[0].items() if isinstance(value, bool)}
            for row in wanted:
                row |= {name: bool(row[name]) for name in booleans}
            assert sorted(found, key=repr) == sorted(wanted, key=repr)


def _as_objects(view: str, rows: list[tuple]) -> list[dict]:
    names = _documented(view)
    return [
        {name: json.loads(value) if name in LISTS else value for name, value in zip(names, row, strict=True)}
        for row in rows
    ]


def test_the_views_of_postgresql_have_the_documented_columns(make_database: Callable[..., Database]) -> None:
    database = make_database(make_tables)
    columns = (
        "select column_name from information_schema.columns"
        " where table_schema = 'smsbin_ledger' and table_name = %s order by ordinal_position"
    )
    for view in VIEWS:
        assert [name for (name,) in database.peek(columns, view)] == _documented(view)
