"""Parses the head of a request: the request line, then the header lines.

Parsed heads are cached: the heads of two callbacks of one provider are often identical, which saves most of the
cost.
"""

from functools import lru_cache
from typing import NamedTuple

from .head import NotHttp, RequestHead, read_head
from .paths import CapturePaths, RequestLine

# Longer heads are not cached. Together with the number of cached heads this limits the cache to half a megabyte.
MAX_CACHED_BYTES = 1_024
MAX_CACHED_HEADS = 512

NO_LINE = "its first line is not “METHOD target HTTP/1.1”"


class ParsedHead(NamedTuple):
    """`line` None: no valid request line, and no capture URL. `head` None: the head is invalid, and `why` is the
    reason."""

    line: RequestLine | None
    head: RequestHead | None
    why: str = ""


class HeadReader:
    """Parses heads for a server with this base path."""

    def __init__(self, paths: CapturePaths) -> None:
        self._paths = paths
        self._remembered = lru_cache(maxsize=MAX_CACHED_HEADS)(self._read)

    def read(self, data: bytes) -> ParsedHead:
        """Parse a head that ends with its empty line."""
        return self._remembered(data) if len(data) <= MAX_CACHED_BYTES else self._read(data)

    def _read(self, data: bytes) -> ParsedHead:
        line = self._paths.read(data)
        if line is None or line.version is None:
            return ParsedHead(line, None, NO_LINE)
        try:
            return ParsedHead(line, read_head(line.version, data[line.end :]))
        except NotHttp as error:
            return ParsedHead(line, None, str(error))
