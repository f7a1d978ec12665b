"""What connections share: captures have a memory budget of their own."""

import pytest

from app import keys
from app.ingress.serving import CAPTURES, OTHERS, Serving
from tests.conftest import Running

from .wire import connect, get, post

pytestmark = pytest.mark.usefixtures("quiet_log")


async def test_full_memory_of_pages_keeps_no_capture_out(server: Running, shared: list[Serving]) -> None:
    shared[0].other_memory.reserve(OTHERS)
    async with connect(server.port) as wire:
        await wire.send(get("/bins", f"X-A: {'a' * 60_000}")[:-4])
        assert (await wire.answer()).status == 503
    large = get(f"/{server.bin.key}", f"X-A: {'a' * 60_000}")
    async with connect(server.port) as wire:
        await wire.send(large[:-4], large[-4:] + post(f"/{server.bin.key}", b"a" * 500_000))
        assert await wire.answers(2) == [(200, 1), (200, 2)]
    shared[0].other_memory.release(OTHERS)
    assert server.app[keys.METRICS].refused_connections == 1


async def test_captures_that_fill_theirs_keep_no_page_out(server: Running, shared: list[Serving]) -> None:
    shared[0].capture_memory.reserve(CAPTURES)
    async with connect(server.port) as wire:
        await wire.send(post(f"/{server.bin.key}", b"a" * 500_000))
        assert (await wire.answer()).status == 503
    async with connect(server.port) as wire:
        await wire.send(post(f"/{server.bin.key}") + get("/healthz"))
        assert await wire.answers(2) == [(200, 1), (200, None)]
    shared[0].capture_memory.release(CAPTURES)
