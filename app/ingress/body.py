"""Collects the body of a capture, which may be large, slow, truncated or endless: what arrived is kept, within
limits."""

from ..errors import StoreUnavailable
from .chunked import Chunks
from .head import RequestHead

# The time limit of a body.
BODY_S = 29.0
# Bytes over the limit are read and dropped, so that the sender still receives the answer; within these limits.
DROP_S = 10.0
MAX_DROPPED = 64 << 20
# The raw bytes of a chunked body are stored next to the decoded content, up to this size.
MAX_FRAMING = 64 << 10


class MemoryBudget:
    """A limit on the memory for incomplete requests, over all senders."""

    def __init__(self, size: int) -> None:
        self.size = size
        self.used = 0

    def reserve(self, count: int) -> None:
        """Reserve bytes. Raises StoreUnavailable when the budget is exceeded."""
        if self.used + count > self.size:
            raise StoreUnavailable("Too many large requests are arriving at the same time.")
        self.used += count

    def release(self, count: int) -> None:
        """Release reserved bytes."""
        self.used -= count


class Body:
    """The body that follows a head. At most `limit` bytes of it are kept."""

    def __init__(self, head: RequestHead, limit: int, budget: MemoryBudget) -> None:
        self._remaining = head.length
        self._chunks = Chunks() if head.chunked else None
        self._framing: bytearray | None = bytearray() if head.chunked and limit else None
        self._limit = limit
        self._budget = budget
        self._reserved = 0
        self._kept = bytearray()
        self._dropped = 0

    @property
    def is_broken(self) -> bool:
        """Whether it is not valid, so that its end is unknown."""
        return self._chunks is not None and self._chunks.is_broken

    @property
    def is_given_up(self) -> bool:
        """Whether more than `MAX_DROPPED` bytes were dropped."""
        return self._dropped > MAX_DROPPED

    @property
    def is_received(self) -> bool:
        """Whether its last byte has arrived."""
        return self._remaining == 0 if self._chunks is None else self._chunks.is_done

    @property
    def is_complete(self) -> bool:
        """Whether it has arrived and is kept completely."""
        return self.is_received and not self._dropped

    @property
    def is_too_long(self) -> bool:
        """Whether a part of it was dropped."""
        return self._dropped > 0

    def feed(self, data: bytes) -> bytes:
        """Consume bytes of the body; returns the others. They follow the body if it is received; if it is neither that
        nor broken, they belong to it and are for the next turn of the event loop. Raises StoreUnavailable."""
        if self._chunks is None:
            content = data[: self._remaining]
            consumed = len(content)
            self._remaining -= consumed
        else:
            content, consumed = self._chunks.feed(data)
            self._frame(data[:consumed])
        part = content[: self._limit - len(self._kept)]
        self._reserve(len(part))
        self._kept += part
        self._dropped += len(content) - len(part)
        return data[consumed:]

    def end(self) -> tuple[bytes, bytes | None]:
        """The kept content, and the raw bytes of a chunked body if they are not too long. Releases the memory."""
        self._budget.release(self._reserved)
        self._reserved = 0
        return bytes(self._kept), None if self._framing is None else bytes(self._framing)

    def end_broken(self) -> bytes:
        """The bytes of a broken body as they came; without the framing of the chunks before if it is too long. Releases
        the memory."""
        content, framing = self.end()
        assert self._chunks is not None  # only chunks can be broken
        return content + self._chunks.line if framing is None else framing

    def _frame(self, data: bytes) -> None:
        if self._framing is None:
            return
        if len(self._framing) + len(data) > MAX_FRAMING:
            self._framing = None
        else:
            self._reserve(len(data))
            self._framing += data

    def _reserve(self, count: int) -> None:
        self._budget.reserve(count)
        self._reserved += count
