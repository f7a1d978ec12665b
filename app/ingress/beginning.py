"""Decides how a request is handled when its head has arrived: as a capture, as a page, or not at all."""

import asyncio
import re
from collections.abc import Callable
from functools import partial
from typing import Protocol

from .. import clock
from ..domain.bins import Bin
from ..store import COMMIT_WAIT_S
from .answering import NOT_FOUND, UNAVAILABLE
from .arriving import Arrival, InvalidRequest, raw_of
from .arriving import ArrivalConnection as Arriving
from .capture import CaptureExchange, answer_unkept
from .head import MAX_BYTES, RequestHead
from .pages import Page, PageHandler
from .paths import RequestLine
from .serving import Serving

# The time limit of a page's body. aiohttp's handlers have shorter limits of their own.
PAGE_BODY_S = 40.0
NO_DEADLINE = float("inf")

_END = (
    b"Connection: close\r\nContent-Security-Policy: sandbox; default-src 'none'\r\nX-Content-Type-Options: nosniff\r\n"
    b"Content-Type: text/plain; charset=utf-8\r\nContent-Length: %d\r\n\r\n%s"
)
BAD = b"HTTP/1.1 400 Bad Request\r\n" + _END % (12, b"Bad request\n")
NOT_FOUND_RESPONSE = b"HTTP/1.1 404 Not Found\r\n" + _END % (10, b"Not found\n")
TOO_SLOW = b"HTTP/1.1 408 Request Timeout\r\n" + _END % (0, b"")
TOO_LARGE = b"HTTP/1.1 431 Request Header Fields Too Large\r\n" + _END % (0, b"")
TOO_MANY = b"HTTP/1.1 503 Service Unavailable\r\nRetry-After: 5\r\n" + _END % (0, b"")

HEAD_INCOMPLETE = "its headers do not end"
HEAD_TOO_LONG = f"its headers are longer than {MAX_BYTES >> 10} KiB"
BARE_LINE_BREAKS = "it has line breaks without CR"
_NO_LENGTH = "it has a body, but no Content-Length"

# Limits of a page's path. The time of aiohttp's router is quadratic in both: half a second for 60,000 slashes.
MAX_PATH, MAX_SLASHES = 32 << 10, 64

# The versions that aiohttp supports.
_VERSIONS = (b"1.0", b"1.1")
# Methods that usually have a body; and bytes after a head that do not begin a request.
_WITH_BODY = frozenset({b"POST", b"PUT", b"PATCH"})
_IS_BODY = re.compile(rb"(?!\s*[!#$%&'*+.^_`|~0-9A-Za-z-]+ )[^\r\n]")
# aiohttp raises when it repeats such a value in its error response.
_NON_ASCII_EXPECT = re.compile(rb"(?im)^expect:[^\r\n]*[\x80-\xff]")

Begin = Callable[[bytes], None]
"""Handles the received bytes of a request, from its first one."""


class KeyLookup:
    """A request with a key that is not in memory, while the store is read. Bytes that follow are buffered."""

    bin = None

    def __init__(self, serving: Serving, connection: "RequestConnection", line: RequestLine, begin: Begin) -> None:
        self._serving = serving
        self._connection = connection
        self._line = line
        self._begin = begin

    def done(self, found: "asyncio.Future[None]") -> None:
        """The store was read."""
        if found.cancelled() or found.exception() is not None:
            # Perhaps there is such a bin, so it is not answered that there is none.
            self._serving.captures.metrics.unavailable += 1
            answer_unkept(self._connection, UNAVAILABLE, self._line)
        else:
            self._connection.begin_again(self._begin)


CurrentRequest = Arrival | InvalidRequest | CaptureExchange | Page | KeyLookup


class RequestConnection(Arriving, Protocol):
    """The connection as a new request uses it."""

    since: float
    trusted: bool
    current: CurrentRequest | None
    """The request that is being handled."""

    def handler(self) -> PageHandler:
        """aiohttp's protocol for this connection."""

    def request_complete(self) -> None:
        """The page's request has arrived completely, so it has no deadline any more."""

    def end(self, response: bytes) -> None:
        """Send this response and close the connection."""

    def begin_again(self, begin: Begin) -> None:
        """Handle the current request, whose bytes are buffered, after its key was looked up."""

    def feed(self, data: bytes) -> None:
        """Pass received bytes to the current request."""


def begin(
    serving: Serving, connection: RequestConnection, data: bytes, end: int, *, is_looked_up: bool = False
) -> None:
    """Handle a request whose head is `data[:end]`. What follows is its body, or the next request. `is_looked_up`: if
    the key is not in memory, there is no such bin."""
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
            _keep_invalid(serving, connection, line, bin, data, why, ended=False)
        elif not is_looked_up and serving.captures.lookups is not None:
            again = partial(_begin_looked_up, serving, connection, end)
            _look_up(serving, connection, line, line.key, data, again)
        elif head is not None:
            _begin_unknown(serving, connection, line, head, data, end)
        else:
            _refuse(serving, connection, BAD)


def _lacks_length(line: RequestLine, head: RequestHead, data: bytes, end: int) -> bool:
    if line.method not in _WITH_BODY or head.has_body or _IS_BODY.match(data, end) is None:
        return False
    # With Content-Length 0 the bytes belong to the next request, of which perhaps only a part has arrived.
    return b"content-length" not in head.lines.lower()


