"""The hub: one room of bells a bin. Ringing never waits, never fails and never carries data (P4, P5).

A lone change wakes its viewers at once; in a burst they are woken once every `TICK_S`, so that a thousand viewers
cost the same whether one capture arrives or fifty. They are woken `AT_ONCE` in one turn of the loop: a capture that
arrives meanwhile waits for some of them, never for all.
"""

import asyncio
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

TICK_S = 0.05
# With very many viewers the tick grows, so that each frame carries more and the loop keeps time for captures.
VIEWERS_PER_TICK = 250
AT_ONCE = 32


class Bell:
    """One viewer's. Clear it before reading the store: a ring in between is never lost."""

    __slots__ = ("_rung", "_waiter")

    def __init__(self) -> None:
        self._rung = False
        self._waiter: asyncio.Future[None] | None = None

    def ring(self) -> None:
        """Wake the viewer, now or as soon as it waits."""
        self._rung = True
        if self._waiter is not None:
            _wake(self._waiter)

    def clear(self) -> None:
        """Forget the rings so far."""
        self._rung = False

    async def wait(self, at_most_s: float) -> bool:
        """True when it rang within `at_most_s`. A plain timer: each viewer waits once a tick, and
        `asyncio.timeout` around an `Event` costs three times as much."""
        if not self._rung:
            loop = asyncio.get_running_loop()
            self._waiter = loop.create_future()
            timer = loop.call_later(at_most_s, _wake, self._waiter)
            try:
                await self._waiter
            finally:
                timer.cancel()
                self._waiter = None
        return self._rung


def _wake(waiter: "asyncio.Future[None]") -> None:
    if not waiter.done():
        waiter.set_result(None)


class _Room:
    __slots__ = ("again", "bells", "timer")

    def __init__(self) -> None:
        self.bells: set[Bell] = set()
        self.timer: asyncio.TimerHandle | None = None
        self.again = False


class Hub:
    """Bells by bin. Belongs to one event loop."""

    def __init__(self) -> None:
        self._rooms: dict[str, _Room] = {}
        self._strokes: Counter[str] = Counter()
        self._closed = False

    @property
    def viewers(self) -> int:
        """How many bells hang, over all bins."""
        return sum(len(room.bells) for room in self._rooms.values())

    @property
    def closed(self) -> bool:
        """True once the server is going down: whoever waits should answer and leave."""
        return self._closed

    def ring(self, bin_id: str) -> None:
        """Something about this bin changed."""
        room = self._rooms.get(bin_id)
        if room is None:
            self._strokes[bin_id] += 1
            return
        if room.timer is not None:
            room.again = True
            return
        self._strike(bin_id, room)

    def ring_all(self) -> None:
        """Something about the server changed."""
        for bin_id in list(self._rooms):
            self.ring(bin_id)

    def strokes(self, bin_id: str) -> int:
        """How often the bells of this bin were struck: what was read before the last stroke may lack something. A ring
        that waits for its tick does not count yet."""
        return self._strokes[bin_id]

    @contextmanager
    def listen(self, bin_id: str) -> Iterator[Bell]:
        """A bell that hangs as long as the context lasts."""
        bell = Bell()
        room = self._rooms.setdefault(bin_id, _Room())
        room.bells.add(bell)
        try:
            yield bell
        finally:
            room.bells.discard(bell)
            if not room.bells and self._rooms.get(bin_id) is room:
                del self._rooms[bin_id]
                # For a ring that waited, and finds nobody now.
                self._strokes[bin_id] += 1
                if room.timer is not None:
                    room.timer.cancel()

    def close(self) -> None:
        """Wake everybody for the last time."""
        self._closed = True
        for room in self._rooms.values():
            for bell in room.bells:
                bell.ring()

    def _strike(self, bin_id: str, room: _Room) -> None:
        self._strokes[bin_id] += 1
        _ring_some(list(room.bells))
        room.again = False
        room.timer = asyncio.get_running_loop().call_later(_tick_s(len(room.bells)), self._tick, bin_id, room)

    def _tick(self, bin_id: str, room: _Room) -> None:
        room.timer = None
        if room.again:
            self._strike(bin_id, room)


def _ring_some(bells: list[Bell]) -> None:
    for bell in bells[-AT_ONCE:]:
        bell.ring()
    del bells[-AT_ONCE:]
    if bells:
        asyncio.get_running_loop().call_soon(_ring_some, bells)


def _tick_s(viewers: int) -> float:
    return TICK_S * (1 + viewers // VIEWERS_PER_TICK)
