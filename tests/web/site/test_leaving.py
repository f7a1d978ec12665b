"""Reading ends when the one who asked has left; a change that was begun goes on."""

import asyncio

from app import clock, keys
from app.domain.search import Phrases
from app.ingress.connection import HALF_CLOSE_GRACE_S
from app.storage.sqlite.readers import _ReadConnection

from ...conftest import TOKEN, Running


def _request(server: Running, line: str, body: str = "") -> bytes:
    head = f"Host: 127.0.0.1\r\nAuthorization: Bearer {TOKEN}\r\nContent-Type: application/json\r\n"
    return f"{line} HTTP/1.1\r\n{head}Content-Length: {len(body)}\r\n\r\n{body}".encode()


async def test_a_search_is_interrupted_when_its_reader_has_left(server: Running, monkeypatch) -> None:
    for _ in range(10):
        await server.client.post(server.capture_url, data={"Text": "hi"})
    stopped = asyncio.Event()
    begun = asyncio.Event()
    loop = asyncio.get_running_loop()
    stop = _ReadConnection.stop

    def slowly(self: Phrases, text: object) -> bool:
        loop.call_soon_threadsafe(begun.set)
        clock.pause(0.15)
        return True

    async def noted(self: _ReadConnection) -> None:
        stopped.set()
        await stop(self)

    monkeypatch.setattr(Phrases, "occur_in", slowly)
    monkeypatch.setattr(_ReadConnection, "stop", noted)
    _, writer = await asyncio.open_connection("127.0.0.1", server.port)
    writer.write(_request(server, f"GET /api/v1/bins/{server.bin.id}/captures?q=-hello"))
    async with asyncio.timeout(15):
        await begun.wait()
        assert not stopped.is_set()
        # Who closes its half at once still listens.
        await asyncio.sleep(HALF_CLOSE_GRACE_S)
        writer.transport.abort()
        await stopped.wait()


async def test_a_change_is_made_whoever_waits_for_its_answer(server: Running, monkeypatch) -> None:
    store = server.app[keys.STORE]
    set_bin = store.set_bin
    begun, done = asyncio.Event(), asyncio.Event()

    async def slowly(bin_id: str, **values: object) -> object:
        begun.set()
        await asyncio.sleep(2 * HALF_CLOSE_GRACE_S)
        changed = await set_bin(bin_id, **values)
        done.set()
        return changed

    monkeypatch.setattr(store, "set_bin", slowly)
    _, writer = await asyncio.open_connection("127.0.0.1", server.port)
    writer.write(_request(server, f"PATCH /api/v1/bins/{server.bin.id}", '{"name": "New"}'))
    async with asyncio.timeout(15):
        await begun.wait()
        # Who closes its half at once still listens, and nothing would be cancelled.
        await asyncio.sleep(HALF_CLOSE_GRACE_S)
        writer.transport.abort()
        await done.wait()
    assert (await store.get_bin(server.bin.id)).name == "New"
