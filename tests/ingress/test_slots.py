"""Too many connections: which ones are closed for which. A new connection with a capture is accepted."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from types import SimpleNamespace

import pytest

from app import keys
from app.ingress.serving import Serving
from app.ingress.slots import ConnectionSlots
from tests.conftest import Running, run_server

from .test_pages import BEARER, _live
from .test_pipeline import holding
from .wire import Wire, connect, get, post

pytestmark = pytest.mark.usefixtures("quiet_log")
LIMIT = 16


@pytest.fixture
async def small(make_settings, monkeypatch) -> AsyncIterator[Running]:
    """A server with few connections."""
    monkeypatch.setattr("app.ingress.server.connection_limit", lambda: LIMIT)
    async with run_server(make_settings()) as server:
        yield server


@pytest.fixture
async def wires(small: Running) -> AsyncIterator["Wires"]:
    async with AsyncExitStack() as stack:
        yield Wires(small, stack)


class Wires:
    """Opens connections that stay open."""

    def __init__(self, server: Running, stack: AsyncExitStack) -> None:
        self._server = server
        self._stack = stack

    async def open(self, data: bytes = b"") -> Wire:
        """A connection that has sent this."""
        wire = await self._stack.enter_async_context(connect(self._server.port))
        await wire.send(data)
        await asyncio.sleep(0.02)
        return wire

    async def many(self, count: int, data: bytes = b"") -> list[Wire]:
        """The oldest first."""
        return [await self.open(data) for _ in range(count)]

    async def viewers(self, count: int) -> list[Wire]:
        """Signed in, with an open page."""
        found = await self.many(count, _live(self._server, BEARER))
        for wire in found:
            assert (await wire.answer()).status == 101
        return found


async def _is_open(wire: Wire) -> bool:
    try:
        async with asyncio.timeout(0.05):
            while await wire.reader.read(65_536):
                pass
    except TimeoutError:
        return True
    except ConnectionResetError:
        pass
    return False


async def _gets_in(server: Running, n: int) -> None:
    async with connect(server.port) as wire:
        await wire.send(post(f"/{server.bin.key}"))
        assert await wire.answers(1) == [(200, n)]


async def test_the_oldest_idle_connections_are_closed_first(small: Running, wires: Wires) -> None:
    idle = await wires.many(LIMIT)
    await _gets_in(small, 1)
    assert [await _is_open(wire) for wire in idle] == [False, False] + [True] * (LIMIT - 2)


async def test_who_has_just_been_answered_is_younger_than_who_has_waited(small: Running, wires: Wires) -> None:
    idle = await wires.many(LIMIT)
    await idle[0].send(post(f"/{small.bin.key}"))
    assert await idle[0].answers(1) == [(200, 1)]
    await _gets_in(small, 2)
    assert [await _is_open(wire) for wire in idle] == [True, False, False] + [True] * (LIMIT - 3)


async def test_an_idle_connection_of_a_signed_in_client_is_like_any_other(small: Running, wires: Wires) -> None:
    known = await wires.many(LIMIT // 2, get("/api/v1/bins", BEARER))
    for wire in known:
        assert (await wire.answer()).status == 200
    others = await wires.many(LIMIT // 2)
    await _gets_in(small, 1)
    assert [await _is_open(wire) for wire in known] == [False, False] + [True] * (LIMIT // 2 - 2)
    assert all([await _is_open(wire) for wire in others])


async def test_no_number_of_silent_connections_keeps_captures_out(small: Running, wires: Wires) -> None:
    for n in range(1, 60):
        await wires.many(3, b"" if n % 2 else b"GET /bins HTTP/1.1\r\nHost:")
        await _gets_in(small, n)


async def test_an_unfinished_head_that_names_a_bin_is_kept_when_it_is_evicted(small: Running, wires: Wires) -> None:
    first = await wires.open(f"POST /{small.bin.key}/status HTTP/1.1\r\nHost:".encode())
    await wires.many(LIMIT - 1)
    async with connect(small.port) as wire:
        await wire.send(get("/healthz"))
        assert (await wire.answer()).status == 200
    reply = await first.answer()
    assert (reply.status, reply.headers["x-capture"]) == (400, "1")
    assert not await _is_open(first)


async def test_an_unfinished_head_that_names_a_bin_is_kept_when_the_server_stops(make_settings) -> None:
    async with AsyncExitStack() as stack:
        async with run_server(make_settings()) as server:
            named, other, idle = [await stack.enter_async_context(connect(server.port)) for _ in range(3)]
            await named.send(f"POST /{server.bin.key} HTTP/1.1\r\nHos".encode())
            await other.send(b"POST /bins HTTP/1.1\r\nHos")
            await idle.send(post(f"/{server.bin.key}"))
            assert await idle.answers(1) == [(200, 1)]
        assert await named.answers(1) == [(400, 2)]
        assert await other.rest() == await idle.rest() == b""


async def test_viewers_who_have_signed_in_outlast_those_who_have_not(small: Running, wires: Wires) -> None:
    viewers = await wires.viewers(LIMIT - 1)
    slow = await wires.open(post("/sign-in", b"token=")[:-1])
    await _gets_in(small, 1)
    assert not await _is_open(slow)
    assert all([await _is_open(wire) for wire in viewers])


async def test_beyond_their_share_the_oldest_viewers_are_closed(small: Running, wires: Wires) -> None:
    viewers = await wires.viewers(LIMIT)
    await _gets_in(small, 1)
    assert [await _is_open(wire) for wire in viewers] == [False, False] + [True] * (LIMIT - 2)


async def test_then_captures_that_are_still_arriving_are_closed_and_kept(small: Running, wires: Wires) -> None:
    async with small.client.post(f"{small.api}/bins", json={"name": "Another"}) as answer:
        other = (await answer.json())["urls"]["primary"].rsplit("/", 1)[1]
    async with asyncio.timeout(5):
        while small.app[keys.KEYRING].known(other) is None:
            await asyncio.sleep(0.01)
    await small.client.close()
    few = await wires.many(4, post(f"/{other}", b"12345")[:-2])
    viewers = await wires.viewers(4)
    many = await wires.many(LIMIT - 8, post(f"/{small.bin.key}", b"12345")[:-2])
    await _gets_in(small, 1 + 2)
    for wire, n in zip(many[:2], (1, 2), strict=True):
        reply = await wire.answer()
        assert (reply.status, reply.headers["x-capture"], reply.headers["connection"]) == (200, str(n), "close")
    assert all([await _is_open(wire) for wire in [*few, *viewers, *many[2:]]])
    rows = await small.app[keys.STORE].list_captures(small.bin.id, limit=10, after=0)
    assert sorted((row.n, row.size, row.body_complete) for row in rows) == [(1, 3, False), (2, 3, False), (3, 7, True)]
    for wire in (*few, *many[2:]):
        wire.reset()


async def test_when_no_connection_can_be_closed_a_new_one_gets_503(small: Running, wires: Wires, monkeypatch) -> None:
    with holding(small, monkeypatch) as held:
        first = await wires.open(post(f"/{small.bin.key}"))
        monkeypatch.setattr("app.ingress.server.ConnectionSlots._evict_some", lambda self: None)
        await wires.many(LIMIT - 1)
        last = await wires.open(post(f"/{small.bin.key}"))
        reply = await last.answer()
        assert (reply.status, reply.headers["retry-after"]) == (503, "5")
        held[0].set_result(None)
    assert await first.answers(1) == [(200, 1)]


async def test_who_leaves_is_forgotten(small: Running, shared: list[Serving]) -> None:
    for n in range(1, 3 * LIMIT):
        await _gets_in(small, n)
    await small.client.close()
    async with asyncio.timeout(5):
        while len(shared[0].slots._open):
            await asyncio.sleep(0.01)


async def test_a_peer_that_reads_nothing_of_its_last_answer_loses_its_connection(
    server: Running, shared: list[Serving], monkeypatch
) -> None:
    monkeypatch.setattr("app.ingress.pipeline.CLOSE_S", 0.3)
    async with connect(server.port) as wire:
        await wire.send(get("/healthz"))
        assert (await wire.answer()).status == 200
        (stuck,) = shared[0].slots._open
        wire.take_little(stuck.transport)
        wire.writer.write(get("/openapi.json") * 20)
        async with asyncio.timeout(20):
            while not stuck.transport.get_write_buffer_size():
                await asyncio.sleep(0.01)
            stuck.close()
            while stuck.transport is not None:
                await asyncio.sleep(0.05)


class Stub:
    """A connection whose capture is arriving, and whose answer takes a while; or a signed-in page."""

    def __init__(self, since: float, *, signed_in: bool = False) -> None:
        self.bin = None if signed_in else SimpleNamespace(id="bin")
        self.trusted, self.is_arriving, self.current = signed_in, not signed_in, object()
        self.since, self.deadline = since, float("inf")
        self.calls: list[str] = []

    def evict(self) -> None:
        self.is_arriving = False
        self.calls.append("make_room")

    def stop(self) -> None:
        pass  # it has a current request

    def on_deadline(self) -> None:
        self.calls.append("late")


async def test_one_that_was_evicted_frees_its_place_and_is_still_waited_for() -> None:
    slots = ConnectionSlots(1)
    first, second = Stub(1.0), Stub(2.0)
    assert slots.opened(first)
    assert slots.opened(second)
    assert (first.calls, second.calls) == (["make_room"], [])
    slots.closed(second)
    draining = asyncio.ensure_future(slots.drain(20))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert not draining.done()
    slots.closed(first)
    async with asyncio.timeout(5):
        await draining


async def test_one_that_was_evicted_still_has_its_deadline(monkeypatch) -> None:
    monkeypatch.setattr("app.ingress.slots.CHECK_S", 0.01)
    slots = ConnectionSlots(1)
    first = Stub(1.0)
    assert slots.opened(first)
    assert slots.opened(Stub(2.0))
    first.deadline = 0.0
    slots.start()
    async with asyncio.timeout(5):
        while "late" not in first.calls:
            await asyncio.sleep(0.01)
    slots.stop()


@pytest.mark.parametrize(("pages", "page_goes"), [(3, False), (4, True)])
async def test_signed_in_pages_may_have_their_share_and_not_one_more(pages: int, page_goes: bool) -> None:
    slots = ConnectionSlots(5 if page_goes else 4)
    viewers = [Stub(float(n), signed_in=True) for n in range(pages)]
    capture = Stub(9.0)
    for each in (*viewers, capture):
        assert slots.opened(each)
    assert slots.opened(Stub(10.0))
    assert (viewers[0].calls, capture.calls) == ((["make_room"], []) if page_goes else ([], ["make_room"]))
