"""Answers that are held back on purpose: how many may be, and what ends the wait.

A wait costs a timer and a few kilobytes, and no thread. Above the limits, and while the server is stopping, an
answer is sent at once, with a note in its outcome.
"""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import Enum
from typing import Any, Protocol

MAX_HELD = 2_000
# A single bin cannot use all slots.
MAX_HELD_PER_BIN = 1_000
# libuv's timers have a resolution of a millisecond and may fire early by a part of it. An answer must not be sent
# early.
ROUNDING_S = 0.002


class Ending(Enum):
    """Why a wait has ended. The value is the note of an answer that is sent early."""

    OVER = None
    LEFT = "The sender had disconnected."
    STOPPED = "smsbin was stopping, so the response was not held any longer."
    FULL = "Too many responses were being held already, so this one was sent immediately."


class WatchedPeer(Protocol):
    """A connection whose end can be watched."""

    def watch(self, on_disconnect: Callable[[], object] | None) -> None:
        """Call `on_disconnect` when the peer disconnects, at once if it has; None: stop watching."""


class HeldAnswers:
    """Use from one event loop only."""

    def __init__(self) -> None:
        self._by_bin: dict[str, int] = {}
        self._waits: set[asyncio.Future[Ending]] = set()
        self._all = 0
        self._stopped = False

    @property
    def count(self) -> int:
        """The number of answers that are held back now."""
        return self._all

    @contextmanager
    def slot(self, bin_id: str) -> Iterator[bool]:
        """Reserve a slot for the duration of the context; False if there is none."""
        of_bin = self._by_bin.get(bin_id, 0)
        if self._all >= MAX_HELD or of_bin >= MAX_HELD_PER_BIN:
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

    async def wait(self, seconds: float, sender: WatchedPeer, until: "asyncio.Future[Any] | None" = None) -> Ending:
        """Wait until the time is over or `until` is done, the sender disconnects, or the server stops."""
        if self._stopped:
            return Ending.STOPPED
        loop = asyncio.get_running_loop()
        wait: asyncio.Future[Ending] = loop.create_future()
        timer = loop.call_later(seconds + ROUNDING_S if seconds > 0 else 0.0, _end, wait, Ending.OVER)
        self._waits.add(wait)
        if until is not None:
            until.add_done_callback(lambda _: _end(wait, Ending.OVER))
        sender.watch(lambda: _end(wait, Ending.LEFT))
        try:
            return await wait
        finally:
            sender.watch(None)
            self._waits.discard(wait)
            timer.cancel()

    def stop(self) -> None:
        """End all waits."""
        self._stopped = True
        for wait in self._waits:
            _end(wait, Ending.STOPPED)


def _end(wait: "asyncio.Future[Ending]", ending: Ending) -> None:
    if not wait.done():
        wait.set_result(ending)
