"""What was rendered for one viewer serves every other viewer that stands at the same cursor.

A remembered frame stays right: it is what changed after a cursor up to a later one, and whatever came afterwards has
a higher seq and follows. It is kept for a moment only, so that deleted text does not linger.
"""

import asyncio
from collections.abc import Awaitable, Callable, Hashable, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

MOMENT_S = 1.0
# Viewers that get a new frame in one turn of the loop: sending is what costs, and captures come in between.
AT_ONCE = 16


@dataclass(frozen=True, slots=True)
class Frames:
    """What a viewer with some cursor gets next, ready for the wire. No bytes: nothing changed. `more`: at once.
    `stroke`: the hub's when the store was read, so that a viewer that was woken later knows to look again."""

    after: int
    wire: bytes
    more: bool
    version: int


def text_frames(texts: Sequence[str]) -> bytes:
    """WebSocket text messages as a server sends them (RFC 6455, 5.2: final, unmasked), one after the other.

    Without compression they are the same bytes for every viewer, so a burst is framed once, not once a viewer.
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
    """Single flight by key, then remembered for `MOMENT_S`."""

    def __init__(self) -> None:
        self._flights: dict[Hashable, _Flight[T]] = {}

    async def get(self, key: Hashable, make: Callable[[], Awaitable[T]], *, keep: Callable[[T], bool]) -> T:
        """The value under `key`, made at most once at a time; remembered when `keep` says so."""
        while (flight := self._flights.get(key)) is not None:
            if not flight.done:
                finished = asyncio.get_running_loop().create_future()
                flight.followers.append(finished)
                await finished
            if flight.error is not None:
                raise flight.error
            if flight.value is not None:
                return flight.value
            # Whoever made it was cancelled half-way: the next one tries.
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
