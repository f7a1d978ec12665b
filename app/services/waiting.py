"""Answers that wait on purpose: how many may, and what ends a wait.

A wait costs a timer and a few kilobytes, no thread and no slot that a prompt answer would need. Beyond the limits, and
while the server stops, nobody waits: such an answer goes out at once, and its outcome says so.
"""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import Enum
from typing import Protocol

MOST = 2_000
# No bin takes the places of all others.
MOST_OF_BIN = 1_000
# Timers are libuv's: they know milliseconds, and ring early by what had passed of the first one. No answer leaves
# before its time.
ROUNDING_S = 0.002


class Ending(Enum):
    """Why a wait is over. The value is the note for an answer that goes out although it should have waited."""

    OVER = None
    LEFT = "The sender had disconnected."
    STOPPED = "smsbin was stopping, so the response was not held any longer."
    FULL = "Too many responses were being held already, so this one was sent immediately."


class Sender(Protocol):
    """Somebody who may hang up."""

    def watch(self, left: Callable[[], object] | None) -> None:
        """Call this when they do, at once if they have; None: nobody asks any more."""


class Waiting:
    """Belongs to one event loop."""

    def __init__(self) -> None:
        self._by_bin: dict[str, int] = {}
        self._waits: set[asyncio.Future[Ending]] = set()
        self._all = 0
        self._stopped = False

    @property
    def count(self) -> int:
        """How many answers wait now."""
        return self._all

    @contextmanager
    def place(self, bin_id: str) -> Iterator[bool]:
        """A place among those that wait; False: there is none left."""
        of_bin = self._by_bin.get(bin_id, 0)
        if self._all >= MOST or of_bin >= MOST_OF_BIN:
            yield False
            return
        self._all += 1
        self._by_bin[bin_id] = of_bin + 1
        try:
            yield True
        finally:
            self._all -= 1
            self._by_bin[bin_id] -= 1
            if not self._by_bin[bin_id]:
                del self._by_bin[bin_id]

    async def wait(self, seconds: float, sender: Sender) -> Ending:
        """Until the time is over, the sender has left, or the server stops."""
        if self._stopped:
            return Ending.STOPPED
        loop = asyncio.get_running_loop()
        wait: asyncio.Future[Ending] = loop.create_future()
        timer = loop.call_later(seconds + ROUNDING_S if seconds > 0 else 0.0, _end, wait, Ending.OVER)
        self._waits.add(wait)
        sender.watch(lambda: _end(wait, Ending.LEFT))
        try:
            return await wait
        finally:
            sender.watch(None)
            self._waits.discard(wait)
            timer.cancel()

    def stop(self) -> None:
        """Nobody waits any more."""
        self._stopped = True
        for wait in self._waits:
            _end(wait, Ending.STOPPED)


def _end(wait: "asyncio.Future[Ending]", ending: Ending) -> None:
    if not wait.done():
        wait.set_result(ending)