def begin_invalid(
    serving: Serving,
    connection: RequestConnection,
    data: bytes,
    why: str,
    fallback_response: bytes,
    *,
    ended: bool = False,
    is_looked_up: bool = False,
) -> None:
    """Handle bytes that are not valid HTTP: store them if they have a capture URL, else send `fallback_response`.
    `ended`: no more bytes will come; `is_looked_up` as in `begin`."""
    line = serving.paths.read(data)
    bin = None if line is None or line.key is None else serving.captures.keyring.known(line.key)
    if line is not None and bin is not None:
        _keep_invalid(serving, connection, line, bin, data, why, ended=ended)
    elif line is None or line.key is None or is_looked_up or serving.captures.lookups is None:
        _refuse(serving, connection, fallback_response)
    else:
        again = partial(_begin_invalid_looked_up, serving, connection, why, fallback_response, ended=ended)
        _look_up(serving, connection, line, line.key, data, again)


def _begin_looked_up(serving: Serving, connection: RequestConnection, end: int, data: bytes) -> None:
    begin(serving, connection, data, end, is_looked_up=True)


def _begin_invalid_looked_up(
    serving: Serving, connection: RequestConnection, why: str, fallback_response: bytes, data: bytes, *, ended: bool
) -> None:
    begin_invalid(serving, connection, data, why, fallback_response, ended=ended, is_looked_up=True)


def _look_up(
    serving: Serving, connection: RequestConnection, line: RequestLine, key: str, data: bytes, again: Begin
) -> None:
    """Read from the store whether there is a bin with this key; then handle the request again."""
    lookups = serving.captures.lookups
    assert lookups is not None
    lookup = connection.current = KeyLookup(serving, connection, line, again)
    connection.deadline = clock.ticks() + COMMIT_WAIT_S
    connection.buffer_rest(data)
    lookups.find(key).add_done_callback(lookup.done)


def find_bin(serving: Serving, data: bytes) -> Bin | None:
    """The bin whose capture URL the bytes begin with, or None."""
    line = serving.paths.read(data)
    return None if line is None or line.key is None else serving.captures.keyring.known(line.key)


def _begin_capture(
    serving: Serving,
    connection: RequestConnection,
    line: RequestLine,
    head: RequestHead,
    bin: Bin,
    data: bytes,
    end: int,
) -> None:
    captures = serving.captures
    if head.chunked or head.length > min(len(data) - end, captures.max_body):
        arrival = Arrival(captures, connection, serving.capture_memory, bin, line, head)
        connection.current = arrival
        if end == len(data):
            arrival.send_100_continue()
        connection.feed(data[end:])
        return
    # The common case: everything has arrived at once.
    received_at, since = clock.now(), clock.ticks()
    stop = end + head.length
    if stop < len(data):
        connection.buffer_rest(data[stop:])
    raw = raw_of(
        captures, connection.address, line, head, data[end:stop], complete=True, framing=None, received_at=received_at
    )
    connection.start_capture(CaptureExchange(captures, connection, bin, line.role, raw, head.keep_alive, since))


def _begin_unknown(
    serving: Serving, connection: RequestConnection, line: RequestLine, head: RequestHead, data: bytes, end: int
) -> None:
    serving.captures.metrics.unknown_key += 1
    stays = head.keep_alive and not head.has_body
    if stays:
        connection.buffer_rest(data[end:])
    answer_unkept(connection, NOT_FOUND, line, keep_alive=stays)


def _keep_invalid(
    serving: Serving, connection: RequestConnection, line: RequestLine, bin: Bin, data: bytes, why: str, *, ended: bool
) -> None:
    broken = InvalidRequest(serving.captures, connection, serving.capture_memory, bin, line, why)
    connection.current = broken
    broken.begin(data, ended=ended)


def _begin_page(
    serving: Serving, connection: RequestConnection, line: RequestLine, head: RequestHead | None, data: bytes, end: int
) -> None:
    # This is not a proxy, and the bytes after a CONNECT would not be a request.
    if (
        head is None
        or line.version not in _VERSIONS
        or line.method == b"CONNECT"
        or _NON_ASCII_EXPECT.search(head.lines)
    ):
        _refuse(serving, connection, BAD)
        return
    if connection.transport is None:
        return  # the client is gone
    path = line.target.partition(b"?")[0]
    if len(path) > MAX_PATH or path.count(b"/") > MAX_SLASHES:
        connection.end(NOT_FOUND_RESPONSE)
        return
    # A WebSocket has no deadline.
    is_tunnel = head.upgrade and line.method == b"GET"
    connection.since = clock.ticks()
    connection.deadline = NO_DEADLINE if is_tunnel else connection.since + PAGE_BODY_S
    page = Page(connection, connection.handler(), head, serving.other_memory, is_tunnel=is_tunnel, refusal=BAD)
    connection.current = page
    page.begin(data[:end])
    connection.feed(data[end:])


def _refuse(serving: Serving, connection: RequestConnection, response: bytes) -> None:
    serving.captures.metrics.refused_by_parser += 1
    connection.end(response)
