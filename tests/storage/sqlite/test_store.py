"""What the SQLite store adds to the contract of all stores: two processes, their files, and their failures."""

import asyncio
import os
import signal
import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from app import clock
from app.domain.captures import NewOutcome, Outcome
from app.errors import CannotStart, StoreUnavailable
from app.storage import children, lock
from app.storage.log import client
from app.storage.opening import open_store
from app.storage.sqlite.store import SqliteStore
from app.store import Store
from tests.storage.builders import a_bin, a_capture, days_ago


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "data"


@pytest.fixture(autouse=True)
def _quick(monkeypatch) -> None:
    monkeypatch.setattr(children, "MIN_PAUSE_S", 0.01)
    monkeypatch.setattr(lock, "LOCK_WAIT_S", 0.1)


@pytest.fixture
async def opened(data: Path) -> AsyncIterator[SqliteStore]:
    async with open_store(data) as store:
        assert isinstance(store, SqliteStore)
        yield store


def _rows(data: Path, text: str) -> list[tuple]:
    with closing(sqlite3.connect(data / "log.db")) as connection:
        return connection.execute(text).fetchall()


def _is_gone(pid: int | None) -> bool:
    assert pid is not None
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    return False


async def _kept(store: Store, bin: object) -> int:
    """The number of the next stored capture, however many are refused before."""
    async with asyncio.timeout(60):
        while True:
            try:
                return await store.add_capture(a_capture(bin))
            except StoreUnavailable:
                await asyncio.sleep(0.01)


async def test_everything_is_there_again_after_a_restart_and_its_end_is_recorded(data: Path) -> None:
    async with open_store(data) as store:
        bin = await a_bin(store)
        await store.add_capture(a_capture(bin))
        store.note_outcome(NewOutcome(bin.id, 1, Outcome(status=200, after_ms=1)))
    assert _rows(data, "select ended_at is not null from runs") == [(1,)]
    assert _rows(data, "select status from outcomes") == [(200,)]
    async with open_store(data) as store:
        assert await store.add_capture(a_capture(bin)) == 2
        assert (await store.get_capture(bin.id, 1)).row.outcome == Outcome(status=200, after_ms=1)
        assert _rows(data, "select ended_at is not null from runs order by number") == [(1,), (0,)]


async def test_both_processes_are_gone_when_it_is_closed(data: Path) -> None:
    async with open_store(data) as store:
        pids = store._appender.pid, store._follower.pid
    assert all(map(_is_gone, pids))


async def test_a_second_server_on_the_same_directory_is_refused(opened: SqliteStore, data: Path) -> None:
    with pytest.raises(CannotStart, match="Another smsbin"):
        async with open_store(data):
            pass
    assert opened.health().state == "ok"


async def test_the_lock_stays_as_long_as_a_process_may_still_write(data: Path) -> None:
    async with open_store(data) as store:
        descriptor = os.open(data, os.O_RDONLY)
        assert not lock._try(descriptor)
        assert len(store._appender._child._keep_open) == len(store._follower._child._keep_open) == 1
        os.close(descriptor)


async def test_a_directory_of_the_time_before_the_log_is_refused_and_not_locked_for_ever(data: Path) -> None:
    data.mkdir()
    (data / "smsbin.db").touch()
    with pytest.raises(CannotStart, match="older smsbin"):
        async with open_store(data):
            pass
    (data / "smsbin.db").unlink()
    async with open_store(data) as store:
        assert store.health().state == "ok"


async def test_a_log_that_cannot_be_opened_is_reported_and_leaves_no_process(data: Path) -> None:
    data.mkdir()
    (data / "log.db").write_bytes(b"this is no database" * 500)
    with pytest.raises(CannotStart, match="restore a backup"):
        async with open_store(data):
            pass
    (data / "log.db").unlink()
    async with open_store(data):
        pass


async def test_a_log_process_that_dies_is_started_again_and_numbers_continue(opened: SqliteStore) -> None:
    bin = await a_bin(opened)
    await opened.add_capture(a_capture(bin))
    assert opened._appender.pid is not None
    os.kill(opened._appender.pid, signal.SIGKILL)
    assert await _kept(opened, bin) == 2
    assert opened.health().state == "ok"
    assert [row.n for row in await opened.list_captures(bin.id, limit=9)] == [2, 1]


async def test_without_the_ledger_captures_are_kept_all_the_same(opened: SqliteStore) -> None:
    bin = await a_bin(opened)
    assert opened._follower.pid is not None
    os.kill(opened._follower.pid, signal.SIGSTOP)
    assert await opened.add_capture(a_capture(bin)) == 1
    assert opened.health().state == "ok"
    os.kill(opened._follower.pid, signal.SIGCONT)
    assert (await opened.get_bin(bin.id)).captures == 1


