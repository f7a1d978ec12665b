"""One connection to a server under test, byte by byte where a test needs it."""

import asyncio
import re
import socket
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from .http import Reply, parse

PATIENCE_S = 15


class Wire:
    """The sender's end."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer

    async def send(self, *pieces: bytes) -> None:
        """Each part by itself."""
        for piece in pieces:
            self.writer.write(piece)
            await self.writer.drain()
            await asyncio.sleep(0.005 if len(pieces) > 1 else 0)

    async def answer(self, *, head_only: bool = False) -> Reply:
        """The next answer."""
        async with asyncio.timeout(PATIENCE_S):
            head = await self.reader.readuntil(b"\r\n\r\n")
            length = re.search(rb"(?i)\r\ncontent-length: (\d+)", head)
            body = b"" if head_only or length is None else await self.reader.readexactly(int(length[1]))
        return parse(head + body)

    async def answers(self, count: int) -> list[tuple[int, int | None]]:
        """Status and number of each."""
        replies = [await self.answer() for _ in range(count)]
        return [
            (each.status, int(each.headers["x-capture"]) if "x-capture" in each.headers else None) for each in replies
        ]

    async def rest(self) -> bytes:
        """Everything until the server closes the connection."""
        async with asyncio.timeout(PATIENCE_S):
            try:
                return await self.reader.read(-1)
            except ConnectionResetError:
                return b""

    def half_close(self) -> None:
        """Half-close."""
        self.writer.write_eof()

    def take_little(self, theirs: asyncio.Transport) -> None:
        """Read nothing more, with buffers so small that the kernel does not accept a complete answer."""
        theirs.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4_096)
        self.writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
        self.writer.transport.pause_reading()  # type: ignore[attr-defined]

    def reset(self) -> None:
        """Reset the connection, which cannot be mistaken for a half-close."""
        end = self.writer.get_extra_info("socket")
        # It may be closed already; asyncio's loop and uvloop report that differently.
        with suppress(OSError, AttributeError):
            end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.writer.transport.abort()


@asynccontextmanager
async def connect(port: int) -> AsyncIterator[Wire]:
    """Open a connection, and close it at the end."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=1 << 20)
    try:
        yield Wire(reader, writer)
    finally:
        writer.transport.abort()


def get(path: str, *headers: str, version: str = "1.1") -> bytes:
    """A request without a body."""
    return "\r\n".join((f"GET {path} HTTP/{version}", "Host: 127.0.0.1", *headers, "", "")).encode()


def post(path: str, body: bytes = b"Text=hi", *headers: str) -> bytes:
    """A request with a body."""
    lines = (f"POST {path} HTTP/1.1", "Host: 127.0.0.1", *headers, f"Content-Length: {len(body)}", "", "")
    return "\r\n".join(lines).encode() + body
