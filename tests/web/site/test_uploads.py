"""Large files of users: in pieces, within their time, whatever a client sends."""

import asyncio
from collections.abc import AsyncIterator

import aiohttp
import pytest

from app import keys
from app.errors import Invalid
from app.web.site import uploads
from tests.conftest import Running


@pytest.fixture
async def taken(server: Running, monkeypatch) -> AsyncIterator[list]:
    """What the handler got of the last file: name, fields and content, or the error."""
    got: list = []

    async def receive(bin_id: str, file: str, chunks: AsyncIterator[bytes], *_: object) -> object:
        got.append((file, b"".join([chunk async for chunk in chunks])))
        raise Invalid(("file", "was taken"))

    monkeypatch.setattr(server.app[keys.RECONCILING], "receive", receive)
    return got


def _url(server: Running) -> str:
    return f"{server.bin_api}/reconciliations"


async def _post(server: Running, data: object, **more: object) -> str:
    async with server.client.post(_url(server), data=data, **more) as answer:
        return (await answer.json())["detail"] if answer.status != 422 else str((await answer.json())["errors"])


async def test_a_body_and_a_part_of_a_form_are_files(server: Running, taken: list) -> None:
    await _post(server, b"x" * 300_000, params={"file": "a b.csv"})
    form = aiohttp.FormData({"zone": "UTC"})
    form.add_field("file", b"y" * 300_000, filename="n" * (uploads.MAX_NAME + 1))
    await _post(server, form)
    assert taken == [("a b.csv", b"x" * 300_000), ("n" * uploads.MAX_NAME, b"y" * 300_000)]


async def test_a_form_that_is_not_one_is_refused(server: Running, taken: list) -> None:
    headers = {"Content-Type": "multipart/form-data"}
    assert "cannot be read" in await _post(server, b"x", headers=headers)
    assert "incomplete" in await _post(server, b"x", headers={"Content-Type": "multipart/form-data; boundary=b"})
    async with server.client.post(_url(server), data=b"x", headers={**headers, "Expect": "100-continue"}) as answer:
        assert answer.status == 400
    assert taken == []


async def test_the_fields_of_a_form(server: Running, taken: list) -> None:
    def form(fields: int, size: int) -> aiohttp.FormData:
        made = aiohttp.FormData({f"f{number}": "1" for number in range(fields)} | {"zone": "x" * size})
        made.add_field("file", b"y", filename="a")
        return made

    assert "is not a time zone" in await _post(server, form(0, 60))
    assert "at most" not in await _post(server, form(0, uploads.MAX_FIELD))
    assert "must have at most" in await _post(server, form(0, uploads.MAX_FIELD + 1))
    assert "is not a time zone" in await _post(server, form(uploads.MOST_PARTS - 2, 10))
    assert "choose the file" in await _post(server, form(uploads.MOST_PARTS - 1, 10))


@pytest.mark.parametrize("name", ["STALL_S", "LONGEST_S"])
async def test_a_file_that_does_not_arrive_is_given_up(server: Running, taken: list, monkeypatch, name: str) -> None:
    assert (uploads.STALL_S, uploads.LONGEST_S) == (30.0, 600.0)
    monkeypatch.setattr(uploads, name, 0.2)

    async def slow() -> AsyncIterator[bytes]:
        yield b"x"
        await asyncio.Event().wait()

    async with server.client.post(_url(server), data=slow()) as answer:
        assert answer.status == 408
