"""One connection with captures and pages: their order, and the fate of the current one."""

import asyncio
import socket
import struct
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from app import keys
from app.domain.captures import Outcome
from app.ingress import capture
from app.services.captures import Intake
from tests.conftest import Running, run_server
from tests.process import answered, request_bytes


@pytest.fixture
def captures(monkeypatch) -> list[capture.CaptureExchange]:
    """Every capture that has begun."""
    taken: list[capture.CaptureExchange] = []
    begin = capture.CaptureExchange.begin

    def noted(self: capture.CaptureExchange) -> None:
        taken.append(self)
        begin(self)

    monkeypatch.setattr(capture.CaptureExchange, "begin", noted)
    return taken


@contextmanager
def holding(server: Running, monkeypatch) -> Iterator[list[asyncio.Future]]:
    """The store delays the next capture until the test releases it."""
    held: list[asyncio.Future] = []
    begin = Intake.begin

    def hold(self: Intake, *arguments: object) -> object:
        stored, reply = begin(self, *arguments)
        if held:
            return stored, reply
        let_go = asyncio.get_running_loop().create_future()
        held.append(let_go)
        return asyncio.ensure_future(_after(let_go, stored)), reply

    monkeypatch.setattr(Intake, "begin", hold)
    yield held
    monkeypatch.setattr(Intake, "begin", begin)


async def _after(let_go: asyncio.Future, stored: asyncio.Future) -> object:
    await let_go
    return await stored


@pytest.fixture(params=[True, False], ids=["a page was here", "captures only"])
def page_first(request: pytest.FixtureRequest) -> bool:
    return request.param


