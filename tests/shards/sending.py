"""Requests at a fixed rate to bins of which few are busy, whatever the answers do."""

import asyncio
import random
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import accumulate

from tests.process import answered, request_bytes

ANSWER_S = 15.0


@dataclass(frozen=True, slots=True)
class Sent:
    """One request. `status` 0: there was no answer. Times in seconds."""

    key: str
    n: int | None
    status: int
    sent_at: float
    took_s: float


@dataclass(slots=True)
class Traffic:
    """`keys`: the busiest first; the nth gets 1/n of what the first gets."""

    port: int
    keys: Sequence[str]
    sent: list[Sent] = field(default_factory=list)
    _idle: list[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = field(default_factory=list)
    _chance: random.Random = field(default_factory=lambda: random.Random(1))
    _weights: list[float] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._weights = list(accumulate(1 / rank for rank in range(1, len(self.keys) + 1)))

    def begin_again(self) -> None:
        """Choose the same bins as from the start."""
        self._chance.seed(1)

    async def find_rate(self, senders: int, seconds: float) -> float:
        """The requests a second that are answered if each of the senders waits for its answer."""
        ends_at, count = time.perf_counter() + seconds, 0

        async def send() -> None:
            nonlocal count
            while time.perf_counter() < ends_at:
                await self.send_one()
                count += 1

        await asyncio.gather(*(send() for _ in range(senders)))
        return count / seconds

    async def send_until(self, stopped: asyncio.Event, rate: float) -> None:
        """Send `rate` requests a second; returns when the last one is answered."""
        begins_at, count = time.perf_counter(), 0
        async with asyncio.TaskGroup() as group:
            while not stopped.is_set():
                while count < (time.perf_counter() - begins_at) * rate:
                    group.create_task(self.send_one())
                    count += 1
                await asyncio.sleep(0.005)

    async def send_one(self) -> Sent:
        """Send one request, on a connection that is idle."""
        key = self._chance.choices(self.keys, cum_weights=self._weights)[0]
        begins_at = time.perf_counter()
        status, n, writer = 0, None, None
        try:
            async with asyncio.timeout(ANSWER_S):
                reader, writer = (
                    self._idle.pop() if self._idle else await asyncio.open_connection("127.0.0.1", self.port)
                )
                writer.write(request_bytes(key))
                status, n = await answered(reader)
                self._idle.append((reader, writer))
        except (OSError, TimeoutError, asyncio.IncompleteReadError):
            if writer is not None:
                writer.close()
        self.sent.append(Sent(key, n, status, begins_at, time.perf_counter() - begins_at))
        return self.sent[-1]

    def close(self) -> None:
        for _, writer in self._idle:
            writer.close()


def quantile(values: Sequence[float], part: float) -> float:
    """The value below which a part of the values is."""
    return sorted(values)[min(len(values) - 1, int(len(values) * part))]
