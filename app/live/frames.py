"""What was rendered for one viewer serves every other viewer that stands at the same cursor.

A remembered frame stays right: it is what changed after a cursor up to a later one, and whatever came afterwards has
a higher seq and follows. It is kept for a moment only, so that deleted text does not linger.
"""

import asyncio
from collections.abc import Awaitable, Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

MOMENT_S = 1.0


@dataclass(frozen=True, slots=True)
class Frames:
    """What a viewer with some cursor gets next, ready for the wire. No bytes: nothing changed."""

    after: int
    wire: bytes


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


class FrameCache(Generic[T]):
    """Single flight by key, then remembered for `MOMENT_S`."""

    def __init__(self) -> None:
        self._flights: dict[Hashable, asyncio.Future[T]] = {}

    async def get(self, key: Hashable, make: Callable[[], Awaitable[T]], *, keep: Callable[[T], bool]) -> T:
        """The value under `key`, made at most once at a time; remembered when `keep` says so."""
        flight = self._flights.get(key)
        if flight is not None:
            return await asyncio.shield(flight)
        loop = asyncio.get_running_loop()
        flight = self._flights[key] = loop.create_future()
        try:
            value = await make()
        except BaseException as error:
            del self._flights[key]
            # Followers hear the same; without followers nobody must be told twice.
            if isinstance(error, Exception):
                flight.set_exception(error)
                flight.exception()
            else:
                flight.cancel()
            raise
        flight.set_result(value)
        if keep(value):
            loop.call_later(MOMENT_S, self._flights.pop, key, None)
        else:
            del self._flights[key]
        return value
