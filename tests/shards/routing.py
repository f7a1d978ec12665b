"""Which shard a bin belongs to, and a router that sends each request there."""

import asyncio
import re
import sys
from collections.abc import Sequence
from contextlib import suppress
from hashlib import blake2b

from app.tasks import new_loop

_KEY = re.compile(rb"[A-Z]+ /([0-9a-hjkmnp-tv-z]{16})[ /?]")
_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
_ANSWER = b"HTTP/1.1 %s\r\nContent-Length: 0\r\n\r\n"
NO_BIN, AWAY = _ANSWER % b"404 Not Found", _ANSWER % b"503 Service Unavailable"
Message = tuple[bytes, bytes]


def shard_of(key: str, shards: int) -> int:
    """The shard of a bin, from its capture key alone: the one with the greatest hash. With one shard more, only the
    bins that go to the new one change theirs."""
    return max(range(shards), key=lambda shard: blake2b(f"{shard} {key}".encode(), digest_size=8).digest())


class Router:
    """Passes each request to the server of its shard. Each connection of a sender has its own ones to the shards, so
    no shard can occupy what the others need."""

    def __init__(self, ports: Sequence[int]) -> None:
        self._ports = ports

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection of a sender."""
        upstreams: dict[int, tuple[asyncio.StreamReader, asyncio.StreamWriter]] = {}
        with suppress(ConnectionError, asyncio.IncompleteReadError):
            while True:
                head, body = await read_message(reader)
                key = _KEY.match(head)
                answer = NO_BIN
                if key:
                    answer = await self._pass_on(upstreams, shard_of(key[1].decode(), len(self._ports)), head + body)
                writer.write(answer)
                await writer.drain()
        for _, upstream in upstreams.values():
            upstream.close()
        writer.close()

    async def _pass_on(
        self, upstreams: dict[int, tuple[asyncio.StreamReader, asyncio.StreamWriter]], shard: int, request: bytes
    ) -> bytes:
        try:
            if shard not in upstreams:
                upstreams[shard] = await asyncio.open_connection("127.0.0.1", self._ports[shard])
            reader, writer = upstreams[shard]
            writer.write(request)
            head, body = await read_message(reader)
        except (OSError, asyncio.IncompleteReadError):
            # It is not sent again: it may be stored.
            if shard in upstreams:
                upstreams.pop(shard)[1].close()
            return AWAY
        return head + body


async def read_message(reader: asyncio.StreamReader) -> Message:
    """Head and body of the next request or response. Raises IncompleteReadError at the end of the connection."""
    head = await reader.readuntil(b"\r\n\r\n")
    length = _LENGTH.search(head)
    return head, await reader.readexactly(int(length[1])) if length else b""


async def _main(ports: Sequence[int]) -> None:
    server = await asyncio.start_server(Router(ports).serve, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    # It ends with the program that has started it.
    await asyncio.to_thread(sys.stdin.read)


if __name__ == "__main__":
    with asyncio.Runner(loop_factory=new_loop) as runner:
        runner.run(_main([int(port) for port in sys.argv[1:]]))
