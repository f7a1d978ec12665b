"""Stored bytes that are not those that came are shown as such, and never handed on as if they were."""

import sqlite3
from contextlib import closing

import pytest

from app import keys
from app.domain.captures import DAMAGED
from tests.conftest import Running


@pytest.fixture
async def damaged(server: Running) -> Running:
    """Capture 1 with one byte flipped on the disk, capture 2 as it came."""
    for text in ("first", "second"):
        async with server.client.post(server.capture_url, data={"Text": text}) as answer:
            assert answer.status == 200
    await server.settled(2)
    with closing(sqlite3.connect(server.app[keys.SETTINGS].data_dir / "log.db")) as connection:
        first = "id = (select min(id) from captures)"
        connection.execute(f"update captures set body = cast('Text=Xirst' as blob) where {first}")
        connection.commit()
    return server


async def test_one_capture_says_so_and_shows_its_bytes_all_the_same(damaged: Running) -> None:
    capture = await damaged.capture(1)
    assert capture["problem"] == DAMAGED
    assert (await damaged.capture(2))["problem"] is None
    async with damaged.client.get(f"{damaged.url}/bins/{damaged.bin.id}/captures/1") as answer:
        assert answer.status == 200
        page = await answer.text()
    assert "Damaged on disk." in page
    assert DAMAGED in page


@pytest.mark.parametrize("part", ["body", "raw"])
async def test_its_bytes_are_not_given_to_who_takes_them_for_the_request(damaged: Running, part: str) -> None:
    for n, status in ((1, 500), (2, 200)):
        async with damaged.client.get(f"{damaged.bin_api}/captures/{n}/{part}") as answer:
            assert answer.status == status
            assert ("Restore a backup" in await answer.text()) is (n == 1)


async def test_it_is_not_sent_again(damaged: Running) -> None:
    wish = {"captures": [1], "url": damaged.capture_url}
    async with damaged.client.post(f"{damaged.bin_api}/replays", json=wish) as answer:
        told = await answer.json()
        assert (answer.status, DAMAGED in str(told)) == (500, True), told


@pytest.mark.parametrize("format", ["jsonl", "har"])
async def test_an_export_has_it_with_its_problem(damaged: Running, format: str) -> None:
    async with damaged.client.get(f"{damaged.bin_api}/export?of=captures&format={format}") as answer:
        told = await answer.text()
    assert (answer.status, told.count(DAMAGED)) == (200, 1)
