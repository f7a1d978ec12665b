"""Requests that no library would send: each is stored exactly or refused with a 4xx; none hangs, none is a 5xx."""

import asyncio
import base64
import re

from app import keys
from tests.conftest import Running

from .raw_inputs import KEPT, REFUSED, Raw


async def _statuses(port: int, data: bytes) -> list[int]:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        writer.write(data)
        writer.write_eof()
        async with asyncio.timeout(8):
            answer = await reader.read(-1)
    finally:
        writer.transport.abort()
    return [int(status) for status in re.findall(rb"HTTP/1\.[01] (\d{3}) ", answer)]


def _aimed(text: str, server: Running) -> str:
    return text.replace("{t}", f"/{server.bin.key}").replace("{k}", server.bin.key)


def _wanted(raw: Raw, text: str) -> dict:
    head, _, rest = text.removeprefix("\r\n\r\n").partition("\r\n\r\n")
    line, *headers = head.split("\r\n")
    method, target, _ = line.split(" ")
    return {
        "method": method,
        "target": target,
        "headers": [[name, value.strip(" \t")] for name, _, value in (header.partition(":") for header in headers)],
        "body": rest if raw.body is None else raw.body,
        "complete": raw.complete,
    }


async def test_what_reaches_us_is_kept_exactly(server: Running) -> None:
    for n, (name, raw) in enumerate(KEPT.items(), start=1):
        text = _aimed(raw.sent, server)
        assert await _statuses(server.port, text.encode("latin-1")) == [200], name
        kept = await server.capture(n)
        found = {name: kept[name] for name in ("method", "target", "headers")} | {
            "body": base64.b64decode(kept["body"]["base64"]).decode("latin-1"),
            "complete": kept["body"]["complete"],
        }
        assert found == _wanted(raw, text), name
    assert len(await server.captures()) == len(KEPT)


async def test_what_the_parser_refuses_is_a_counted_4xx(server: Running) -> None:
    for name, text in REFUSED.items():
        statuses = await _statuses(server.port, _aimed(text, server).encode("latin-1"))
        assert statuses == [400], name
    assert await server.captures() == []
    # The number is the size of the debt: it may only become smaller.
    assert server.app[keys.METRICS].refused_by_parser == len(REFUSED) == 46


async def test_one_byte_at_a_time_is_a_request_too(server: Running) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    for byte in f"POST /{server.bin.key} HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nhi".encode():
        writer.write(bytes([byte]))
        await writer.drain()
        await asyncio.sleep(0)
    async with asyncio.timeout(8):
        assert (await reader.readline()).startswith(b"HTTP/1.1 200")
    writer.close()
    assert (await server.capture(1))["size"] == 2
