"""Real processes: a capture that stops the ledger process is skipped in the end, another version of the parsers
parses everything again, and captures are stored all the time.
"""

import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from app.domain.bins import Bin
from app.domain.captures import NewCapture, Restarted
from app.domain.events import Event
from app.domain.roles import Kind, Role
from app.storage.ledger.steps import BROKEN, SKIPPED, SLOW
from app.storage.opening import open_store
from app.store import Store
from tests.storage.builders import a_bin, reading_of, scripted
from tests.storage.conftest import until

READING = reading_of(Event(kind=Kind.INBOUND, message_id="m", text="hi"))


@pytest.fixture(autouse=True)
def _quick(monkeypatch) -> None:
    """A process that ends is restarted at once, and one that hangs is detected soon."""
    monkeypatch.setattr("app.storage.children.MAX_PAUSE_S", 0.01)
    monkeypatch.setattr("app.storage.ledger.client.HUNG_S", 0.7)
    monkeypatch.setattr("app.storage.children.END_S", 0.3)
    monkeypatch.setenv("TEST_CLOCK_S", "0.1")


async def keep(store: Store, bin: Bin, trouble: str = "") -> int:
    raw = scripted(READING, trouble=trouble)
    return await store.add_capture(NewCapture(bin_id=bin.id, role=Role.PRIMARY, raw=raw))


async def problems(store: Store, bin: Bin) -> list[str | None]:
    return [row.reading.problem for row in await store.list_captures(bin.id, limit=100, after=0)]


async def is_read(store: Store, bin: Bin, count: int) -> bool:
    """All captures of a bin, without waiting for the ledger."""
    found = await store.get_bin(bin.id, wait=False)
    return found.behind == 0 and store.ledger_status().state == "ok" and len(await problems(store, bin)) == count


async def test_a_capture_on_which_reading_raises_has_a_problem_and_its_bytes(store: Store) -> None:
    bin = await a_bin(store)
    for trouble in ("", "raise", ""):
        await keep(store, bin, trouble)
    await until(store, lambda: is_read(store, bin, 3))
    assert await problems(store, bin) == [None, BROKEN, None]
    kept = await store.get_capture(bin.id, 2)
    assert kept.raw.body == scripted(READING, trouble="raise").body


async def test_a_capture_that_takes_too_long_is_cut_off_and_the_process_continues(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr("app.storage.ledger.client.HUNG_S", 30)
    async with open_store(tmp_path) as store:
        bin = await a_bin(store)
        await keep(store, bin)
        await until(store, lambda: is_read(store, bin, 1))
        pid = store._follower.pid
        for trouble in ("spin", "", "spin"):
            await keep(store, bin, trouble)
        await until(store, lambda: is_read(store, bin, 4), within_s=60)
        assert await problems(store, bin) == [None, SLOW, None, SLOW]
        assert store._follower.pid == pid
        assert (await store.get_capture(bin.id, 2)).raw.body == scripted(READING, trouble="spin").body
    for path in tmp_path.glob("ledger.db*"):
        path.unlink()
    monkeypatch.setattr("app.storage.ledger.client.HUNG_S", 0.7)
    async with open_store(tmp_path) as store:
        # Rebuilt from the log, which has the marks: nothing that takes too long is parsed.
        await until(store, lambda: is_read(store, bin, 4))
        assert await problems(store, bin) == [None, SLOW, None, SLOW]


@pytest.mark.parametrize("trouble", ["die", "hang"])
async def test_a_capture_that_stops_the_process_is_skipped_while_others_are_kept(tmp_path: Path, trouble: str) -> None:
    async with open_store(tmp_path) as store:
        bin, other = await a_bin(store), await a_bin(store)
        await keep(store, bin)
        await until(store, lambda: is_read(store, bin, 1))
        await keep(store, bin, trouble)
        states, kept = set(), 0
        async with asyncio.timeout(60):
            while "stopped" not in states or not await _is_ok(store):
                await keep(store, other)
                kept += 1
                status = store.ledger_status()
                states.add(status.state)
                assert status.state != "stopped" or "is started again" in (status.reason or "")
                await asyncio.sleep(0.01)
        await keep(store, bin)
        await until(store, lambda: is_read(store, bin, 3))
        await until(store, lambda: is_read(store, other, min(kept, 100)))
        assert await problems(store, bin) == [None, SKIPPED, None]
        assert set(await problems(store, other)) == {None}
        assert store.health().refused == 0
    with closing(sqlite3.connect(tmp_path / "log.db")) as log:
        assert list(log.execute("select id & 0xffffffff, reader from skips")) == [(2, "scripted")]
    (tmp_path / "ledger.db").unlink()
    async with open_store(tmp_path) as store:
        await until(store, lambda: is_read(store, bin, 3))
        assert await problems(store, bin) == [None, SKIPPED, None]


async def _is_ok(store: Store) -> bool:
    status = store.ledger_status()
    return status.state != "stopped" and status.behind < 5


async def test_another_reader_reads_it_again_while_readers_see_the_old_reading(tmp_path: Path, monkeypatch) -> None:
    async with open_store(tmp_path) as store:
        bin = await a_bin(store)
        for _ in range(20):
            await keep(store, bin)
        await until(store, lambda: is_read(store, bin, 20))
        cursor = (await store.changes_after(bin.id, 0))[-1].seq
    monkeypatch.setenv("TEST_READER_VERSION", "scripted 2")
    async with open_store(tmp_path) as store:
        seen = []

        async def is_swapped() -> bool:
            seen.append(len(await problems(store, bin)))
            changes = await store.changes_after(bin.id, cursor)
            return bool(changes) and isinstance(changes[0], Restarted)

        assert await keep(store, bin) == 21
        await until(store, is_swapped)
        assert min(seen) >= 20
        (restarted,) = await store.changes_after(bin.id, cursor)
        assert restarted.seq > cursor
        await until(store, lambda: is_read(store, bin, 21))
        assert await store.changes_after(bin.id, restarted.seq) == []


async def test_a_cursor_of_a_ledger_that_was_discarded_is_restarted(tmp_path: Path) -> None:
    async with open_store(tmp_path) as store:
        bin = await a_bin(store)
        await keep(store, bin)
        cursor = (await store.changes_after(bin.id, 0))[-1].seq if await problems(store, bin) else 0
    (tmp_path / "ledger.db").unlink()
    async with open_store(tmp_path) as store:
        await until(store, lambda: is_read(store, bin, 1))
        (restarted,) = await store.changes_after(bin.id, cursor)
        assert isinstance(restarted, Restarted)
        assert restarted.seq > cursor > 0


async def test_reads_wait_for_a_ledger_that_is_blocked_for_a_second_at_most(store: Store, monkeypatch) -> None:
    monkeypatch.setattr("app.storage.ledger.client.READ_WAIT_S", 0.2)
    bin = await a_bin(store)
    await keep(store, bin)
    await until(store, lambda: is_read(store, bin, 1))
    await keep(store, bin, "hang")
    loop = asyncio.get_running_loop()
    since = loop.time()
    assert await problems(store, bin) == [None]
    assert loop.time() - since > 0.15
    assert (await store.get_bin(bin.id, wait=False)).behind == 1
    assert (await store.get_capture(bin.id, 2)).row.reading.problem is not None
