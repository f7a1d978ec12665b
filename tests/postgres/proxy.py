"""A proxy in front of PostgreSQL that cuts connections at the worst moment: at a commit.

A cut is seen by the client as a reset connection. It happens either before the commit has reached the server, which
rolls back, or after: the server commits, and its answer is lost.
"""

import asyncio
import random
import socket
import struct
import threading
from collections.abc import Coroutine, Iterator
from contextlib import AbstractContextManager, suppress
from types import TracebackType
from typing import Any, Literal, Self, TypeVar

from .clusters import Cluster, url_of
from .programs import HOST

# An acknowledged commit in the stream of the server: the message CommandComplete with its tag.
_COMMITTED = b"C" + struct.pack("!i", 11) + b"COMMIT\0"
_SYNC = b"S\0\0\0\4"
_READ = 1 << 16
# The first message of a connection has no type, and these ones are answered with one byte before it: SSL, GSSAPI.
_QUESTIONS = (80_877_103, 80_877_104)
T = TypeVar("T")
# How a connection has ended: cut before or after its commit has reached the server, or without a cut.
Ending = Literal["before", "after", "ended"]


class CuttingProxy(AbstractContextManager["CuttingProxy"]):
    """Runs in a thread. `share` of the commits are cut, half of them after they have reached the server.

    `cut_before` and `cut_after` count the cuts.
    """

    def __init__(self, cluster: Cluster, share: float = 0.0, seed: int = 0) -> None:
        self.share = share
        self.cut_before = 0
        self.cut_after = 0
        self._target = cluster.port
        self._random = random.Random(seed)
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._connections: set[asyncio.Task[None]] = set()
        self._port = 0

    def url(self, database: str) -> str:
        return url_of(self._port, database)

    def cut_all(self) -> None:
        """Cut every connection, also those that are idle."""
        self._call(self._close())

    def __enter__(self) -> Self:
        self._thread.start()
        self._server = self._call(asyncio.start_server(self._accept, HOST, 0))
        self._port = self._server.sockets[0].getsockname()[1]
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._call(self._close(self._server))
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def _call(self, work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(60)

    async def _close(self, server: asyncio.Server | None = None) -> None:
        if server:
            server.close()
        connections = tuple(self._connections)
        for task in connections:
            task.cancel()
        await asyncio.gather(*connections, return_exceptions=True)

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._connections.add(task)
        try:
            with suppress(OSError):
                await self._serve(reader, writer)
            writer.close()
        except asyncio.CancelledError:
            _reset(writer)
        finally:
            self._connections.discard(task)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        server_reader, server_writer = await asyncio.open_connection(HOST, self._target)
        back = asyncio.create_task(_copy(server_reader, writer))
        there = asyncio.create_task(self._forward(reader, server_writer))
        try:
            # The server ends a connection, too: when it stops.
            await asyncio.wait((back, there), return_when=asyncio.FIRST_COMPLETED)
            if there.done() and there.result() != "ended":
                back.cancel()
                await asyncio.wait((back,))
                _reset(writer)
                if there.result() == "after":
                    await _read_commit(server_reader)
        finally:
            for task in (back, there):
                task.cancel()
            await asyncio.gather(back, there, return_exceptions=True)
            server_writer.close()

    async def _forward(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> Ending:
        messages = _Messages()
        while data := await reader.read(_READ):
            for message, is_commit in messages.feed(data):
                if is_commit and self._random.random() < self.share:
                    if self._random.random() < 0.5:
                        self.cut_before += 1
                        return "before"
                    self.cut_after += 1
                    # With a Sync the server processes what it has got.
                    writer.write(message + _SYNC)
                    await writer.drain()
                    return "after"
                writer.write(message)
            await writer.drain()
        return "ended"


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while data := await reader.read(_READ):
        writer.write(data)
        await writer.drain()


async def _read_commit(reader: asyncio.StreamReader) -> None:
    """Until the server has committed, or has closed the connection."""
    told = b""
    while _COMMITTED not in told and (data := await reader.read(_READ)):
        told += data


def _reset(writer: asyncio.StreamWriter) -> None:
    """Close a connection so that the other side gets an error, even if it has read everything."""
    opened = writer.get_extra_info("socket")
    with suppress(OSError):
        opened.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


class _Messages:
    """The messages of a client."""

    def __init__(self) -> None:
        self._data = bytearray()
        self._started = False
        # The names of prepared statements that commit.
        self._commits: set[bytes] = set()
        self._is_bound = False

    def feed(self, data: bytes) -> Iterator[tuple[bytes, bool]]:
        """The complete ones, each with whether it commits."""
        self._data += data
        while message := self._next():
            yield message, self._started and self._is_commit(message)

    def _next(self) -> bytes:
        offset = int(self._started)
        if len(self._data) < offset + 4:
            return b""
        end = offset + int.from_bytes(self._data[offset : offset + 4])
        if len(self._data) < end:
            return b""
        message = bytes(self._data[:end])
        del self._data[:end]
        if not self._started:
            self._started = int.from_bytes(message[4:8]) not in _QUESTIONS
        return message

    def _is_commit(self, message: bytes) -> bool:
        """Whether the server commits with this message: a simple query, or the execution of a statement."""
        kind, body = message[:1], message[5:]
        if kind == b"Q":
            return _commits(body)
        if kind == b"P":
            name, _, query = body.partition(b"\0")
            (self._commits.add if _commits(query) else self._commits.discard)(name)
        elif kind == b"B":
            self._is_bound = body.split(b"\0", 2)[1] in self._commits
        return kind == b"E" and self._is_bound


def _commits(query: bytes) -> bool:
    return query.lstrip()[:6].lower() == b"commit"
