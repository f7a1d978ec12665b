"""Read connections: opened again when the file is replaced, and independent of each other."""

import asyncio
import sqlite3
import time
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path

import pytest

from app.errors import NotReadable, ReadTooLong
from app.storage.sqlite.readers import ReadPool


def _make(path: Path, bins: int) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("pragma journal_mode = wal")
        connection.execute("create table bins (number integer primary key)")
        connection.executemany("insert into bins values (?)", [(number,) for number in range(bins)])
        connection.commit()


class File:
    """The name of the current file."""

    def __init__(self) -> None:
        self.name = "first"
        self.damage: list[str] = []


@pytest.fixture
def file() -> File:
    return File()


@pytest.fixture
async def readers(tmp_path: Path, file: File) -> AsyncIterator[ReadPool]:
    _make(tmp_path / "a.db", 3)
    opened = ReadPool(tmp_path / "a.db", 2, damaged=file.damage.append, file=lambda: file.name, missing=lambda: "None.")
    yield opened
    await opened.close()


COUNT = "select count(*) from bins"


async def test_more_queries_than_connections_wait_for_their_turn(readers: ReadPool) -> None:
    rows = await asyncio.gather(*(readers.run(COUNT, {}) for _ in range(20)))
    assert [row[0][0] for row in rows] == [3] * 20


async def test_another_file_under_the_name_is_read_from_then_on(readers: ReadPool, file: File, tmp_path: Path) -> None:
    assert (await readers.run(COUNT, {}))[0][0] == 3
    (tmp_path / "a.db").unlink()
    for suffix in ("-wal", "-shm"):
        (tmp_path / f"a.db{suffix}").unlink(missing_ok=True)
    _make(tmp_path / "a.db", 5)
    file.name = "second"
    rows = await asyncio.gather(*(readers.run(COUNT, {}) for _ in range(5)))
    assert [row[0][0] for row in rows] == [5] * 5


async def test_without_a_file_the_reason_is_reported(readers: ReadPool, file: File) -> None:
    file.name = ""
    with pytest.raises(NotReadable, match="None"):
        await readers.run(COUNT, {})
    file.name = "first"
    assert (await readers.run(COUNT, {}))[0][0] == 3


async def test_damage_is_reported_and_is_no_exception_of_its_own(readers: ReadPool, file: File, tmp_path: Path) -> None:
    (tmp_path / "a.db").write_bytes(b"this is no database" * 500)
    for suffix in ("-wal", "-shm"):
        (tmp_path / f"a.db{suffix}").unlink(missing_ok=True)
    with pytest.raises(NotReadable):
        await readers.run(COUNT, {})
    assert len(file.damage) in (0, 1)
    with pytest.raises(NotReadable):
        await readers.run(COUNT, {})


async def test_a_wrong_query_is_a_mistake_of_ours_and_frees_the_connection(readers: ReadPool) -> None:
    for _ in range(5):
        with pytest.raises(sqlite3.OperationalError):
            await readers.run("select nothing", {})
    assert (await readers.run(COUNT, {}))[0][0] == 3


# Counts to a number that no machine reaches during a test.
ENDLESS = "with recursive n (i) as (select 1 union all select i + 1 from n) select count(*) from n where i < :most"
FOR_EVER = {"most": 10**15}


@pytest.fixture
async def hasty(tmp_path: Path) -> AsyncIterator[ReadPool]:
    """One connection, with a time limit of a fifth of a second."""
    _make(tmp_path / "b.db", 3)
    opened = ReadPool(tmp_path / "b.db", 1, limit_s=0.2)
    yield opened
    await opened.close()


async def test_a_query_that_takes_too_long_is_stopped_and_others_continue(hasty: ReadPool) -> None:
    async with asyncio.timeout(60):
        with pytest.raises(ReadTooLong, match=r"longer than 0\.2 s"):
            await hasty.run(ENDLESS, FOR_EVER)
        assert (await hasty.run(COUNT, {}))[0][0] == 3


async def test_without_a_limit_nothing_is_stopped(readers: ReadPool) -> None:
    slow = "with recursive n (i) as (select 1 union all select i + 1 from n limit 2000000) select count(*) from n"
    assert (await readers.run(slow, {}))[0][0] == 2_000_000


async def test_the_queries_of_one_search_share_their_time(hasty: ReadPool) -> None:
    search = hasty.sharing_time_limit()
    assert (await search.run(COUNT, {}))[0][0] == 3
    async with asyncio.timeout(60):
        for _ in range(2):
            since = time.process_time()
            with pytest.raises(ReadTooLong):
                await search.run(ENDLESS, FOR_EVER)
    assert time.process_time() - since < 0.15
    assert (await hasty.run(COUNT, {}))[0][0] == 3


class TestWhoeverAskedHasLeft:
    @pytest.fixture
    async def patient(self, tmp_path: Path) -> AsyncIterator[ReadPool]:
        """One connection without a time limit."""
        _make(tmp_path / "c.db", 3)
        opened = ReadPool(tmp_path / "c.db", 1)
        await opened.run(COUNT, {})
        yield opened
        await opened.close()

    async def _leave(self, readers: ReadPool, after_s: float) -> None:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(after_s):
                await readers.run(ENDLESS, FOR_EVER)

    @pytest.mark.parametrize("after_s", [0.0, 0.1])
    async def test_the_query_ends(self, patient: ReadPool, after_s: float) -> None:
        async with asyncio.timeout(60):
            for _ in range(3):
                await self._leave(patient, after_s)
                assert (await patient.run(COUNT, {}))[0][0] == 3

    async def test_the_next_query_does_not_end_with_it(self, patient: ReadPool) -> None:
        slow = "with recursive n (i) as (select 1 union all select i + 1 from n limit 300000) select count(*) from n"
        async with asyncio.timeout(60):
            for _ in range(5):
                await self._leave(patient, 0.02)
                assert (await patient.run(slow, {}))[0][0] == 300_000

    async def test_leaving_while_all_are_busy_takes_no_connection_away(self, patient: ReadPool) -> None:
        async with asyncio.timeout(60):
            busy = asyncio.ensure_future(self._leave(patient, 0.3))
            await asyncio.sleep(0)
            await self._leave(patient, 0.05)
            await busy
            assert (await patient.run(COUNT, {}))[0][0] == 3


async def test_leaving_while_the_file_is_opened_again_leaves_it_to_the_next(
    readers: ReadPool, file: File, tmp_path: Path
) -> None:
    await readers.run(COUNT, {})
    held = [await readers._free.get() for _ in range(2)]
    readers._free.put_nowait(held.pop())
    file.name = "second"
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.05):
            await readers.run(COUNT, {})
    readers._free.put_nowait(held.pop())
    async with asyncio.timeout(60):
        rows = await asyncio.gather(*(readers.run(COUNT, {}) for _ in range(5)))
    assert [row[0][0] for row in rows] == [3] * 5
