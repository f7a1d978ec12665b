"""How long a sender may take: a moment before the deadline nothing has happened, a moment after it something has.

The clock stands still, and a test calls the look that the server has twice a second.
"""

import asyncio
from collections.abc import AsyncIterator
from types import SimpleNamespace

import pytest

from app import keys
from app.ingress import arriving
from app.ingress.answering import POLL_S, RETRY_AFTER_S, SEND_S, UNAVAILABLE, Responder
from app.ingress.beginning import PAGE_BODY_S, TOO_MANY
from app.ingress.body import BODY_S, DROP_S
from app.ingress.connection import HALF_CLOSE_GRACE_S, Connection
from app.ingress.pages import _NEVER_S, OPTIONS
from app.ingress.pipeline import CLOSE_S, HEAD_S, IDLE_S
from app.ingress.serving import Serving
from app.web.site.uploads import STALL_S
from tests.conftest import TOKEN, Running, run_server
from tests.ingress.wire import Wire, connect, get, post

from .conftest import Ticks
from .stubs import Transport, serving


@pytest.fixture
async def small(make_settings) -> AsyncIterator[Running]:
    """A server that keeps a thousand bytes of a body."""
    async with run_server(make_settings(max_body="1000B")) as server:
        yield server


@pytest.fixture
def look(shared: list[Serving]):
    """What the timer of all connections does."""
    return lambda: shared[-1].slots._check_deadlines()


async def _has_come(server: Running) -> None:
    """What was sent before on another connection has been read: the loop takes turns."""
    for _ in range(2):
        async with connect(server.port) as wire:
            await wire.send(get("/healthz"))
            await wire.answer()


async def _is_quiet(wire: Wire) -> bool:
    """Nothing comes, and the connection is open."""
    try:
        async with asyncio.timeout(0.02):
            await wire.reader.read(1)
    except TimeoutError:
        return True
    return False


async def test_a_head_may_take_so_long(server: Running, ticks: Ticks, look) -> None:
    async with connect(server.port) as wire:
        await wire.send(b"GET /bins HTTP/1.1\r\nHost:")
        await _has_come(server)
        ticks.almost(HEAD_S)
        look()
        assert await _is_quiet(wire)
        ticks.over()
        look()
        assert (await wire.answer()).status == 408


async def test_a_connection_may_be_idle_so_long(server: Running, ticks: Ticks, look) -> None:
    async with connect(server.port) as wire:
        await wire.send(post(f"/{server.bin.key}"))
        await wire.answers(1)
        ticks.almost(IDLE_S)
        look()
        await wire.send(post(f"/{server.bin.key}"))
        assert await wire.answers(1) == [(200, 2)]
        ticks.almost(IDLE_S)
        ticks.over()
        look()
        assert await wire.rest() == b""


async def test_the_body_of_a_capture_may_take_so_long(server: Running, ticks: Ticks, look) -> None:
    async with connect(server.port) as wire:
        await wire.send(post(f"/{server.bin.key}", b"12345")[:-2])
        await _has_come(server)
        ticks.almost(BODY_S)
        look()
        assert await _is_quiet(wire)
        ticks.over()
        look()
        assert await wire.answers(1) == [(200, 1)]
    kept = await server.capture(1)
    assert (kept["size"], kept["body"]["complete"]) == (3, False)


async def test_what_is_dropped_of_a_body_may_take_so_long(small: Running, ticks: Ticks, look) -> None:
    async with connect(small.port) as wire:
        await wire.send(post(f"/{small.bin.key}", b"b" * 3_000)[:-1])
        await _has_come(small)
        ticks.almost(DROP_S)
        look()
        assert await _is_quiet(wire)
        ticks.over()
        look()
        assert await wire.answers(1) == [(200, 1)]


async def test_the_body_of_a_page_may_take_so_long(server: Running, ticks: Ticks, look) -> None:
    async with connect(server.port) as wire:
        await wire.send(post("/sign-in", b"token=1", "Content-Type: application/x-www-form-urlencoded")[:-1])
        await _has_come(server)
        ticks.almost(PAGE_BODY_S)
        look()
        assert await _is_quiet(wire)
        ticks.over()
        look()
        assert await wire.rest() == b""


