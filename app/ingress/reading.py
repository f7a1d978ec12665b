"""Reading the head of a request: its line, then its header lines.

Senders repeat themselves: the heads of two callbacks of one provider are often the same to the byte, or were a moment
ago. So heads are remembered, which saves most of what reading costs.
"""

from functools import lru_cache
from typing import NamedTuple

from .head import NotHttp, RequestHead, read_head
from .paths import CapturePaths, RequestLine

# Longer heads are not remembered, and not more than so many: at most half a megabyte.
MAX_CACHED_BYTES = 1_024
MAX_CACHED_HEADS = 512

NO_LINE = "its first line is not “METHOD target HTTP/1.1”"


class ParsedHead(NamedTuple):
    """`line` None: it is no request line, and names no bin. `head` None: it is not valid; `why` says why."""

    line: RequestLine | None
    head: RequestHead | None
    why: str = ""


class HeadReader:
    """Of a server below one base path."""

    def __init__(self, paths: CapturePaths) -> None:
        self._paths = paths
        self._remembered = lru_cache(maxsize=MAX_CACHED_HEADS)(self._read)

    def read(self, data: bytes) -> ParsedHead:
        """A head with its empty line."""
        return self._remembered(data) if len(data) <= MAX_CACHED_BYTES else self._read(data)

    def _read(self, data: bytes) -> ParsedHead:
        line = self._paths.read(data)
        if line is None or line.version is None:
            return ParsedHead(line, None, NO_LINE)
        try:
            return ParsedHead(line, read_head(line.version, data[line.end :]))
        except NotHttp as error:
            return ParsedHead(line, None, str(error))
