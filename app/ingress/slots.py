"""All connections of a server: enforces their deadlines, and closes some when there are too many.

A new connection is accepted as long as another one can be closed, in this order: connections without a current
request or without a signed-in client, the oldest first; signed-in pages above their share; captures that are still
arriving, of the bin that has the most of them. Those are stored as far as they have arrived.
"""

import asyncio
from collections import Counter
from collections.abc import Iterable

from .. import clock
from .connection import Connection

CHECK_S = 0.5
# The share of all connections that signed-in pages and viewers may use.
PAGES_SHARE = 0.75
# Connections that are closed at once, because each time all connections are examined.
CLOSE_BATCH = 32


class ConnectionSlots:
    """Use from one event loop only. `limit`: the maximum number of connections."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        # The oldest first.
        self._open: dict[Connection, None] = {}
        # Connections that were closed for others and are not gone yet: the answer to a capture is being sent.
        self._leaving: set[Connection] = set()
        self._timer: asyncio.TimerHandle | None = None
        self._no_captures: asyncio.Future[None] | None = None

    def __len__(self) -> int:
        return len(self._open)

    def start(self) -> None:
        """Check deadlines from now on."""
        self._timer = asyncio.get_running_loop().call_later(CHECK_S, self._check_deadlines)

    def stop(self) -> None:
        """Stop checking deadlines."""
        if self._timer is not None:
            self._timer.cancel()

    def opened(self, connection: Connection) -> bool:
        """Register a connection; False if there are too many."""
        if len(self._open) >= self._limit:
            self._evict_some()
        if len(self._open) >= self._limit:
            return False
        self._open[connection] = None
        return True

    def closed(self, connection: Connection) -> None:
        """Unregister a connection."""
        self._open.pop(connection, None)
        self._leaving.discard(connection)
        self._check_idle()

    async def drain(self, within_s: float) -> None:
        """Close idle connections and wait for the current captures. After `within_s`, those that are still arriving
        are stored as far as they have arrived."""
        for connection in self._all():
            connection.stop()
        self._no_captures = asyncio.get_running_loop().create_future()
        self._check_idle()
        await asyncio.wait([self._no_captures], timeout=within_s)
        for connection in [each for each in self._all() if each.is_arriving]:
            connection.on_deadline()
        await asyncio.wait([self._no_captures], timeout=CHECK_S)

    def _all(self) -> list[Connection]:
        return [*self._open, *self._leaving]

    def _check_idle(self) -> None:
        if (
            self._no_captures is not None
            and not self._no_captures.done()
            and all(each.bin is None for each in self._all())
        ):
            self._no_captures.set_result(None)

    def _check_deadlines(self) -> None:
        self.start()
        now = clock.ticks()
        for connection in [each for each in self._all() if each.deadline <= now]:
            connection.on_deadline()

    def _evict_some(self) -> None:
        count = min(CLOSE_BATCH, max(1, self._limit // 8))
        untrusted = [each for each in self._open if each.bin is None and not each.trusted]
        if untrusted:
            self._close(_oldest(untrusted, count))
            return
        trusted = [each for each in self._open if each.trusted]
        if len(trusted) > PAGES_SHARE * self._limit:
            self._close(_oldest(trusted, count))
            return
        arriving = [each for each in self._open if each.is_arriving]
        of_bins = Counter(each.bin.id for each in arriving if each.bin is not None)
        for bin, _ in of_bins.most_common(1):
            self._close(_oldest((each for each in arriving if each.bin is not None and each.bin.id == bin), count))

    def _close(self, connections: Iterable[Connection]) -> None:
        for connection in connections:
            self._open.pop(connection, None)
            self._leaving.add(connection)
            connection.evict()


def _oldest(connections: Iterable[Connection], count: int) -> list[Connection]:
    return sorted(connections, key=lambda each: each.since)[:count]
