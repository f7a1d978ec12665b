"""The received bytes that belong to no request yet: pipelined requests, or the beginning of a head."""

import re

from .body import MemoryBudget
from .head import MAX_BYTES

# Smaller buffers are not counted in a memory budget.
FREE = 8 << 10
_BLANK = 0x20

# A request begins with a method and a space, then the rest of the line. A head with bare line feeds ends differently.
_METHOD = re.compile(rb"[!#$%&'*+.^_`|~0-9A-Za-z-]*")
_LINE = re.compile(rb"[^\r\n]*")
_BARE_END = re.compile(rb"\n\r?\n")


class Buffer:
    """Received bytes are appended; complete heads are removed from the beginning."""

    def __init__(self) -> None:
        self._bytes = bytearray()
        # Position up to which the end of a head was searched.
        self._searched = 0
        # Position up to which the bytes look like a request, and the pattern that is expected there.
        self._checked = 0
        self._next = _METHOD
        self.budget: MemoryBudget | None = None
        """The memory budget that counts the bytes, or None."""
        self._charged = 0

    def __len__(self) -> int:
        return len(self._bytes)

    def add(self, data: bytes) -> None:
        """Append received bytes."""
        self._bytes += data

    def take_all(self) -> bytes:
        """Remove and return all bytes."""
        data = bytes(self._bytes)
        self.clear()
        return data

    def clear(self) -> None:
        """Remove all bytes."""
        self._bytes.clear()
        self._start_over()
        if self.budget is not None:
            self.budget.release(self._charged)
            self.budget, self._charged = None, 0

    def peek(self, count: int) -> bytes:
        """The first bytes, without removing them."""
        return bytes(self._bytes[:count])

    def drop_empty_lines(self) -> None:
        """Remove empty lines before a request line; they belong to no request."""
        if self._bytes and self._bytes[0] in b"\r\n":
            del self._bytes[: len(self._bytes) - len(self._bytes.lstrip(b"\r\n"))]
            self._start_over()

    def find_head(self) -> int | None:
        """The length of the head including its empty line; None if it is incomplete or too long."""
        end = self._bytes.find(b"\r\n\r\n", self._searched) + 4
        if end >= 4:
            return end if end <= MAX_BYTES else None
        self._searched = max(0, len(self._bytes) - 3)
        return None

    @property
    def is_new(self) -> bool:
        """Whether the end of a head has not been searched yet."""
        return self._searched == 0

    @property
    def is_too_long(self) -> bool:
        """Whether it is longer than a head may be."""
        return len(self._bytes) > MAX_BYTES

    @property
    def is_invalid(self) -> bool:
        """Whether it does not begin a request, or the lines of its head do not end with CR LF. Each byte is examined
        once."""
        data = self._bytes
        if self._next is _METHOD:
            at = self._match()
            if at == len(data):
                return False
            if not at or data[at] != _BLANK:
                return True
            self._next = _LINE
        if self._next is _LINE:
            at = self._match()
            if len(data) - at < 2:
                return data[at:] == b"\n"
            if data[at : at + 2] != b"\r\n":
                return True
            self._next = _BARE_END
        found = _BARE_END.search(data, self._checked)
        # The last two bytes may be the beginning of the pattern.
        self._checked = max(self._checked, len(data) - 2)
        return found is not None

    def _match(self) -> int:
        match = self._next.match(self._bytes, self._checked)
        self._checked = self._checked if match is None else match.end()
        return self._checked

    def _start_over(self) -> None:
        self._searched = self._checked = 0
        self._next = _METHOD

    def charge(self, budget: MemoryBudget) -> None:
        """Count the bytes in a budget; the first budget is used until the buffer is empty. Raises StoreUnavailable."""
        count = len(self._bytes)
        if count <= FREE or count == self._charged:
            return
        budget = self.budget or budget
        budget.reserve(count - self._charged)
        self.budget, self._charged = budget, count
