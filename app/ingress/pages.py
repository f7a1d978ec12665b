"""Passes requests without a capture URL to aiohttp's server, one at a time.

aiohttp's protocol gets the bytes of one request and writes the response to the connection's transport. Its access
log is used to learn when a response was sent. Only public names of aiohttp are used.
"""

import asyncio
import logging
from collections.abc import Callable
from typing import Any, Protocol

from aiohttp import web
from aiohttp.abc import AbstractAccessLogger

from .. import clock
from ..log import get_log
from .body import Body, MemoryBudget
from .head import RequestHead

_SAFE = {"Content-Security-Policy": "sandbox; default-src 'none'", "X-Content-Type-Options": "nosniff"}
# Connections have deadlines of their own, and may carry captures while aiohttp is idle.
_NEVER_S = 7 * 86_400.0

_log = get_log("server")


class PageConnection(Protocol):
    """The connection as a page uses it."""

    transport: asyncio.Transport | None
    trusted: bool
    deadline: float

    def buffer_rest(self, data: bytes) -> None:
        """Buffer the bytes that follow the request."""

    def watch(self, on_disconnect: Callable[[], object] | None) -> None:
        """Call `on_disconnect` when the client disconnects; None: stop watching."""

    def answered(self, *, keep_open: bool) -> None:
        """The response was sent; `keep_open`: another request may follow."""

    def request_complete(self) -> None:
        """The request has arrived completely, so it has no deadline any more."""

    def end(self, response: bytes) -> None:
        """Send this response and close the connection."""


class _ResponseLog(AbstractAccessLogger):
    """Called by aiohttp when a response was sent."""

    def log(self, request: web.BaseRequest, response: web.StreamResponse, time: float) -> None:  # noqa: ARG002
        if isinstance(request.protocol, PageHandler) and request.protocol.page is not None:
            request.protocol.page.responded(keep_open=bool(response.keep_alive))


OPTIONS: dict[str, Any] = {
    # A filter in a query may be long.
    "max_line_size": 65_536,
    "max_field_size": 65_536,
    "max_headers": 256,
    "auto_decompress": False,
    "read_bufsize": 65_536,
    "keepalive_timeout": _NEVER_S,
    "lingering_time": 2.0,
    "access_log": logging.getLogger("smsbin.responses"),
    "access_log_class": _ResponseLog,
}


class PageHandler(web.RequestHandler):
    """aiohttp's protocol for a connection, with the current request."""

    __slots__ = ("_full", "page")

    def __init__(self, server: web.Server, *, loop: asyncio.AbstractEventLoop) -> None:
        self.page: Page | None = None
        # Futures of callers that wait until the peer has read.
        self._full: set[asyncio.Future[None]] = set()
        super().__init__(server, loop=loop, **OPTIONS)

    def resume_writing(self) -> None:
        """The write buffer has space again."""
        super().resume_writing()
        self._wake()

    def connection_lost(self, exc: BaseException | None) -> None:
        """The connection is closed."""
        super().connection_lost(exc)
        self._wake()

    async def drained(self) -> None:
        """Wait until the write buffer has space. Each caller has its own future, so that a cancelled one does not
        affect the others."""
        while self.writing_paused and self.transport is not None:
            full = asyncio.get_running_loop().create_future()
            self._full.add(full)
            try:
                await full
            finally:
                self._full.discard(full)

    def _wake(self) -> None:
        for full in self._full:
            if not full.done():
                full.set_result(None)

    def handle_error(
        self,
        request: web.BaseRequest,  # noqa: ARG002
        status: int = 500,
        exc: BaseException | None = None,
        message: str | None = None,  # noqa: ARG002
    ) -> web.StreamResponse:
        """A constant response: aiohttp's own repeats the request and shows its version."""
        # A client that left before the response is not an error.
        if status >= 500 and exc is not None and not isinstance(exc, ConnectionError):
            _log.error("request.failed", exc_info=exc)
        text = "Bad request\n" if status < 500 else "Internal error. See the server log for details.\n"
        response = web.Response(status=status, text=text, headers={"Server": "smsbin", **_SAFE})
        response.force_close()
        return response


