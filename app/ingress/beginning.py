"""What a request is, when its head has come: a capture, a page, or neither; and what becomes of it then."""

import re
from typing import Protocol

from .. import clock
from ..domain.bins import Bin
from .answering import NOT_FOUND
from .arriving import Arrival, Broken, raw_of
from .arriving import Connection as Arriving
from .capture import Capture, refuse
from .head import MOST_BYTES, Head
from .pages import Page, PageHandler
from .paths import Line
from .serving import Serving

# A page's body; aiohttp's handlers are quicker to say that it took too long.
PAGE_BODY_S = 40.0
FOREVER = float("inf")

_END = (
    b"Connection: close\r\nContent-Security-Policy: sandbox; default-src 'none'\r\nX-Content-Type-Options: nosniff\r\n"
    b"Content-Type: text/plain; charset=utf-8\r\nContent-Length: %d\r\n\r\n%s"
)
BAD = b"HTTP/1.1 400 Bad Request\r\n" + _END % (12, b"Bad request\n")
NOT_THERE = b"HTTP/1.1 404 Not Found\r\n" + _END % (10, b"Not found\n")
TOO_SLOW = b"HTTP/1.1 408 Request Timeout\r\n" + _END % (0, b"")
TOO_LARGE = b"HTTP/1.1 431 Request Header Fields Too Large\r\n" + _END % (0, b"")
TOO_MANY = b"HTTP/1.1 503 Service Unavailable\r\nRetry-After: 5\r\n" + _END % (0, b"")

UNFINISHED = "its headers do not end"
TOO_LONG = f"its headers are longer than {MOST_BYTES >> 10} KiB"
BARE = "it has line breaks without CR"
_NO_LENGTH = "it has a body, but no Content-Length"

# Of pages no path is longer, or deeper. aiohttp's router takes the square of both: half a second for 60,000 slashes.
MOST_PATH, MOST_SLASHES = 32 << 10, 64

# aiohttp's.
_VERSIONS = (b"1.0", b"1.1")
# Methods that come with a body; and bytes behind a head that begin no request.
_WITH_BODY = frozenset({b"POST", b"PUT", b"PATCH"})
_IS_BODY = re.compile(rb"(?!\s*[!#$%&'*+.^_`|~0-9A-Za-z-]+ )[^\r\n]")
# aiohttp fails to repeat it in its refusal.
_ODD_EXPECT = re.compile(rb"(?im)^expect:[^\r\n]*[\x80-\xff]")

Hand = Arrival | Broken | Capture | Page


class Connection(Arriving, Protocol):
    """What a request needs of its connection in order to begin."""

    since: float
    trusted: bool
    hand: Hand | None
    """The request in hand."""

    def handler(self) -> PageHandler:
        """aiohttp's end of it."""

    def came_whole(self) -> None:
        """The page in hand has no deadline any more."""

    def end(self, words: bytes) -> None:
        """Say this, and close."""


def begin(serving: Serving, connection: Connection, data: bytes, end: int) -> None:
    """A request whose head is `data[:end]`. What follows is its body, or the next request."""
    line, head, why = serving.reader.read(data[:end])
    if line is None:
        _refuse(serving, connection, BAD)
    elif line.key is None:
        _begin_page(serving, connection, line, head, data, end)
    else:
        if head is not None and _lacks_length(line, head, data, end):
            head, why = None, _NO_LENGTH
        bin = serving.captures.keyring.known(line.key)
        if bin is not None and head is not None:
            _begin_capture(serving, connection, line, head, bin, data, end)
        elif bin is not None:
            _keep_broken(serving, connection, line, bin, data, why, ended=False)
        elif head is not None:
            _begin_unknown(serving, connection, line, head, data, end)
        else:
            _refuse(serving, connection, BAD)


def _lacks_length(line: Line, head: Head, data: bytes, end: int) -> bool:
    if line.method not in _WITH_BODY or head.has_body or _IS_BODY.match(data, end) is None:
        return False
    # Behind a length of 0 stands the next request, of which perhaps only half a word has come.
    return b"content-length" not in head.lines.lower()


def begin_broken(
    serving: Serving, connection: Connection, data: bytes, why: str, otherwise: bytes, *, ended: bool = False
) -> None:
    """Bytes that are not valid HTTP: kept where they belong to a bin; else `otherwise` is said. `ended`: there are
    no more of them."""
    found = find_bin(serving, data)
    if found is None:
        _refuse(serving, connection, otherwise)
    else:
        _keep_broken(serving, connection, *found, data, why, ended=ended)


def find_bin(serving: Serving, data: bytes) -> tuple[Line, Bin] | None:
    """The bin that the beginning of a request names, and its line."""
    line = serving.paths.read(data)
    bin = None if line is None or line.key is None else serving.captures.keyring.known(line.key)
    return None if line is None or bin is None else (line, bin)


def _begin_capture(
    serving: Serving, connection: Connection, line: Line, head: Head, bin: Bin, data: bytes, end: int
) -> None:
    captures = serving.captures
    if head.chunked or head.length > min(len(data) - end, captures.max_body):
        arrival = Arrival(captures, connection, serving.of_captures, bin, line, head)
        connection.hand = arrival
        if end == len(data):
            arrival.invite()
        arrival.feed(data[end:])
        return
    # The usual capture: all of it came at once.
    received_at, since = clock.now(), clock.ticks()
    stop = end + head.length
    if stop < len(data):
        connection.hold(data[stop:])
    raw = raw_of(
        captures, connection.address, line, head, data[end:stop], complete=True, framing=None, received_at=received_at
    )
    connection.take(Capture(captures, connection, bin, line.role, raw, head.keep_alive, since))


def _begin_unknown(serving: Serving, connection: Connection, line: Line, head: Head, data: bytes, end: int) -> None:
    serving.captures.metrics.unknown_key += 1
    stays = head.keep_alive and not head.has_body
    if stays:
        connection.hold(data[end:])
    refuse(connection, NOT_FOUND, line, keep_alive=stays)


def _keep_broken(
    serving: Serving, connection: Connection, line: Line, bin: Bin, data: bytes, why: str, *, ended: bool
) -> None:
    broken = Broken(serving.captures, connection, serving.of_captures, bin, line, why)
    connection.hand = broken
    broken.begin(data, ended=ended)


def _begin_page(serving: Serving, connection: Connection, line: Line, head: Head | None, data: bytes, end: int) -> None:
    # We are no proxy, and what follows a CONNECT would be no request.
    if head is None or line.version not in _VERSIONS or line.method == b"CONNECT" or _ODD_EXPECT.search(head.lines):
        _refuse(serving, connection, BAD)
        return
    if connection.transport is None:
        return  # the client is gone
    path = line.target.partition(b"?")[0]
    if len(path) > MOST_PATH or path.count(b"/") > MOST_SLASHES:
        connection.end(NOT_THERE)
        return
    # A WebSocket, for as long as it lives.
    is_tunnel = head.upgrade and line.method == b"GET"
    connection.since = clock.ticks()
    connection.deadline = FOREVER if is_tunnel else connection.since + PAGE_BODY_S
    page = Page(connection, connection.handler(), head, serving.of_others, is_tunnel=is_tunnel, refusal=BAD)
    connection.hand = page
    page.begin(data[:end], data[end:])


def _refuse(serving: Serving, connection: Connection, words: bytes) -> None:
    serving.captures.metrics.refused_by_parser += 1
    connection.end(words)
