"""Senders whose requests have a mark each, and what was answered to them."""

import asyncio
import itertools
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

from tests.process import answered

# Longer than anything waits.
ANSWER_S = 60.0
_MARK = re.compile(rb"Mark=([0-9]+-[0-9]+)$")
_STEPS = (
    # An inbound message on the primary URL and, because its sender was not content, on the fallback URL.
    ("", b"Text=Order+%s&From=%%2B1415555%04d&To=%%2B19495550142&MessageSid=IN%s&Status=success"),
    ("/fallback", b"Text=Order+%s&From=%%2B1415555%04d&To=%%2B19495550142&MessageSid=IN%s&Status=success"),
    # Two callbacks of another message.
    ("/status", b"Text=Bye+%s&To=%%2B1415555%04d&From=%%2B19495550142&MessageSid=OUT%s&MessageStatus=sent"),
    ("/status", b"Text=Bye+%s&To=%%2B1415555%04d&From=%%2B19495550142&MessageSid=OUT%s&MessageStatus=delivered"),
)  # fmt: skip


def mark_of(body: bytes) -> str:
    """Empty: it is none of ours."""
    found = _MARK.search(body)
    return found[1].decode() if found else ""


@dataclass(slots=True)
class Answers:
    """By mark: the key of the bin that it was sent to, and the number that was acknowledged. `statuses` counts all
    answers, 0 is none."""

    acknowledged: dict[str, tuple[str, int]] = field(default_factory=dict)
    statuses: Counter[int] = field(default_factory=Counter)


class Senders:
    """Each sends one request after the other, with a pause, to one of the bins, and never sends one again."""

    def __init__(self, port: int, keys: Sequence[str], count: int, pause_s: float) -> None:
        self.answers = Answers()
        self._port, self._pause_s = port, pause_s
        self._ends = asyncio.Event()
        self._tasks = [asyncio.ensure_future(self._send(number, keys[number % len(keys)])) for number in range(count)]

    async def stop(self) -> None:
        """After their last answers."""
        self._ends.set()
        await asyncio.gather(*self._tasks)

    async def cancel(self) -> None:
        """Without waiting for answers."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def more(self, count: int, within_s: float = 60.0) -> bool:
        """Wait until so many more have been acknowledged; returns whether they have."""
        wanted = len(self.answers.acknowledged) + count
        with suppress(TimeoutError):
            async with asyncio.timeout(within_s):
                while len(self.answers.acknowledged) < wanted:
                    await asyncio.sleep(0.02)
        return len(self.answers.acknowledged) >= wanted

    async def _send(self, number: int, key: str) -> None:
        requests = _requests(number, key)
        while not self._ends.is_set():
            with suppress(OSError, asyncio.IncompleteReadError):
                reader, writer = await asyncio.open_connection("127.0.0.1", self._port)
                try:
                    await self._on(reader, writer, key, requests)
                finally:
                    writer.transport.abort()
            await asyncio.sleep(self._pause_s)

    async def _on(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, key: str,
        requests: Iterator[tuple[str, bytes]],
    ) -> None:  # fmt: skip
        """On one connection, until it ends."""
        while not self._ends.is_set():
            mark, request = next(requests)
            writer.write(request)
            self.answers.statuses[0] += 1
            async with asyncio.timeout(ANSWER_S):
                status, n = await answered(reader)
            self.answers.statuses[0] -= 1
            self.answers.statuses[status] += 1
            if status == 200:
                assert n is not None
                self.answers.acknowledged[mark] = (key, n)
            await asyncio.sleep(self._pause_s)


def _requests(number: int, key: str) -> Iterator[tuple[str, bytes]]:
    """Without an end, each with its mark."""
    form = b"Content-Type: application/x-www-form-urlencoded\r\n"
    for turn, (path, body) in zip(itertools.count(), itertools.cycle(_STEPS), strict=False):
        mark, name = f"{number}-{turn}", f"{number}x{turn // 4}".encode()
        content = body % (name, number, name) + b"&Mark=" + mark.encode()
        head = b"POST /%s%s HTTP/1.1\r\nHost: x\r\n%sContent-Length: %d\r\n\r\n"
        yield mark, head % (key.encode(), path.encode(), form, len(content)) + content
