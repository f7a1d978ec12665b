"""What a person deletes is gone from the files, too, and not only from the page."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from app import keys
from tests.conftest import Running, run_server

MARK = b"zq-mark"
# A sweep comes once a minute; this must not wait for it.
SOON_S = 15


def _files_with_the_mark(server: Running) -> set[str]:
    folder = server.app[keys.SETTINGS].data_dir
    return {path.name for path in folder.iterdir() if path.is_file() and MARK in path.read_bytes().lower()}


async def _clear(server: Running) -> int:
    async with server.client.delete(f"{server.bin_api}/captures") as answer:
        return answer.status


async def _clear_on_the_page(server: Running) -> int:
    url = f"{server.url}/bins/{server.bin.id}/clear"
    async with server.client.post(url, headers={"Origin": server.url}, allow_redirects=False) as answer:
        return answer.status


async def _delete_the_bin(server: Running) -> int:
    async with server.client.delete(server.bin_api) as answer:
        return answer.status


async def _delete_one_by_one(server: Running) -> int:
    for n in range(1, 21):
        async with server.client.delete(f"{server.bin_api}/captures/{n}") as answer:
            assert answer.status == 204
    return 204


@pytest.mark.parametrize("delete", [_clear, _clear_on_the_page, _delete_the_bin, _delete_one_by_one])
async def test_it_is_gone_from_every_file_within_seconds(
    make_settings, delete: Callable[[Running], Awaitable[int]]
) -> None:
    async with run_server(make_settings()) as server:
        # The sweep of the start is over: the next one is a minute away.
        await asyncio.sleep(0.5)
        for number in range(20):
            fields = {"From": "+14155550123", "Text": f"ZQ-mark {number}", "MessageSid": f"SM{number}"}
            async with server.client.post(f"{server.capture_url}?q=zq-mark", data=fields) as answer:
                assert answer.status == 200
        await server.settled(20)
        assert _files_with_the_mark(server)
        assert await delete(server) in (204, 303)
        async with asyncio.timeout(SOON_S):
            while _files_with_the_mark(server):
                await asyncio.sleep(0.1)
