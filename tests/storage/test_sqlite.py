"""What is particular to the SQLite store: its file, its lock, its writer process, its bad days."""

import asyncio
import os
import signal
import sqlite3
from pathlib import Path

import pytest

from app.errors import CannotStart, StoreUnavailable
from app.storage import open_store
from app.storage.connections import WRITER_PRAGMAS, check_pragmas, open_writer
from app.storage.migrate import migrate, newest

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
