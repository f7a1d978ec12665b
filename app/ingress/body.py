"""Collecting the body of a capture that may be large, slow, cut short or endless: what came is kept, and it ends."""

from ..errors import StoreUnavailable
from .chunked import Chunks
from .head import Head

# A body may take so long.
BODY_S = 29.0
# Over the limit the rest is read and dropped, so that the sender still receives the answer; but not for ever.
DROP_S = 10.0
MOST_DROPPED = 64 << 20
# The bytes of a body in chunks are kept as they came, beside what the chunks hold, up to so many.
MOST_FRAMING = 64 << 10


class Budget:
    """Bytes that are held for requests that have not come whole: a limit on memory over all senders."""

    def __init__(self, size: int) -> None:
        self.size = size
        self.used = 0

    def take(self, count: int) -> None:
        """StoreUnavailable when they do not fit."""
        if self.used + count > self.size:
            raise StoreUnavailable("Too many large requests are arriving at the same time.")
        self.used += count

    def give_back(self, count: int) -> None:
        """They are free again."""
        self.used -= count


class Body:
    """The body behind one head. At most `limit` bytes of it are held."""

    def __init__(self, head: Head, limit: int, budget: Budget) -> None:
        self._left = head.length
        self._chunks = Chunks() if head.chunked else None
        self._framing: bytearray | None = bytearray() if head.chunked and limit else None
        self._limit = limit
        self._budget = budget
        self._held = 0
        self._kept = bytearray()
        self._dropped = 0
        self.is_broken = False
        """It cannot be told where it ends, or it takes too much to get there."""

    @property
    def is_whole(self) -> bool:
        """Its last byte has come."""
        return self._left == 0 if self._chunks is None else self._chunks.is_done

    @property
    def is_complete(self) -> bool:
        """It has come whole, and is held whole."""
        return self.is_whole and not self._dropped

    @property
    def is_too_long(self) -> bool:
        """Some of it is not held."""
        return self._dropped > 0

    def feed(self, data: bytes) -> bytes:
        """Take what belongs to the body; what is left follows it. StoreUnavailable."""
        if self._chunks is None:
            content = data[: self._left]
            taken = len(content)
            self._left -= taken
        else:
            content, taken = self._chunks.feed(data)
            self.is_broken = self._chunks.is_broken
            self._frame(data if self.is_broken else data[:taken])
        part = content[: self._limit - len(self._kept)]
        self._take(len(part))
        self._kept += part
        self._dropped += len(content) - len(part)
        self.is_broken = self.is_broken or self._dropped > MOST_DROPPED
        return data[taken:]

    def end(self) -> tuple[bytes, bytes | None]:
        """What is held, and of chunks the bytes as they came, if there are not too many. The budget has them back."""
        self._budget.give_back(self._held)
        self._held = 0
        return bytes(self._kept), None if self._framing is None else bytes(self._framing)

    def _frame(self, data: bytes) -> None:
        if self._framing is None:
            return
        if len(self._framing) + len(data) > MOST_FRAMING:
            self._framing = None
        else:
            self._take(len(data))
            self._framing += data

    def _take(self, count: int) -> None:
        self._budget.take(count)
        self._held += count
