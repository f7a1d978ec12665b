"""What is particular to the SQLite store: its file, its lock, its writer process, its bad days."""

import asyncio
import os
import signal
import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path

import pytest

from app import clock
from app.domain.captures import Kind
from app.domain.events import Event
from app.domain.search import parse_query, settle
from app.errors import CannotStart, StoreUnavailable
from app.storage import Store, open_store
from app.storage.connections import WRITER_PRAGMAS, check_pragmas, open_writer
from app.storage.facts import encode_event
from app.storage.migrate import FOLDER, migrate, newest

from .builders import a_bin, a_capture


def test_the_writer_syncs_fully_and_each_pragma_is_read_back(tmp_path: Path) -> None:
    connection = open_writer(tmp_path / "a.db")
    assert connection.execute("pragma synchronous").fetchone()[0] == 2
    assert connection.execute("pragma journal_mode").fetchone()[0] == "wal"
    check_pragmas(connection, WRITER_PRAGMAS)
    connection.execute("pragma synchronous = normal")
    with pytest.raises(CannotStart, match="synchronous"):
        check_pragmas(connection, WRITER_PRAGMAS)
    connection.close()


async def test_a_second_server_on_the_same_directory_is_refused(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr("app.storage.lock.PATIENCE_S", 0.1)
    async with open_store(tmp_path / "smsbin.db"):
        with pytest.raises(CannotStart, match="Another smsbin"):
            async with open_store(tmp_path / "smsbin.db"):
                pass


async def test_a_database_of_a_newer_version_is_refused(tmp_path: Path) -> None:
    connection = sqlite3.connect(tmp_path / "smsbin.db")
    connection.execute(f"pragma user_version = {newest() + 1}")
    connection.close()
    with pytest.raises(CannotStart, match="newer smsbin"):
        async with open_store(tmp_path / "smsbin.db"):
            pass


async def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    (tmp_path / "smsbin.db").write_text("hello, this is not a database at all" * 50)
    with pytest.raises(CannotStart):
        async with open_store(tmp_path / "smsbin.db"):
            pass


def test_a_migration_that_fails_half_way_leaves_nothing(tmp_path: Path) -> None:
    folder = tmp_path / "migrations"
    folder.mkdir()
    (folder / "0001_good.sql").write_text("create table a (x);")
    (folder / "0002_bad.sql").write_text("create table b (x); create table a (x);")
    connection = sqlite3.connect(tmp_path / "m.db", isolation_level=None)
    with pytest.raises(sqlite3.OperationalError):
        migrate(connection, folder)
    assert connection.execute("pragma user_version").fetchone()[0] == 1
    assert [row[0] for row in connection.execute("select name from sqlite_schema")] == ["a"]
    connection.close()


async def test_captures_survive_a_restart(tmp_path: Path) -> None:
    async with open_store(tmp_path / "smsbin.db") as store:
        bin = await a_bin(store)
        await store.add_capture(a_capture(bin))
    async with open_store(tmp_path / "smsbin.db") as store:
        assert (await store.add_capture(a_capture(bin))).n == 2


async def test_a_writer_that_dies_is_started_again(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr("app.storage.writer.RESTART_S", 0.05)
    async with open_store(tmp_path / "smsbin.db") as store:
        bin = await a_bin(store)
        await store.add_capture(a_capture(bin))
        os.kill(store._writer._child.pid, signal.SIGKILL)
        async with asyncio.timeout(20):
            while True:
                try:
                    stamp = await store.add_capture(a_capture(bin))
                except StoreUnavailable:
                    continue
                break
        assert stamp.n == (await store.get_bin(bin.id)).last_n
        assert store.health().state == "ok"


async def test_a_database_that_somebody_else_holds_is_unavailable_and_then_works(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr("app.storage.writer.COMMIT_WAIT_S", 0.3)
    async with open_store(tmp_path / "smsbin.db") as store:
        bin = await a_bin(store)
        other = sqlite3.connect(tmp_path / "smsbin.db", isolation_level=None)
        other.execute("begin immediate")
        with pytest.raises(StoreUnavailable):
            await store.add_capture(a_capture(bin))
        other.execute("rollback")
        other.close()
        async with asyncio.timeout(10):
            stamp = await store.add_capture(a_capture(bin))
        rows = await store.list_captures(bin.id, limit=10)
        assert [row.n for row in rows] == list(range(stamp.n, 0, -1))


@pytest.fixture
async def two_batches(tmp_path: Path) -> AsyncIterator[tuple[Store, sqlite3.Connection, list[asyncio.Future]]]:
    """Two batches at the writer, which waits for somebody else's lock, and one more that gathers."""
    async with open_store(tmp_path / "smsbin.db") as store:
        bin = await a_bin(store)
        other = sqlite3.connect(tmp_path / "smsbin.db", isolation_level=None)
        other.execute("begin immediate")
        stored = []
        for count in (20, 20, 5):
            stored += [store.add_capture(a_capture(bin)) for _ in range(count)]
            await asyncio.sleep(0)
            await asyncio.sleep(0)
        assert [len(batch) for batch in store._writer._in_flight] == [20, 20]
        assert store._writer.waiting == 5
        yield store, other, stored
        other.close()


async def test_a_batch_as_large_as_the_one_before_goes_ahead_and_numbers_stay_in_order(two_batches) -> None:
    _, other, stored = two_batches
    other.execute("rollback")
    stamps = await asyncio.gather(*stored)
    assert [stamp.n for stamp in stamps] == list(range(1, 46))


async def test_a_writer_that_dies_confirms_nothing_of_what_went_ahead(two_batches, monkeypatch) -> None:
    monkeypatch.setattr("app.storage.writer.RESTART_S", 0.05)
    store, other, stored = two_batches
    os.kill(store._writer._child.pid, signal.SIGKILL)
    lost = await asyncio.gather(*stored[:40], return_exceptions=True)
    assert {type(error) for error in lost} == {StoreUnavailable}
    other.execute("rollback")
    assert [(await each).n for each in stored[40:]] == [1, 2, 3, 4, 5]


async def test_what_an_older_version_wrote_is_read_and_found_as_before(tmp_path: Path) -> None:
    """Its headers were JSON, the parties stood in indexes of their own, and events had no number."""
    older = tmp_path / "older"
    older.mkdir()
    for path in sorted(FOLDER.glob("[0-9]*.sql"))[:4]:
        (older / path.name).write_text(path.read_text())
    database = tmp_path / "smsbin.db"
    connection = open_writer(database)
    migrate(connection, older)
    connection.executescript("""
        insert into bins (number, id, key, name, created_at, last_n, last_seq, captures)
        values (1, 'b', 'k', 'old', 0, 2, 2, 2);
        insert into captures (
            id, bin, n, seq, received_at, role, method, target, peer, size, body_complete, kind, sender, recipient
        ) values
            (1, 1, 1, 1, 0, 'primary', 'GET', '/k', '', 0, 1, 'other', '+14155550123', 'MyBrand'),
            (2, 1, 2, 2, 0, 'primary', 'GET', '/k', '', 0, 1, 'other', '+14155550123', null);
        insert into raws (id, http_version, headers, body, sha256) values
            (1, '1.1', '[["X-b","1"],["x-B","ÿ"]]', x'', ''), (2, '1.0', '[]', x'', '');
        update search_progress set upto = 1;
    """)
    event = Event(kind=Kind.INBOUND, message_id="SM1", text="hi")
    for position in (0, 1):
        row = (1, position, 1, 1, None, "call" if position else "other", "", encode_event(event))
        connection.execute("insert into events values (?, ?, ?, ?, ?, ?, ?, ?)", row)
    connection.close()
    async with open_store(database) as store:
        assert (await store.get_capture("b", 1)).raw.headers == ((b"X-b", b"1"), (b"x-B", b"\xff"))
        assert (await store.get_capture("b", 2)).raw.headers == ()
        for text, wanted in (("from:+14155550123", [2, 1]), ("to:mybrand", [1]), ("to:+14155550123", [])):
            query = settle(parse_query(text), clock.now())
            assert [row.n for row in await store.list_captures("b", limit=9, query=query)] == wanted
        first, second = await store.get_captures("b", [1, 2])
        assert await store.events_of_each([first, second]) == [[event, event], []]
    with closing(sqlite3.connect(database)) as connection:
        events = connection.execute("select id, capture, call from events").fetchall()
        assert events == [(1 << 20, 1, "other"), ((1 << 20) + 1, 1, "call")]
        assert connection.execute("select count(*) from v_messages, v_pairings").fetchone() == (0,)


async def test_a_full_database_refuses_and_recovers_by_itself(tmp_path: Path) -> None:
    from app.storage.apply import Applier
    from app.storage.jobs import AddBin, Probe

    connection = open_writer(tmp_path / "smsbin.db")
    migrate(connection)
    applier = Applier(connection)
    pages = connection.execute("pragma page_count").fetchone()[0]
    connection.execute(f"pragma max_page_count = {pages}")
    long = AddBin("id", "key", "x" * 100_000, None, None, 300, 0)
    refused = applier.apply([long, Probe()])
    assert {result.error for result in refused} == {"full"}
    connection.execute("pragma max_page_count = 1000000")
    assert [result.error for result in applier.apply([long, Probe()])] == [None, None]
    connection.close()


async def test_a_database_that_turns_read_only_refuses_and_recovers_by_itself(tmp_path: Path) -> None:
    from app.storage.apply import Applier
    from app.storage.jobs import Probe

    connection = open_writer(tmp_path / "smsbin.db")
    migrate(connection)
    applier = Applier(connection)
    connection.execute("pragma query_only = on")
    assert [result.error for result in applier.apply([Probe()])] == ["full"]
    connection.execute("pragma query_only = off")
    assert [result.error for result in applier.apply([Probe()])] == [None]
    connection.close()


def test_after_a_doubtful_write_the_batch_that_went_ahead_is_not_confirmed_either(tmp_path: Path, monkeypatch) -> None:
    from app.storage.apply import Applier
    from app.storage.jobs import Probe

    connection = open_writer(tmp_path / "smsbin.db")
    migrate(connection)
    applier = Applier(connection)
    error = sqlite3.OperationalError("disk I/O error")
    error.sqlite_errorname = "SQLITE_IOERR_FSYNC"

    def fail(_: object) -> object:
        raise error

    with monkeypatch.context() as patch:
        patch.setattr(applier, "_commit", fail)
        assert [result.error for result in applier.apply([Probe(), Probe()])] == ["suspect", "suspect"]
    assert [result.error for result in applier.apply([Probe(), Probe()])] == ["suspect", "suspect"]
    connection.close()


async def test_after_a_doubtful_write_nothing_is_acknowledged_until_a_restart(tmp_path: Path) -> None:
    from app.storage.jobs import Result

    async with open_store(tmp_path / "smsbin.db") as store:
        bin = await a_bin(store)
        store._writer._note(Result("suspect", "disk I/O error (SQLITE_IOERR_FSYNC)"))
        with pytest.raises(StoreUnavailable):
            await store.add_capture(a_capture(bin))
        assert store.health().state == "suspect"
    assert (tmp_path / "smsbin.suspect").exists()
    async with open_store(tmp_path / "smsbin.db") as store:
        assert (await store.add_capture(a_capture(bin))).n == 1
    assert not (tmp_path / "smsbin.suspect").exists()


async def test_deleted_texts_leave_the_disk(tmp_path: Path) -> None:
    from datetime import timedelta

    from app import clock

    marker = b"MARKER-that-must-go"
    async with open_store(tmp_path / "smsbin.db") as store:
        bin = await a_bin(store)
        for _ in range(50):
            await store.add_capture(a_capture(bin, body=marker * 20))
        await store.drop_captures(bin.id)
        await store.sweep(clock.now(), timedelta(0))
        await store.probe()
    left = [path.name for path in tmp_path.iterdir() if marker in path.read_bytes()]
    assert left == []
