"""A rendered frame is shared by all viewers with the same cursor.

A cached frame stays correct: it holds the changes after one cursor up to a later one, and later changes have a
higher seq. It is kept for a moment only, so that deleted text does not stay in memory.
"""

import asyncio
from collections.abc import Awaitable, Callable, Hashable, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

MOMENT_S = 1.0
# Viewers that get a new frame in one turn of the event loop, so that captures are handled in between.
AT_ONCE = 16


@dataclass(frozen=True, slots=True)
class Frames:
    """What a viewer with some cursor gets next, as bytes for the socket. Empty: nothing changed. `more`: the next
    frame follows at once. `version`: the hub's version when the store was read; a viewer that was notified later
    reads again."""

    after: int
    wire: bytes
    more: bool
    version: int


def text_frames(texts: Sequence[str]) -> bytes:
    """WebSocket text messages as a server sends them (RFC 6455, 5.2: final, unmasked), one after the other.

    Without compression they are the same bytes for all viewers, so they are framed once for all of them.
    """
    parts: list[bytes] = []
    for text in texts:
        data = text.encode()
        size = len(data)
        if size < 126:
            head = bytes((0x81, size))
        elif size < 1 << 16:
            head = b"\x81\x7e" + size.to_bytes(2)
        else:
            head = b"\x81\x7f" + size.to_bytes(8)
        parts += (head, data)
    return b"".join(parts)


T = TypeVar("T")


@dataclass(slots=True)
class _Flight(Generic[T]):
    followers: list[asyncio.Future[None]] = field(default_factory=list)
    done: bool = False
    value: T | None = None
    error: Exception | None = None


class FrameCache(Generic[T]):
    """Runs one call for each key at a time and caches its result for `MOMENT_S`."""

    def __init__(self) -> None:
        self._flights: dict[Hashable, _Flight[T]] = {}

    async def get(self, key: Hashable, make: Callable[[], Awaitable[T]], *, keep: Callable[[T], bool]) -> T:
        """The value for `key`. It is computed at most once at a time, and cached if `keep` returns True."""
        while (flight := self._flights.get(key)) is not None:
            if not flight.done:
                finished = asyncio.get_running_loop().create_future()
                flight.followers.append(finished)
                await finished
            if flight.error is not None:
                raise flight.error
            if flight.value is not None:
                return flight.value
            # The task that computed it was cancelled; the next one computes it.
        return await self._lead(key, make, keep)

    async def _lead(self, key: Hashable, make: Callable[[], Awaitable[T]], keep: Callable[[T], bool]) -> T:
        flight = self._flights[key] = _Flight()
        kept = False
        try:
            value = flight.value = await make()
            kept = keep(value)
        except Exception as error:
            flight.error = error
            raise
        finally:
            flight.done = True
            if kept:
                asyncio.get_running_loop().call_later(MOMENT_S, self._flights.pop, key, None)
            else:
                del self._flights[key]
            _finish_followers(flight.followers)
        return value


def _finish_followers(followers: list[asyncio.Future[None]]) -> None:
    for finished in followers[:AT_ONCE]:
        if not finished.done():
            finished.set_result(None)
    rest = followers[AT_ONCE:]
    if rest:
        asyncio.get_running_loop().call_soon(_finish_followers, rest)
