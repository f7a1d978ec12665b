"""The bytes of a connection that belong to no request in hand yet: pipelined requests, or the beginning of a head."""

import re

from .body import MemoryBudget
from .head import MAX_BYTES

# A budget does not count fewer.
FREE = 8 << 10
_BLANK = 0x20

# How a request begins: a method and a blank, then the rest of its line; and how a head ends whose lines do not end as
# they should.
_METHOD = re.compile(rb"[!#$%&'*+.^_`|~0-9A-Za-z-]*")
_LINE = re.compile(rb"[^\r\n]*")
_BARE_END = re.compile(rb"\n\r?\n")


class Buffer:
    """Filled as bytes come; whole heads are taken from its beginning."""

    def __init__(self) -> None:
        self._bytes = bytearray()
        # How far the end of a head was looked for.
        self._searched = 0
        # How far it looks like a request, and what is expected there.
        self._checked = 0
        self._next = _METHOD
        # Which budget knows of how many of the bytes.
        self._budget: MemoryBudget | None = None
        self._charged = 0

    def __len__(self) -> int:
        return len(self._bytes)

    def add(self, data: bytes) -> None:
        """These bytes have come."""
        self._bytes += data

    def take_all(self) -> bytes:
        """All of it, which then is no longer here."""
        data = bytes(self._bytes)
        self.clear()
        return data

    def clear(self) -> None:
        """Forget all of it."""
        self._bytes.clear()
        self._start_over()
        if self._budget is not None:
            self._budget.release(self._charged)
            self._budget, self._charged = None, 0

    def peek(self, count: int) -> bytes:
        """The first bytes."""
        return bytes(self._bytes[:count])

    def drop_empty_lines(self) -> None:
        """Before a request line they belong to no request."""
        if self._bytes and self._bytes[0] in b"\r\n":
            del self._bytes[: len(self._bytes) - len(self._bytes.lstrip(b"\r\n"))]
            self._start_over()

    def find_head(self) -> int | None:
        """How many bytes the head has, its empty line included; None: it has not come whole, or is too long."""
        end = self._bytes.find(b"\r\n\r\n", self._searched) + 4
        if end >= 4:
            return end if end <= MAX_BYTES else None
        self._searched = max(0, len(self._bytes) - 3)
        return None

    @property
    def is_new(self) -> bool:
        """The end of a head has not been looked for yet."""
        return self._searched == 0

    @property
    def is_too_long(self) -> bool:
        """For one head."""
        return len(self._bytes) > MAX_BYTES

    @property
    def is_invalid(self) -> bool:
        """It begins no request, or the lines of its head do not end with CR LF. Each byte is looked at once."""
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
        # The line feed, and the return behind it, may be the last bytes so far.
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
        """Let a budget know of the bytes: the first one that is given, as long as there are any. StoreUnavailable."""
        count = len(self._bytes)
        if count <= FREE or count == self._charged:
            return
        budget = self._budget or budget
        budget.reserve(count - self._charged)
        self._budget, self._charged = budget, count