class Pages:
    """Creates aiohttp's protocol for connections that need one."""

    def __init__(self, server: Callable[[], web.Server]) -> None:
        self._server = server

    def connect(self, transport: asyncio.Transport) -> PageHandler:
        """The protocol for one connection, for as long as it is open."""
        handler = PageHandler(self._server(), loop=asyncio.get_running_loop())
        handler.connection_made(transport)
        return handler


class Page:
    """One request that is passed to aiohttp, until its response was sent."""

    def __init__(
        self, connection: PageConnection, handler: PageHandler, head: RequestHead, budget: MemoryBudget, *,
        is_tunnel: bool, refusal: bytes,
    ) -> None:  # fmt: skip
        self._connection = connection
        self._handler = handler
        # Finds the end of the body without keeping it. None for a WebSocket: all bytes go to aiohttp.
        self._body = None if is_tunnel else Body(head, 0, budget)
        self._keep_open = head.keep_alive and not is_tunnel
        self._responded = False
        self._refusal = refusal
        self.wants_more = True
        """Whether the next bytes belong to this request."""

    @property
    def is_tunnel(self) -> bool:
        """Whether it is a WebSocket, so that all further bytes belong to it."""
        return self._body is None

    def begin(self, head: bytes) -> None:
        """Handle the head."""
        self._handler.page = self
        self._handler.data_received(head)

    def feed(self, data: bytes) -> bytes:
        """Handle received bytes; call it only while `wants_more`. Returns those that are for the next turn of the event
        loop."""
        if self._body is None:
            self._pass(data)
            return b""
        rest = self._body.feed(data)
        if self._body.is_broken or self._body.is_given_up:
            # aiohttp would make its handler wait for more bytes, and the start of the next request is unknown.
            self._connection.end(b"" if self._responded else self._refusal)
            return b""
        self._pass(data[: len(data) - len(rest)])
        if not self._body.is_received:
            return rest
        self.wants_more = False
        self._connection.buffer_rest(rest)
        self._connection.request_complete()
        self._finish_if_done()
        return b""

    def responded(self, *, keep_open: bool) -> None:
        """The response was sent."""
        self._responded = True
        self._keep_open = self._keep_open and keep_open
        self._finish_if_done()

    def trust(self) -> None:
        """The client has signed in."""
        self._connection.trusted = True

    def watch(self, on_disconnect: Callable[[], object] | None) -> None:
        """Call `on_disconnect` when the client disconnects; None: stop watching."""
        self._connection.watch(on_disconnect)

    def allow(self, seconds: float) -> None:
        """The body may take so long from now."""
        if self.wants_more and not self.is_tunnel:
            self._connection.deadline = clock.ticks() + seconds

    def _pass(self, data: bytes) -> None:
        if data:
            self._handler.data_received(data)

    def _finish_if_done(self) -> None:
        if self._responded and (self._body is None or not self.wants_more):
            self._handler.page = None
            self._connection.answered(keep_open=self._keep_open)


async def drained(request: web.Request) -> None:
    """Wait until the peer has read enough of what was written. Raises ConnectionResetError."""
    if isinstance(request.protocol, PageHandler):
        await request.protocol.drained()
    if request.transport is None or request.transport.is_closing():
        raise ConnectionResetError("The peer has left.")


def trust(request: web.Request) -> None:
    """The request has a valid credential: its connection is not closed to make room for others."""
    if isinstance(request.protocol, PageHandler) and request.protocol.page is not None:
        request.protocol.page.trust()


def allow(request: web.Request, seconds: float) -> None:
    """Let the rest of the body take so long from now; for large files of users who have signed in."""
    if isinstance(request.protocol, PageHandler) and request.protocol.page is not None:
        request.protocol.page.allow(seconds)


def watch(request: web.Request, on_disconnect: Callable[[], object] | None) -> None:
    """Call `on_disconnect` when the client of a request disconnects; None: stop watching."""
    if isinstance(request.protocol, PageHandler) and request.protocol.page is not None:
        request.protocol.page.watch(on_disconnect)