async def test_a_file_may_take_longer_than_the_body_of_a_page(server: Running, ticks: Ticks, look, monkeypatch) -> None:
    pieces: asyncio.Queue[bytes] = asyncio.Queue()

    async def receive(bin_id: str, file: str, chunks: AsyncIterator[bytes], *_: object) -> object:
        async for chunk in chunks:
            pieces.put_nowait(chunk)
        raise AssertionError("the file ended")

    monkeypatch.setattr(server.app[keys.RECONCILING], "receive", receive)
    path = f"/api/v1/bins/{server.bin.id}/reconciliations"
    async with connect(server.port) as wire:
        await wire.send(post(path, b"12345", f"Authorization: Bearer {TOKEN}")[:-3])
        assert await asyncio.wait_for(pieces.get(), 60) == b"12"
        ticks.almost(STALL_S)
        await wire.send(b"3")
        assert await asyncio.wait_for(pieces.get(), 60) == b"3"
        ticks.almost(STALL_S)
        assert ticks.now > PAGE_BODY_S
        look()
        await wire.send(b"4")
        assert await asyncio.wait_for(pieces.get(), 60) == b"4"
        ticks.almost(STALL_S + 1)
        ticks.over()
        look()
        assert await wire.rest() == b""


@pytest.mark.parametrize(("pause_s", "kept"), [(0.0, 1), (3_600.0, 0)])
async def test_what_is_not_valid_ends_with_a_pause(server: Running, monkeypatch, pause_s: float, kept: int) -> None:
    monkeypatch.setattr(arriving, "QUIET_S", pause_s)
    async with connect(server.port) as wire:
        await wire.send(f"POST /{server.bin.key} HTTP/1.1\r\nX Y: 1\r\nContent-Length: 9\r\n\r\nab".encode())
        await _has_come(server)
        assert await _is_quiet(wire) == (not kept)
        assert len(await server.captures()) == kept


def _connection(ticks: Ticks) -> tuple[Connection, Transport]:
    connection, transport = Connection(serving()), Transport()
    connection.connection_made(transport)
    return connection, transport


def test_what_was_written_before_a_close_may_take_so_long_to_leave(ticks: Ticks) -> None:
    connection, transport = _connection(ticks)
    connection.end(b"goodbye")
    assert connection.deadline == ticks.now + CLOSE_S
    assert not transport.is_aborted
    connection.on_deadline()
    assert transport.is_aborted


@pytest.mark.parametrize(("late", "has_left"), [(0.0, False), (0.001, True)])
def test_a_sender_that_closes_its_half_at_once_still_listens(ticks: Ticks, late: float, has_left: bool) -> None:
    connection, _ = _connection(ticks)
    calls: list[bool] = []
    connection.current = object()  # type: ignore[assignment]
    connection.watch(lambda: calls.append(True))
    ticks.now = connection.since + HALF_CLOSE_GRACE_S + late
    connection.eof_received()
    assert calls == [True] * has_left


def _responder(transport: Transport, ticks: Ticks) -> Responder:
    peer = SimpleNamespace(transport=transport)
    return Responder(peer, method="POST", version="1.1", keep_alive=True, since=ticks.now)  # type: ignore[arg-type]


@pytest.mark.parametrize(("late", "has_left"), [(0.0, False), (0.001, True)])
def test_a_sender_that_takes_longer_to_read_an_answer_has_left(ticks: Ticks, late: float, has_left: bool) -> None:
    transport = Transport()
    responder = _responder(transport, ticks)
    responder.write(UNAVAILABLE, n=None)
    transport.unsent = 1
    written = ticks.now
    ticks.now = written + SEND_S + late
    outcome = responder.outcome()
    assert (outcome is not None and outcome.sender_left) == has_left


async def test_whether_the_last_byte_has_left_is_looked_at_so_often(ticks: Ticks, monkeypatch) -> None:
    transport, slept = Transport(), []
    responder = _responder(transport, ticks)
    responder.write(UNAVAILABLE, n=None)
    transport.unsent = 1

    async def sleep(seconds: float) -> None:
        slept.append(seconds)
        ticks.now += seconds
        transport.unsent = 0 if len(slept) == 3 else 1

    monkeypatch.setattr(asyncio, "sleep", sleep)
    outcome = await responder.drained()
    assert slept == [POLL_S] * 3
    assert outcome.after_ms == round(3 * POLL_S * 1_000)


def test_no_deadline_of_the_library_comes_before_ours() -> None:
    assert OPTIONS["keepalive_timeout"] == _NEVER_S > max(HEAD_S, IDLE_S, BODY_S, PAGE_BODY_S)


def test_who_is_refused_is_told_when_to_come_back() -> None:
    assert dict(UNAVAILABLE.headers)["Retry-After"] == str(RETRY_AFTER_S)
    assert b"Retry-After: %d\r\n" % RETRY_AFTER_S in TOO_MANY
