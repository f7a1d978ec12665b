"""Raw bytes over a socket, for requests that no client library sends."""

import asyncio
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Reply:
    """One parsed answer."""

    status: int
    headers: dict[str, str]
    body: bytes


async def talk(port: int, data: bytes, *, half_close: bool = False, parts: tuple[bytes, ...] = ()) -> bytes:
    """Send, then read until the server closes the connection or pauses after a complete answer."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        writer.write(data)
        for part in parts:
            await writer.drain()
            writer.write(part)
        if half_close:
            writer.write_eof()
        async with asyncio.timeout(10):
            return await _read_answer(reader)
    finally:
        writer.transport.abort()


async def _read_answer(reader: asyncio.StreamReader) -> bytes:
    head = b""
    while b"\r\n\r\n" not in head:
        chunk = await reader.read(65_536)
        if not chunk:
            return head
        head += chunk
    top, _, body = head.partition(b"\r\n\r\n")
    length = next(
        (int(line.split(b":")[1]) for line in top.split(b"\r\n") if line.lower().startswith(b"content-length:")),
        0,
    )
    while len(body) < length and (chunk := await reader.read(65_536)):
        body += chunk
    return top + b"\r\n\r\n" + body


def parse(data: bytes) -> Reply:
    """The first answer in `data`."""
    top, _, body = data.partition(b"\r\n\r\n")
    lines = top.decode("latin-1").split("\r\n")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines[1:])}
    return Reply(int(lines[0].split()[1]), headers, body)
