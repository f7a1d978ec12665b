"""Shards: bins keep theirs, and a shard that is away concerns its own bins only."""

import asyncio
from collections import Counter
from contextlib import suppress
from typing import Self

from app import clock
from tests.process import answered, request_bytes

from .routing import Router, read_message, shard_of
from .sending import Traffic, quantile

KEYS = [f"{number:016d}" for number in range(2_000)]


def test_bins_are_distributed_evenly_and_stay_where_they_are() -> None:
    shards = [shard_of(key, 4) for key in KEYS]
    assert min(Counter(shards).values()) > 400
    assert [shard_of(key, 4) for key in KEYS] == shards
    later = [shard_of(key, 5) for key in KEYS]
    moved = [(before, after) for before, after in zip(shards, later, strict=True) if before != after]
    assert {after for _, after in moved} == {4}
    assert 200 < len(moved) < 600


class Upstream:
    """A server that answers with its number, or not at all."""

    def __init__(self, number: int | None = None) -> None:
        self.number = number
        self.port = 0
        self.connections: list[asyncio.StreamWriter] = []

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections.append(writer)
        if not self._server.is_serving():
            # It was accepted just before the end.
            writer.close()
        with suppress(asyncio.IncompleteReadError, ConnectionError):
            while await read_message(reader):
                if self.number is not None:
                    writer.write(b"HTTP/1.1 200 OK\r\nX-Capture: %d\r\nContent-Length: 2\r\n\r\nok" % self.number)
        writer.close()

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self.serve, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()
        for connection in self.connections:
            connection.close()


async def test_each_request_goes_to_its_shard_and_a_shard_that_is_away_fails_alone() -> None:
    keys = [next(key for key in iter(clock.new_key, None) if shard_of(key, 3) == shard) for shard in range(3)]
    async with Upstream(10) as one, Upstream(11) as two, Upstream(12) as three:
        router = Router([each.port for each in (one, two, three)])
        async with await asyncio.start_server(router.serve, "127.0.0.1", 0) as server:
            reader, writer = await asyncio.open_connection("127.0.0.1", server.sockets[0].getsockname()[1])

            async def send(key: str) -> tuple[int, int | None]:
                writer.write(request_bytes(key, b"a" * 100_000))
                return await answered(reader)

            assert [await send(key) for key in keys] == [(200, 10), (200, 11), (200, 12)]
            await two.__aexit__()
            assert [await send(key) for key in keys] == [(200, 10), (503, None), (200, 12)]
            assert await send("favicon.ico") == (404, None)
            writer.close()


async def test_traffic_keeps_its_rate_whatever_the_answers_do() -> None:
    async with Upstream() as upstream:
        traffic, stopped = Traffic(upstream.port, KEYS), asyncio.Event()
        sending = asyncio.get_running_loop().create_task(traffic.send_until(stopped, 200))
        async with asyncio.timeout(60):
            # None is answered.
            while len(upstream.connections) < 20:
                await asyncio.sleep(0)
    stopped.set()
    await sending
    assert len(traffic.sent) >= 20
    assert {each.status for each in traffic.sent} == {0}
    assert traffic.sent[0].key in KEYS


def test_a_quantile_is_one_of_the_values() -> None:
    assert [quantile(range(1, 101), part) for part in (0, 0.5, 0.99, 1)] == [1, 51, 100, 100]
