"""A load client in a process of its own: `python -m tests.bench.load PORT PATH SECONDS CONNECTIONS close|keep`.

It uses bare protocols, so that the client is not the bottleneck; it prints requests a second and the p99 in
milliseconds. Every request has another message. With RATE as a sixth argument it is an open loop: requests are sent
on schedule, and latency counts from the schedule.
"""

import asyncio
import random
import sys
import time
from itertools import cycle
from typing import Any

BODY = (
    b"To=%2B19495550142&Price=0.0075&Time=2026-11-24+21%3A23%3A32&Method=POST&DateSent=2026-11-24+21%3A23%3A32"
    b"&MessageSid=9d3ed970-ab08-11e8-9936-413fe38766e4&From=%2B14155550123&Text=Testing+Inbound"
    b"&Action=http%3A%2F%2Fsms.example.net%2F1nlbm2h1&Status=success"
)


SID = b"9d3ed970-ab08-11e8-9936-413fe38766e4"
MESSAGES = 65_536


def requests_of(path: str, keep: bool) -> list[bytes]:
    """The requests that all connections send, in rotation."""
    connection = "" if keep else "Connection: close\r\n"
    head = (
        f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n{connection}Content-Type: application/x-www-form-urlencoded\r\n"
        f"Content-Length: {len(BODY)}\r\n\r\n"
    )
    start = random.getrandbits(32)
    return [
        head.encode() + BODY.replace(SID, f"{(start + index) % (1 << 32):08x}-ab08-11e8-9936-413fe38766e4".encode())
        for index in range(MESSAGES)
    ]


class Sender(asyncio.Protocol):
    """Sends, waits for the complete answer, sends again."""

    def __init__(self, load: "Load") -> None:
        self.load = load
        self.started = 0.0

    def connection_made(self, transport: Any) -> None:
        self.transport = transport
        if self.load.schedule is None:
            self.send(time.perf_counter())

    def send(self, started: float) -> None:
        self.started = started
        self.transport.write(next(self.load.requests))

    def data_received(self, data: bytes) -> None:
        load = self.load
        now = time.perf_counter()
        load.bad += not data.startswith(b"HTTP/1.1 200")
        load.times.append(now - self.started)
        if load.schedule is not None:
            load.idle.append(self)
        elif now < load.end and load.keep:
            self.send(now)
        else:
            self.transport.close()

    def connection_lost(self, exc: Exception | None) -> None:
        load = self.load
        if load.schedule is None and time.perf_counter() < load.end:
            load.open()


class Load:
    """Counts answers."""

    def __init__(self, port: int, path: str, seconds: float, keep: bool, rate: float | None) -> None:
        self.port, self.keep, self.schedule = port, keep, rate
        self.requests = cycle(requests_of(path, keep))
        self.end = time.perf_counter() + seconds
        self.times: list[float] = []
        self.bad = 0
        self.idle: list[Sender] = []
        self.openings: set[asyncio.Task[Any]] = set()

    def open(self) -> None:
        """Open one more connection."""
        task = asyncio.ensure_future(
            asyncio.get_running_loop().create_connection(lambda: Sender(self), "127.0.0.1", self.port)
        )
        self.openings.add(task)
        task.add_done_callback(self.openings.discard)


async def run(port: int, path: str, seconds: float, connections: int, keep: bool, rate: float | None) -> Load:
    """The whole run."""
    load = Load(port, path, seconds, keep, rate)
    loop = asyncio.get_running_loop()
    if rate is None:
        for _ in range(connections):
            load.open()
        await asyncio.sleep(seconds + 0.2)
        return load
    for _ in range(connections):
        _, sender = await loop.create_connection(lambda: Sender(load), "127.0.0.1", port)
        load.idle.append(sender)
    start, count = time.perf_counter(), int(seconds * rate)
    for index in range(count):
        due = start + index / rate
        while (left := due - time.perf_counter()) > 0:
            await asyncio.sleep(left)
        while not load.idle:
            await asyncio.sleep(0)
        load.idle.pop().send(due)
    while len(load.idle) < connections:
        await asyncio.sleep(0.01)
    return load


def main() -> None:
    """Run, then print one line: requests/s, p99 in ms, answers that were not 200."""
    port, path, seconds, connections, mode = sys.argv[1:6]
    rate = float(sys.argv[6]) if len(sys.argv) > 6 else None
    load = asyncio.run(run(int(port), path, float(seconds), int(connections), mode == "keep", rate))
    times = sorted(load.times)
    p99 = times[int(len(times) * 0.99)] * 1_000 if times else 0.0
    print(f"{len(times) / float(seconds):.1f} {p99:.2f} {load.bad}")


if __name__ == "__main__":
    main()
