"""Requests that aiohttp answers: their bodies, responses and tunnels, between captures on the same connection."""

import asyncio
import json

import pytest

from app.ingress.serving import Serving
from tests.conftest import TOKEN, Running

from .http import parse
from .wire import Wire, connect, get, post

pytestmark = pytest.mark.usefixtures("quiet_log")
BEARER = f"Authorization: Bearer {TOKEN}"
KEY = "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA=="
UPGRADE = ("Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13", KEY)


def _live(server: Running, *headers: str) -> bytes:
    return get(f"/api/v1/bins/{server.bin.id}/live", *UPGRADE, *headers)


async def _frame(wire: Wire) -> dict | bytes:
    """The next frame, of text or of another type."""
    async with asyncio.timeout(10):
        kind, length = await wire.reader.readexactly(2)
        if length == 126:
            length = int.from_bytes(await wire.reader.readexactly(2), "big")
        data = await wire.reader.readexactly(length)
    return json.loads(data) if kind & 15 == 1 else bytes([kind & 15]) + data


@pytest.mark.parametrize("size", [1, 70_000, 140_000, 400_000, 1_500_000])
@pytest.mark.parametrize("chunked", [False, True], ids=["a length", "chunks"])
async def test_a_body_that_is_not_read_keeps_no_capture_behind_it_out(
    server: Running, size: int, chunked: bool
) -> None:
    refused = post("/api/v1/bins", b"a" * size)
    if chunked:
        head = b"POST /api/v1/bins HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
        refused = head + b"%x\r\n%s\r\n0\r\n\r\n" % (size, b"a" * size)
    async with connect(server.port) as wire:
        for n in (1, 2):
            wire.writer.write(refused + post(f"/{server.bin.key}"))
            statuses = [await wire.answers(1)]
            if statuses == [[(401, None)]] and not wire.reader.at_eof():
                assert await wire.answers(1) == [(200, n)]


async def test_a_body_in_pieces_is_read_by_the_page_and_ends_where_it_should(server: Running) -> None:
    body = b'{"name": "In pieces"}'
    whole = post("/api/v1/bins", body, BEARER, "Content-Type: application/json")
    async with connect(server.port) as wire:
        for at in range(1, len(whole), 9):
            await wire.send(whole[:at], whole[at:] + post(f"/{server.bin.key}"))
            assert [(await wire.answer()).status for _ in range(2)] == [201, 200], at


async def test_a_body_that_is_framed_wrongly_is_refused_and_nothing_behind_it_is_a_request(server: Running) -> None:
    head = f"POST /api/v1/bins HTTP/1.1\r\nHost: 127.0.0.1\r\n{BEARER}\r\nTransfer-Encoding: chunked\r\n\r\n".encode()
    async with connect(server.port) as wire:
        await wire.send(head, b"3\r\nabc", b"zz" + post(f"/{server.bin.key}"))
        assert parse(await wire.rest()).status == 400
    assert await server.captures() == []


async def test_a_half_close_anywhere_in_a_page_is_no_error(server: Running) -> None:
    for whole in (get("/healthz"), post("/api/v1/bins", b"{}", BEARER)):
        for at in range(1, len(whole) + 1, 6):
            async with connect(server.port) as wire:
                await wire.send(whole[:at])
                wire.half_close()
                answer = await wire.rest()
            if at == len(whole):
                assert parse(answer).status in (200, 201, 415, 422)
            else:
                assert answer == b"" or parse(answer).status == 400


async def test_who_leaves_anywhere_in_a_page_is_no_error(server: Running) -> None:
    whole = post("/api/v1/bins", b"{}", BEARER, "Content-Type: application/json")
    for at in range(1, len(whole) + 1, 6):
        for _ in range(2):
            async with connect(server.port) as wire:
                await wire.send(whole[:at])
                async with connect(server.port) as other:
                    await other.send(get("/healthz"))
                    await other.answer()
                wire.reset()
    async with connect(server.port) as wire:
        await wire.send(post(f"/{server.bin.key}"))
        assert await wire.answers(1) == [(200, 1)]


