"""Viewers that stop reading: captures and the other viewers are not affected, and they are disconnected in the end."""

import asyncio
import base64
import os
import time

from tests.process import TOKEN, Process, answered, request_bytes


async def stuck(server: Process) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """A viewer that upgrades and never reads again; its receive buffer is small, so it fills soon."""
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port, limit=1_024)
    key = base64.b64encode(os.urandom(16)).decode()
    path = server.bin_api.partition(f":{server.port}")[2]
    writer.write(
        f"GET {path}/live?after=0 HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {TOKEN}\r\n"
        "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
        f"Sec-WebSocket-Key: {key}\r\n\r\n".encode()
    )
    await writer.drain()
    await reader.readuntil(b"\r\n\r\n")
    transport = writer.transport
    transport.pause_reading()
    return reader, writer


async def send(server: Process, count: int, size: int = 200) -> float:
    """Send captures one after the other; returns the slowest answer in seconds."""
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    slowest = 0.0
    for _ in range(count):
        started = time.monotonic()
        writer.write(request_bytes(server.key, b"Text=" + b"a" * size))
        status, _ = await answered(reader)
        assert status == 200
        slowest = max(slowest, time.monotonic() - started)
    writer.close()
    return slowest