async def test_a_log_that_another_program_holds_is_refused_in_time_and_works_again(
    opened: SqliteStore, data: Path, monkeypatch
) -> None:
    bin = await a_bin(opened)
    monkeypatch.setattr(client, "COMMIT_WAIT_S", 0.05)
    with closing(sqlite3.connect(data / "log.db", isolation_level=None)) as other:
        other.execute("begin immediate")
        with pytest.raises(StoreUnavailable, match="did not confirm in time"):
            await opened._appender._queue(_job(bin), 0.05)
        # The process waits for the lock and has not said so yet.
        assert opened.health().state == "stopped"
        other.execute("rollback")
    monkeypatch.undo()
    assert await _kept(opened, bin) > 0
    rows = await opened.list_captures(bin.id, limit=9)
    assert [row.n for row in rows] == list(range(len(rows), 0, -1))


def _job(bin: object) -> object:
    from app.storage.log.jobs import AddCapture

    return AddCapture(bin.id, 0, "primary", "GET", "/", "", "1.1", b"a: b\r\n", b"", True, None, None, None, False)


@pytest.mark.parametrize("how", ["one by one", "all", "by age"])
async def test_deleted_texts_leave_the_disk(opened: SqliteStore, data: Path, how: str) -> None:
    marker = b"MARKER-that-must-go"
    bin = await a_bin(opened)
    for _ in range(5):
        await opened.add_capture(a_capture(bin, body=b"Text=" + marker * 20, received_at=days_ago(9)))
    await opened.get_bin(bin.id)
    if how == "all":
        await opened.drop_captures(bin.id)
        await opened.erase()
    elif how == "by age":
        assert (await opened.sweep(clock.now(), timedelta(days=1))).removed == 5
    else:
        for n in range(1, 6):
            await opened.drop_capture(bin.id, n)
    async with asyncio.timeout(60):
        while any(marker in path.read_bytes() for path in data.iterdir()):
            # The ledger erases by itself, the log when it is idle after a write.
            await opened.probe()
            await asyncio.sleep(0.05)


async def test_only_captures_that_were_there_at_the_opening_are_settled(data: Path) -> None:
    async with open_store(data) as store:
        bin = await a_bin(store)
        await store.add_capture(a_capture(bin))
    async with open_store(data) as store:
        await store.add_capture(a_capture(bin))
        await store.settle_unanswered(timedelta(minutes=1), "nobody knows")
        first, second = await store.get_captures(bin.id, [1, 2])
        assert (first.row.outcome is not None, second.row.outcome) == (True, None)


async def test_the_time_that_was_trusted_before_is_known_after_the_start(data: Path) -> None:
    now = clock.now()
    async with open_store(data) as store:
        assert store.last_seen() is None
        await store.note_time(now)
        assert store.last_seen() is None
    async with open_store(data) as store:
        assert store.last_seen() == now


async def test_a_probe_is_as_large_as_what_was_refused(opened: SqliteStore, monkeypatch) -> None:
    monkeypatch.setattr(client, "MAX_WAITING_BYTES", 50_000)
    bin = await a_bin(opened)
    with pytest.raises(StoreUnavailable):
        opened.add_capture(a_capture(bin, body=bytes(60_000)))
    with pytest.raises(StoreUnavailable):
        await opened.probe()
    monkeypatch.undo()
    await opened.probe()
    assert opened.health().state == "ok"


async def test_subscribers_are_notified_of_a_change_of_each_bin(opened: SqliteStore) -> None:
    heard: asyncio.Queue[str] = asyncio.Queue()
    also: list[str] = []
    opened.on_change(heard.put_nowait)
    opened.on_change(also.append)
    bin = await a_bin(opened)
    async with asyncio.timeout(60):
        while await heard.get() != bin.id:
            pass
    assert bin.id in also


async def test_while_the_ledger_process_is_started_again_everything_is_read_as_it_was(opened: SqliteStore) -> None:
    bin = await a_bin(opened)
    for _ in range(3):
        await opened.add_capture(a_capture(bin))
    assert len(await opened.list_captures(bin.id, limit=9)) == 3
    pid = opened._follower.pid
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    async with asyncio.timeout(60):
        while opened.ledger_status().state != "stopped":
            await asyncio.sleep(0)
    assert len(await opened.list_captures(bin.id, limit=9)) == 3
    assert (await opened.get_bin(bin.id)).captures == 3
    await opened.add_capture(a_capture(bin))
    async with asyncio.timeout(60):
        while len(await opened.list_captures(bin.id, limit=9)) < 4:
            await asyncio.sleep(0.01)
    assert opened._follower.pid != pid
