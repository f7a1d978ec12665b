"""Connections that only read: opened again when the file is another one, and never in the way of each other."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path

import pytest

from app.errors import NotReadable
from app.storage.sqlite.readers import Readers


def _make(path: Path, bins: int) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("pragma journal_mode = wal")
        connection.execute("create table bins (number integer primary key)")
        connection.executemany("insert into bins values (?)", [(number,) for number in range(bins)])
        connection.commit()


class File:
    """Which file is there."""

    def __init__(self) -> None:
        self.name = "first"
        self.damage: list[str] = []


@pytest.fixture
def file() -> File:
    return File()


@pytest.fixture
async def readers(tmp_path: Path, file: File) -> AsyncIterator[Readers]:
    _make(tmp_path / "a.db", 3)
    opened = Readers(tmp_path / "a.db", 2, damaged=file.damage.append, file=lambda: file.name, missing=lambda: "None.")
    yield opened
    await opened.close()


COUNT = "select count(*) from bins"


async def test_more_queries_than_connections_wait_for_their_turn(readers: Readers) -> None:
    rows = await asyncio.gather(*(readers.run(COUNT, {}) for _ in range(20)))
    assert [row[0][0] for row in rows] == [3] * 20


async def test_another_file_under_the_name_is_read_from_then_on(readers: Readers, file: File, tmp_path: Path) -> None:
    assert (await readers.run(COUNT, {}))[0][0] == 3
    (tmp_path / "a.db").unlink()
    for suffix in ("-wal", "-shm"):
        (tmp_path / f"a.db{suffix}").unlink(missing_ok=True)
    _make(tmp_path / "a.db", 5)
    file.name = "second"
    rows = await asyncio.gather(*(readers.run(COUNT, {}) for _ in range(5)))
    assert [row[0][0] for row in rows] == [5] * 5


async def test_without_a_file_the_reason_is_told(readers: Readers, file: File) -> None:
    file.name = ""
    with pytest.raises(NotReadable, match="None"):
        await readers.run(COUNT, {})
    file.name = "first"
    assert (await readers.run(COUNT, {}))[0][0] == 3


async def test_damage_is_reported_and_is_no_exception_of_its_own(readers: Readers, file: File, tmp_path: Path) -> None:
    (tmp_path / "a.db").write_bytes(b"this is no database" * 500)
    for suffix in ("-wal", "-shm"):
        (tmp_path / f"a.db{suffix}").unlink(missing_ok=True)
    with pytest.raises(NotReadable):
        await readers.run(COUNT, {})
    assert len(file.damage) in (0, 1)
    with pytest.raises(NotReadable):
        await readers.run(COUNT, {})


async def test_a_wrong_query_is_a_mistake_of_ours_and_frees_the_connection(readers: Readers) -> None:
    for _ in range(5):
        with pytest.raises(sqlite3.OperationalError):
            await readers.run("select nothing", {})
    assert (await readers.run(COUNT, {}))[0][0] == 3
