"""A body that is slow, cut short or framed wrongly is the sender's matter: one deadline, and no traceback."""

import asyncio
import logging

import pytest

from app.web.site import inputs

from ...conftest import TOKEN, Running
from ...ingress.http import parse

JSON = "Content-Type: application/json\r\n"
FORM = "Content-Type: application/x-www-form-urlencoded\r\n"


@pytest.fixture(autouse=True)
def _short(monkeypatch) -> None:
    monkeypatch.setattr(inputs, "BODY_S", 0.3)


def _head(path: str, more: str, length: str = "Content-Length: 100\r\n") -> bytes:
    return f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n{more}{length}\r\n".encode()


def _bearer(more: str) -> str:
    return f"Authorization: Bearer {TOKEN}\r\n{more}"


def _faults(caplog) -> list[logging.LogRecord]:
    """What the log would say: aiohttp's server, which tells of each odd body, is silent there (`set_up_log`)."""
    return [
        record
        for record in caplog.records
        if record.name != "aiohttp.server" and (record.levelno >= logging.ERROR or record.exc_info)
    ]


CALLS = [("/sign-in", FORM), ("/api/v1/bins", _bearer(JSON)), ("/bins", _bearer(FORM))]


@pytest.mark.parametrize(("path", "more"), CALLS)
@pytest.mark.parametrize("drips", [False, True])
async def test_a_slow_body_is_told_so_and_the_connection_closed(
    server: Running, path: str, more: str, drips: bool
) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)

    async def drip() -> None:
        while True:
            writer.write(b"a")
            await asyncio.sleep(0.05)

    writer.write(_head(path, more) + b"a")
    dripping = asyncio.ensure_future(drip()) if drips else None
    async with asyncio.timeout(15):
        head = await reader.readuntil(b"\r\n\r\n")
        if dripping is not None:
            dripping.cancel()
        answer = parse(head + await reader.read(-1))
    writer.transport.abort()
    assert (answer.status, answer.headers["connection"]) == (408, "close")
    if path.startswith("/api"):
        assert b"urn:smsbin:slow_body" in answer.body


@pytest.mark.parametrize(("path", "more"), CALLS)
async def test_a_sender_that_leaves_in_the_middle_is_no_error(server: Running, path: str, more: str, caplog) -> None:
    caplog.set_level(logging.INFO)
    for _ in range(3):
        _, writer = await asyncio.open_connection("127.0.0.1", server.port)
        writer.write(_head(path, more) + b"{")
        await writer.drain()
        await asyncio.sleep(0.05)
        writer.transport.abort()
    await asyncio.sleep(0.5)
    assert _faults(caplog) == []
    async with server.client.get(f"{server.api}/bins") as answer:
        assert len((await answer.json())["items"]) == 1


@pytest.mark.parametrize(("path", "more"), CALLS)
async def test_a_body_that_is_framed_wrongly_is_a_bad_request(server: Running, path: str, more: str, caplog) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    writer.write(_head(path, more, "Transfer-Encoding: chunked\r\n"))
    await writer.drain()
    await asyncio.sleep(0.05)
    writer.write(b"zz\r\nno chunk\r\n")
    async with asyncio.timeout(15):
        answer = parse(await reader.read(-1))
    writer.transport.abort()
    assert answer.status == 400
    assert _faults(caplog) == []


async def test_a_body_in_pieces_that_comes_in_time_is_read(server: Running) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    body = b'{"name": "In pieces"}'
    writer.write(_head("/api/v1/bins", _bearer(JSON), f"Content-Length: {len(body)}\r\n"))
    for at in range(0, len(body), 7):
        await asyncio.sleep(0.02)
        writer.write(body[at : at + 7])
    async with asyncio.timeout(15):
        head = await reader.readuntil(b"\r\n\r\n")
    writer.transport.abort()
    assert head.startswith(b"HTTP/1.1 201 ")
