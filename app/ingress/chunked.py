"""Decodes chunked bodies (RFC 9112, section 7.1) and finds their end."""

import re
from enum import Enum

# Limits of a chunk-size line with extensions, of all trailer lines together, and of their number.
MAX_LINE = 4_096
MAX_TRAILERS = 64 << 10
MAX_TRAILER_LINES = 256
# Lines that are read in one turn of the event loop. Chunks of one byte would block it for a second otherwise.
LINES_AT_ONCE = 128
_SIZE = re.compile(rb"([0-9A-Fa-f]{1,15})[ \t]*(?:;[^\r\n\0]*)?")
_TRAILER = re.compile(rb"[!#$%&'*+.^_`|~0-9A-Za-z-]+:[^\r\n\0]*")


class _Next(Enum):
    """What is expected next."""

    SIZE = 1
    DATA = 2
    BREAK = 3
    TRAILER = 4
    NOTHING = 5


class Chunks:
    """Decodes one body from parts of any size."""

    def __init__(self) -> None:
        self._next = _Next.SIZE
        # Bytes of the chunk that have not arrived yet.
        self._remaining = 0
        self.line = b""
        """The beginning of an incomplete line, or the line that is not valid."""
        self._trailers = self._trailer_lines = 0
        self.is_broken = False
        """Whether the encoding is invalid, so that the end of the body is unknown."""

    @property
    def is_done(self) -> bool:
        """Whether the body has ended."""
        return self._next is _Next.NOTHING

    def feed(self, data: bytes) -> tuple[bytes, int]:
        """The decoded content of these bytes, and how many of them were read: those of the body, or fewer if they have
        more than `LINES_AT_ONCE` lines."""
        found: list[bytes] = []
        at = lines = 0
        while at < len(data) and lines < LINES_AT_ONCE and not self.is_done and not self.is_broken:
            if self._next is _Next.DATA:
                piece = data[at : at + self._remaining]
                found.append(piece)
                at += len(piece)
                self._remaining -= len(piece)
                if not self._remaining:
                    self._next = _Next.BREAK
            else:
                at = self._read_line(data, at)
                lines += 1
        return b"".join(found), at

    def _read_line(self, data: bytes, at: int) -> int:
        """Read a line, or a part of it; returns the position after it."""
        most = at + MAX_LINE - len(self.line)
        end = data.find(b"\n", at, most)
        stop = min(len(data), most) if end < 0 else end + 1
        self.line += data[at:stop]
        if end < 0:
            self.is_broken = len(self.line) >= MAX_LINE or (self._next is _Next.BREAK and self.line != b"\r")
        elif self.line.endswith(b"\r\n") and self._take(self.line[:-2]):
            self.line = b""
        else:
            self.is_broken = True
        return stop

    def _take(self, line: bytes) -> bool:
        """Handle a complete line; returns whether it is valid here."""
        if self._next is _Next.SIZE:
            size = _SIZE.fullmatch(line)
            if size is None:
                return False
            self._remaining = int(size[1], 16)
            self._next = _Next.DATA if self._remaining else _Next.TRAILER
            return True
        if self._next is _Next.BREAK:
            self._next = _Next.SIZE
            return not line
        if not line:
            self._next = _Next.NOTHING
            return True
        self._trailers += len(line)
        self._trailer_lines += 1
        is_short = self._trailers <= MAX_TRAILERS and self._trailer_lines <= MAX_TRAILER_LINES
        return is_short and _TRAILER.fullmatch(line) is not None
