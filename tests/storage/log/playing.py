"""A fake log process, and helpers for the server's end of it."""

import asyncio
from collections.abc import Callable

import pytest

from app import clock
from app.domain.units import micros
from app.errors import StoreUnavailable
from app.storage.log import jobs
from app.storage.log.client import LogClient
from app.storage.log.pace import CommitPace
from app.storage.log.results import LogPosition, Opened, Result, Results, encode


class Process:
    """Replaces `Child`: records what it was sent, and sends what the test gives it."""

    def __init__(self, _: str, owner: LogClient, keep_open: object, first: bytes | None) -> None:
        self.owner = owner
        self.sent: list[list[jobs.Job]] = []
        self.runs = False
        self.expected: list[tuple[float, str]] = []
        self.pid = 1

    def start(self) -> None:
        self.runs = True
        self.arguments = self.owner.arguments()

    def send(self, data: bytes) -> bool:
        if self.runs:
            self.sent.append(jobs.decode_jobs(data))
        return self.runs

    def expect(self, within_s: float, what: str) -> None:
        self.expected = [(within_s, what)]

    def met(self) -> None:
        self.expected = []

    async def close(self) -> None:
        if self.runs:
            self.end(0)

    # Called by the test.

    def open(self, error: str | None = None, *, is_unreachable: bool = False) -> None:
        if not self.runs:
            self.start()
        self.owner.received(encode(Opened(error, "the log", 7, is_unreachable)))

    def answer(self, *results: Result, positions: tuple[LogPosition, ...] = ()) -> None:
        """Answer the oldest batch that is not answered: with these results, or with success."""
        batch = self.sent.pop(0)
        told = list(results) or [Result(value=n) for n in range(1, len(batch) + 1)]
        self.owner.received(encode(Results(told, list(positions))))

    def end(self, code: int = -9) -> None:
        self.runs = False
        self.owner.ended(code, f"it ended with code {code}")


class Quick(CommitPace):
    """Independent of the speed of the machine."""

    def confirmed(self, batch: object, now: float) -> None:
        self._sent.popleft()


def a_job(size: int = 10) -> jobs.AddCapture:
    return jobs.AddCapture(
        "bin", micros(clock.now()), "primary", "POST", "/", "", "1.1", b"", bytes(size), True, None, None, None, False
    )


async def turns(count: int = 4) -> None:
    """This number of turns of the event loop."""
    for _ in range(count):
        await asyncio.sleep(0)


async def refused(future: asyncio.Future) -> str:
    async with asyncio.timeout(60):
        with pytest.raises(StoreUnavailable) as refused:
            await future
    return str(refused.value)


async def soon(holds: Callable[[], object]) -> None:
    async with asyncio.timeout(60):
        while not holds():
            await asyncio.sleep(0.005)