async def test_a_body_that_never_comes_has_a_deadline_on_every_page(server: Running, monkeypatch) -> None:
    monkeypatch.setattr("app.ingress.beginning.PAGE_BODY_S", 0.2)
    for path in ("/healthz", "/api/v1/bins", "/sign-in"):
        async with connect(server.port) as wire:
            await wire.send(post(path, b"never", "Content-Type: application/x-www-form-urlencoded")[:-1])
            async with asyncio.timeout(5):
                await wire.rest()


@pytest.mark.parametrize("method", ["FOO", "get", "PROPFIND", "CONNECT", "TRACE", "M-SEARCH", "QUERY", "!"])
@pytest.mark.parametrize("target", ["/healthz", "*", "foo:80", "http://x/healthz", "//x", "/%00", "/\xff", "?"])
async def test_odd_requests_of_pages_are_answered_and_do_not_hang(server: Running, method: str, target: str) -> None:
    async with connect(server.port) as wire:
        await wire.send(f"{method} {target} HTTP/1.1\r\nHost: x\r\n\r\n".encode("latin-1"))
        wire.half_close()
        assert 200 <= parse(await wire.rest()).status < 500


async def test_an_expectation_that_cannot_be_repeated_is_refused(server: Running) -> None:
    async with connect(server.port) as wire:
        await wire.send(b"GET /nowhere HTTP/1.1\r\nHost: x\r\nExpect: \xff\r\n\r\n")
        assert (await wire.answer()).status == 400


async def test_a_websocket_carries_frames_both_ways_from_its_first_byte_on(server: Running) -> None:
    ping = b"\x89\x83\0\0\0\0abc"
    for pieces in ([_live(server, BEARER) + ping], [_live(server, BEARER), ping]):
        async with connect(server.port) as wire:
            await wire.send(*pieces)
            assert (await wire.answer()).status == 101
            found = [await _frame(wire), await _frame(wire)]
            assert b"\x0aabc" in found
            async with server.client.post(server.capture_url) as answer:
                assert answer.status == 200
            assert (await _frame(wire))["type"] in ("capture", "hello")
            await wire.send(b"\x88\x82\0\0\0\0\x03\xe8")
            assert await wire.rest()
            await server.settled(1)


async def test_a_websocket_ends_with_its_peer(server: Running, shared: list[Serving]) -> None:
    async with connect(server.port) as wire:
        await wire.send(post(f"/{server.bin.key}"), _live(server, BEARER))
        assert [(await wire.answer()).status for _ in range(2)] == [200, 101]
        await _frame(wire)
        wire.reset()
    async with asyncio.timeout(5):
        while any(connection.current is not None for connection in shared[0].slots._open):
            await asyncio.sleep(0.01)


async def test_an_upgrade_that_is_declined_is_answered_and_ends_the_connection(server: Running) -> None:
    declined = [(_live(server), 401), (get("/healthz", *UPGRADE), 200), (get("/nowhere", *UPGRADE), 404),
                (_live(server, BEARER).replace(b"Version: 13", b"Version: 12"), 409)]  # fmt: skip
    for data, status in declined:
        async with connect(server.port) as wire:
            await wire.send(data)
            assert (await wire.answer()).status == status
            await wire.rest()
    async with connect(server.port) as wire:
        await wire.send(get(f"/{server.bin.key}", *UPGRADE) + post(f"/{server.bin.key}"))
        assert await wire.answers(2) == [(200, 1), (200, 2)]


async def test_a_reader_that_is_slow_gets_all_of_it_and_the_server_holds_little(
    server: Running, shared: list[Serving]
) -> None:
    count = 100
    async with connect(server.port) as wire:
        await wire.send(get("/healthz"))
        assert (await wire.answer()).status == 200
        (theirs,) = [each.transport for each in shared[0].slots._open]
        wire.take_little(theirs)
        wire.writer.write(get("/openapi.json") * count + post(f"/{server.bin.key}"))
        held: list[int] = []
        for _ in range(30):
            await asyncio.sleep(0.02)
            async with connect(server.port) as other:
                await other.send(get("/healthz"))
                assert (await other.answer()).status == 200
            held.append(theirs.get_write_buffer_size())
        assert 0 < max(held) < 1 << 20
        wire.writer.transport.resume_reading()
        sizes = {len((await wire.answer()).body) for _ in range(count)}
        assert await wire.answers(1) == [(200, 1)]
    assert len(sizes) == 1
