"""Starting and stopping, and what happens to connections."""

import asyncio
import resource
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest

from app import keys
from app.domain.bins import Bin
from app.ingress import server as module
from app.ingress.server import SPARE_FILES, IngressServer, connection_limit
from app.main import create_server
from app.services.bins import first_bin
from app.settings import Settings
from tests.conftest import run_server

from .test_pages import BEARER, UPGRADE, _frame
from .wire import connect, get, post

pytestmark = pytest.mark.usefixtures("quiet_log")


@asynccontextmanager
async def _started(settings: Settings) -> AsyncIterator[tuple[IngressServer, int, Bin]]:
    """A server that the test stops."""
    listener = socket.create_server(("127.0.0.1", 0))
    server = create_server(settings)
    await server.start(listener)
    yield server, listener.getsockname()[1], await first_bin(server.app[keys.STORE], server.app[keys.KEYRING])
    listener.close()


@pytest.mark.parametrize(
    ("soft", "hard", "limit"),
    [
        (1_024, 4_096, 4_096 - SPARE_FILES),
        (4_096, 4_096, 4_096 - SPARE_FILES),
        (1_024, resource.RLIM_INFINITY, 1_024 - SPARE_FILES),
        (256, 256, 128),
    ],
)
def test_as_many_connections_as_files_less_those_of_its_own(soft: int, hard: int, limit: int, monkeypatch) -> None:
    raised: list[tuple[int, int]] = []
    monkeypatch.setattr(resource, "getrlimit", lambda _: (soft, hard))
    monkeypatch.setattr(resource, "setrlimit", lambda _, limits: raised.append(limits))
    assert connection_limit() == limit
    assert raised == ([(hard, hard)] if 0 < soft < hard else [])


async def test_a_stop_closes_idle_connections_and_accepts_no_new_ones(make_settings: Callable[..., Settings]) -> None:
    async with _started(make_settings()) as (server, port, bin), connect(port) as idle, connect(port) as begun:
        await idle.send(post(f"/{bin.key}"))
        assert await idle.answers(1) == [(200, 1)]
        await begun.send(b"GET /bins HTTP/1.1\r\nHost")
        await server.stop()
        assert await idle.rest() == await begun.rest() == b""
        with pytest.raises(ConnectionError):
            await asyncio.open_connection("127.0.0.1", port)


async def test_a_stop_keeps_what_is_still_coming_as_far_as_it_came(make_settings, monkeypatch) -> None:
    monkeypatch.setattr(module, "SHUTDOWN_S", 0.3)
    settings = make_settings()
    async with _started(settings) as (server, port, bin), connect(port) as wire:
        await wire.send(post(f"/{bin.key}", b"12345")[:-2])
        async with connect(port) as other:
            await other.send(get("/healthz"))
            assert (await other.answer()).status == 200
        await server.stop()
        reply = await wire.answer()
        assert (reply.status, reply.headers["x-capture"], reply.headers["connection"]) == (200, "1", "close")
    async with run_server(settings) as again:
        kept = await again.capture(1)
    assert (kept["size"], kept["body"]["complete"]) == (3, False)


async def test_a_stop_closes_the_sockets_of_viewers(make_settings) -> None:
    async with _started(make_settings()) as (server, port, bin), connect(port) as wire:
        await wire.send(get(f"/api/v1/bins/{bin.id}/live", *UPGRADE, BEARER))
        assert (await wire.answer()).status == 101
        hello = await _frame(wire)
        assert isinstance(hello, dict)
        stopping = asyncio.ensure_future(server.stop())
        goodbye = await _frame(wire)
        assert isinstance(goodbye, bytes)
        assert goodbye[:3] == b"\x08" + (1_001).to_bytes(2, "big")
        await wire.send(b"\x88\x82\0\0\0\0\x03\xe9")
        await stopping


async def test_a_stop_ends_a_connection_with_its_current_answer(make_settings) -> None:
    async with _started(make_settings()) as (server, port, bin), connect(port) as wire:
        wire.writer.write(post(f"/{bin.key}") + get("/healthz"))
        assert await wire.answers(1) == [(200, 1)]
        await server.stop()
        assert (await wire.rest()).count(b"HTTP/1.1 ") <= 1