async def _connect(server: Running, page_first: bool = False) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """A connection with a first capture, and a page before it."""
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    if page_first:
        writer.write(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
        assert await answered(reader) == (200, None)
    writer.write(request_bytes(server.bin.key))
    assert await answered(reader) == (200, 1)
    return reader, writer


async def _held(held: list[asyncio.Future], count: int) -> None:
    async with asyncio.timeout(10):
        while len(held) < count:
            await asyncio.sleep(0)


async def test_one_connection_carries_captures_and_pages_in_turn(
    server: Running, page_first: bool, captures: list[capture.CaptureExchange]
) -> None:
    reader, writer = await _connect(server, page_first)
    for n in (2, 3):
        writer.write(request_bytes(server.bin.key))
        assert await answered(reader) == (200, n)
        writer.write(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
        assert await answered(reader) == (200, None)
    writer.close()


async def test_what_comes_while_one_is_being_stored_is_answered_after_it(
    server: Running, page_first: bool, monkeypatch, captures: list[capture.CaptureExchange]
) -> None:
    reader, writer = await _connect(server, page_first)
    with holding(server, monkeypatch) as held:
        writer.write(request_bytes(server.bin.key))
        await _held(held, 1)
        writer.write(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n" + request_bytes(server.bin.key))
        async with server.client.get(f"{server.url}/healthz") as answer:  # the event loop has read the rest by now
            assert answer.status == 200
        held[0].set_result(None)
        assert [await answered(reader) for _ in range(3)] == [(200, 2), (200, None), (200, 3)]
    writer.close()


async def test_a_sender_that_leaves_before_the_answer_is_noted(
    server: Running, page_first: bool, monkeypatch, captures: list[capture.CaptureExchange]
) -> None:
    _, writer = await _connect(server, page_first)
    with holding(server, monkeypatch) as held:
        writer.write(request_bytes(server.bin.key))
        await _held(held, 1)
        # A reset, because a plain close looks like a half-close of a sender that still reads.
        writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        writer.transport.abort()
        async with asyncio.timeout(10):
            while captures[1].connection.transport is not None:
                await asyncio.sleep(0)
            held[0].set_result(None)
            while (outcome := await _outcome(server, 2)) is None:
                await asyncio.sleep(0)
    assert outcome == Outcome(sender_left=True)


async def _outcome(server: Running, n: int) -> Outcome | None:
    rows = await server.app[keys.STORE].list_captures(server.bin.id, limit=1, after=n - 1)
    return rows[0].outcome if rows else None


async def test_a_sender_that_half_closes_while_it_waits_is_answered(
    server: Running, page_first: bool, monkeypatch
) -> None:
    reader, writer = await _connect(server, page_first)
    with holding(server, monkeypatch) as held:
        writer.write(request_bytes(server.bin.key))
        await _held(held, 1)
        writer.write_eof()
        async with server.client.get(f"{server.url}/healthz") as answer:  # the event loop has seen the end by now
            assert answer.status == 200
        held[0].set_result(None)
        assert await answered(reader) == (200, 2)
        assert await reader.read() == b""
    writer.close()


async def test_connection_close_is_obeyed(server: Running, captures: list[capture.CaptureExchange]) -> None:
    (_, first), (reader, writer) = await _connect(server), await asyncio.open_connection("127.0.0.1", server.port)
    writer.write(request_bytes(server.bin.key, keep=False))
    assert await answered(reader) == (200, 2)
    assert await reader.read() == b""
    first.close()
    writer.close()


async def test_a_stop_waits_for_the_current_capture(make_settings, page_first: bool, monkeypatch) -> None:
    async with run_server(make_settings()) as server:
        reader, writer = await _connect(server, page_first)
        with holding(server, monkeypatch) as held:
            writer.write(request_bytes(server.bin.key))
            await _held(held, 1)
            asyncio.get_running_loop().call_later(0.2, held[0].set_result, None)
    assert await answered(reader) == (200, 2)
    assert await reader.read() == b""
    writer.close()


async def test_a_large_body_that_comes_in_pieces_is_one_capture(server: Running, page_first: bool) -> None:
    reader, writer = await _connect(server, page_first)
    whole = request_bytes(server.bin.key, b"a" * 300_000)
    for piece in (whole[:100], whole[100:150_000], whole[150_000:]):
        writer.write(piece)
        await writer.drain()
    assert await answered(reader) == (200, 2)
    assert (await server.capture(2))["size"] == 300_000
    writer.close()


@pytest.mark.parametrize("end", ["keeps the connection", "half-closes", "leaves"])
async def test_a_body_of_very_many_chunks_is_kept_whole_and_lets_captures_pass(
    server: Running, page_first: bool, end: str
) -> None:
    count = 60_000
    head = f"POST /{server.bin.key} HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n".encode()
    reader, writer = await _connect(server, page_first)
    other, pen = await asyncio.open_connection("127.0.0.1", server.port)
    writer.write(head + b"1\r\nx\r\n" * count + b"0\r\n\r\n" + request_bytes(server.bin.key) * (end != "leaves"))
    await writer.drain()
    pen.write(request_bytes(server.bin.key))
    assert await answered(other) == (200, 2)
    if end == "half-closes":
        writer.write_eof()
    if end == "leaves":
        writer.close()
    else:
        assert [await answered(reader), await answered(reader)] == [(200, 3), (200, 4)]

    async def is_there() -> bool:
        return len(await server.captures()) >= 3

    await server.until(is_there)
    kept = await server.capture(3)
    assert (kept["size"], kept["body"]["complete"]) == (count, True)
    for each in (pen, writer):
        each.close()


@pytest.mark.parametrize("half_closes", [False, True])
async def test_a_page_with_very_many_chunks_is_answered_and_the_next_request_too(
    server: Running, half_closes: bool
) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    head = b"POST /sign-in HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/x-www-form-urlencoded\r\n"
    body = b"".join(b"1\r\n%c\r\n" % letter for letter in b"token=" + b"wrong" * 3_000) + b"0\r\n\r\n"
    writer.write(
        head + b"Transfer-Encoding: chunked\r\n\r\n" + body + b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
    )
    if half_closes:
        writer.write_eof()
    async with asyncio.timeout(15):
        heads = [await reader.readuntil(b"\r\n\r\n")]
        while b"HTTP/1.1 200 OK" not in heads[-1]:
            heads.append(await reader.readuntil(b"\r\n\r\n"))
    assert heads[0].startswith(b"HTTP/1.1 4")
    writer.close()


async def test_an_idle_connection_is_closed_after_its_time(server: Running, page_first: bool, monkeypatch) -> None:
    monkeypatch.setattr("app.ingress.pipeline.IDLE_S", 0.1)
    reader, writer = await _connect(server, page_first)
    async with asyncio.timeout(5):
        assert await reader.read() == b""
    writer.close()


async def test_a_connection_that_is_being_served_is_not_closed_for_its_silence(
    server: Running, page_first: bool, monkeypatch
) -> None:
    monkeypatch.setattr("app.ingress.pipeline.IDLE_S", 0.1)
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    other, waits = await asyncio.open_connection("127.0.0.1", server.port)
    if page_first:
        writer.write(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
        assert await answered(reader) == (200, None)
    with holding(server, monkeypatch) as held:
        writer.write(request_bytes(server.bin.key))
        await _held(held, 1)
        waits.write(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
        async with asyncio.timeout(5):
            await other.read()  # the idle one has been closed by now
        held[0].set_result(None)
        assert await answered(reader) == (200, 1)
    writer.close()
    waits.close()


async def test_a_capture_begins_no_task(server: Running) -> None:
    reader, writer = await _connect(server)
    before = asyncio.all_tasks()
    writer.write(request_bytes(server.bin.key))
    assert await answered(reader) == (200, 2)
    assert asyncio.all_tasks() <= before
    writer.close()
