"""Requests that belong to no bin: passed to aiohttp's own server, one at a time, as they come.

aiohttp's protocol gets the bytes of one request and writes its response to the connection's transport. It says that a
response is out where it would write its access log. Only public names of aiohttp are used.
"""

import asyncio
import logging
from collections.abc import Callable
from typing import Any, Protocol

from aiohttp import web
from aiohttp.abc import AbstractAccessLogger

from ..log import get_log
from .body import Body, Budget
from .head import Head

_SAFE = {"Content-Security-Policy": "sandbox; default-src 'none'", "X-Content-Type-Options": "nosniff"}
# Our connections have deadlines of their own, and may carry captures while aiohttp has nothing to do.
_NEVER_S = 7 * 86_400.0

_log = get_log("server")


class Connection(Protocol):
    """What a page needs of its connection."""

    transport: asyncio.Transport | None
    trusted: bool

    def hold(self, data: bytes) -> None:
        """These bytes follow the request."""

    def watch(self, left: Callable[[], object] | None) -> None:
        """Call this when the client hangs up; None: stop watching."""

    def answered(self, *, stay: bool) -> None:
        """The response is out; `stay`: the next request may follow."""

    def came_whole(self) -> None:
        """The request has no deadline any more."""

    def end(self, words: bytes) -> None:
        """Say this, and close."""


class _ResponseLog(AbstractAccessLogger):
    """Called by aiohttp when a response is out."""

    def log(self, request: web.BaseRequest, response: web.StreamResponse, time: float) -> None:  # noqa: ARG002
        if isinstance(request.protocol, PageHandler) and request.protocol.page is not None:
            request.protocol.page.responded(stay=bool(response.keep_alive))


OPTIONS: dict[str, Any] = {
    # A long filter in a query.
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
    """aiohttp's end of a connection, and the request that it has in hand."""

    __slots__ = ("_full", "page")

    def __init__(self, server: web.Server, *, loop: asyncio.AbstractEventLoop) -> None:
        self.page: Page | None = None
        # Who waits for the peer to read.
        self._full: set[asyncio.Future[None]] = set()
        super().__init__(server, loop=loop, **OPTIONS)

    def resume_writing(self) -> None:
        """The peer has read."""
        super().resume_writing()
        self._wake()

    def connection_lost(self, exc: BaseException | None) -> None:
        """The peer is gone."""
        super().connection_lost(exc)
        self._wake()

    async def drained(self) -> None:
        """Wait while the peer is behind with reading. Each caller waits by itself: one that gives up stops no other."""
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
        """A constant page: aiohttp's own quotes the request back, and names its version."""
        # Who left before the response is no error.
        if status >= 500 and exc is not None and not isinstance(exc, ConnectionError):
            _log.error("request.failed", exc_info=exc)
        text = "Bad request\n" if status < 500 else "Internal error. See the server log for details.\n"
        response = web.Response(status=status, text=text, headers={"Server": "smsbin", **_SAFE})
        response.force_close()
        return response


class Pages:
    """Makes aiohttp's end, where a connection needs one."""

    def __init__(self, server: Callable[[], web.Server]) -> None:
        self._server = server

    def connect(self, transport: asyncio.Transport) -> PageHandler:
        """For one connection, as long as it lives."""
        handler = PageHandler(self._server(), loop=asyncio.get_running_loop())
        handler.connection_made(transport)
        return handler


class Page:
    """One request on its way to aiohttp, until its response is out."""

    def __init__(
        self, connection: Connection, handler: PageHandler, head: Head, budget: Budget, *, is_tunnel: bool,
        refusal: bytes,
    ) -> None:  # fmt: skip
        self._connection = connection
        self._handler = handler
        # Finds the end of the body, and holds none of it. None: whatever comes is aiohttp's.
        self._body = None if is_tunnel else Body(head, 0, budget)
        self._stay = head.keep_alive and not is_tunnel
        self._responded = False
        self._refusal = refusal
        self.wants_more = True
        """What comes next belongs to it."""

    @property
    def is_tunnel(self) -> bool:
        """All that comes belongs to it: a WebSocket."""
        return self._body is None

    def begin(self, head: bytes, data: bytes) -> None:
        """The head, and what came behind it."""
        self._handler.page = self
        self._handler.data_received(head)
        self.feed(data)

    def feed(self, data: bytes) -> None:
        """More bytes, while it `wants_more`."""
        if self._body is None:
            self._pass(data)
            return
        rest = self._body.feed(data)
        if self._body.is_broken:
            # aiohttp would let its handler wait for more, and where the next request begins is unknown.
            self._connection.end(b"" if self._responded else self._refusal)
            return
        self._pass(data[: len(data) - len(rest)])
        if self._body.is_whole:
            self.wants_more = False
            self._connection.hold(rest)
            self._connection.came_whole()
            self._look()

    def responded(self, *, stay: bool) -> None:
        """The response is out."""
        self._responded = True
        self._stay = self._stay and stay
        self._look()

    def trust(self) -> None:
        """Its client has signed in."""
        self._connection.trusted = True

    def watch(self, left: Callable[[], object] | None) -> None:
        """Call this when the client hangs up; None: stop watching."""
        self._connection.watch(left)

    def _pass(self, data: bytes) -> None:
        if data:
            self._handler.data_received(data)

    def _look(self) -> None:
        if self._responded and (self._body is None or not self.wants_more):
            self._handler.page = None
            self._connection.answered(stay=self._stay)


async def drained(request: web.Request) -> None:
    """Wait while the peer is behind with reading what was written to its transport. ConnectionResetError."""
    if isinstance(request.protocol, PageHandler):
        await request.protocol.drained()
    if request.transport is None or request.transport.is_closing():
        raise ConnectionResetError("The peer has left.")


def trust(request: web.Request) -> None:
    """The request carries a good credential: its connection is not closed to make room for others."""
    if isinstance(request.protocol, PageHandler) and request.protocol.page is not None:
        request.protocol.page.trust()


def watch(request: web.Request, left: Callable[[], object] | None) -> None:
    """Call this when the client of a request hangs up; None: stop watching."""
    if isinstance(request.protocol, PageHandler) and request.protocol.page is not None:
        request.protocol.page.watch(left)
