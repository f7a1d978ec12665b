"""One TCP connection, with the defences that aiohttp leaves to others: a deadline for the head, a cap on connections,
an answer for senders that half-close, and a constant page for what the parser refuses.

And the short way of a capture: aiohttp runs one task a connection and starts another one a request, which costs more
than keeping the capture. A request that has arrived whole is handed to the front door without either: aiohttp's loop
begins with the first request that takes the long way. Where it has begun its waiter is parked meanwhile, so that for
aiohttp the connection is simply busy, and given back when the answer is out.

It leans on private names of aiohttp (`_messages`, `_waiter`, `_task_handler`, `_request_in_progress`,
`_handler_waiter`, `_ErrInfo`, what `connection_made` does); the dependency is pinned to one minor series;
`tests/web/test_connection.py` and `test_visits.py` notice when they move.
"""

import asyncio
from collections.abc import Callable
from typing import Any, Protocol, cast

from aiohttp import StreamReader, web
from aiohttp.http_exceptions import PayloadEncodingError
from aiohttp.http_parser import RawRequestMessage
from aiohttp.tcp_helpers import tcp_keepalive
from aiohttp.web_protocol import RequestHandler, _ErrInfo

from ..tasks import lifelong

# A sender that closes its half so soon after its request still listens; later, it has hung up.
LISTENS_S = 0.25
HEAD_S = 10.0
IDLE_S = 75.0

_SAFE = {"Content-Security-Policy": "sandbox; default-src 'none'", "X-Content-Type-Options": "nosniff"}
_END = (
    b"Connection: close\r\nContent-Length: 0\r\n%s\r\n"
    % "".join(f"{name}: {value}\r\n" for name, value in _SAFE.items()).encode()
)
_TOO_MANY = b"HTTP/1.1 503 Service Unavailable\r\nRetry-After: 5\r\n" + _END
_TOO_SLOW = b"HTTP/1.1 408 Request Timeout\r\n" + _END


class _Constant(web.Response):
    """An answer that does not tell which software at which version gives it."""

    async def _prepare_headers(self) -> None:
        await super()._prepare_headers()
        self.headers.pop("Server", None)


class Visit(Protocol):
    """A request that is served without aiohttp's loop. It ends with `Connection.visited`."""

    def begin(self) -> None:
        """Never raises, never waits."""


class Front(Protocol):
    """What a connection needs of its server."""

    def visit(self, connection: "Connection", message: RawRequestMessage, content: StreamReader) -> Visit | None:
        """The short way, when this request may take it."""


class Connection(RequestHandler):
    """Made by `FrontServer`, one a connection."""

    __slots__ = (
        "_begun",
        "_body",
        "_front",
        "_half_closed",
        "_head_timer",
        "_heard_at",
        "_left",
        "_parked",
        "_visiting",
    )

    def __init__(self, front: Any, **options: Any) -> None:
        self._front = front
        self._head_timer: asyncio.TimerHandle | None = None
        self._body: Any = None
        self._half_closed = False
        # aiohttp's loop has begun.
        self._begun = False
        # A visit is under way; and the waiter of aiohttp's loop meanwhile.
        self._visiting = False
        self._parked: asyncio.Future[None] | None = None
        # When the last whole head had come; and who wants to know when the sender hangs up.
        self._heard_at = 0.0
        self._left: Callable[[], None] | None = None
        super().__init__(front, **options)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Start the clock for the first head; refuse at once when there are too many of us."""
        # What aiohttp does, without the task of its loop; TCP_NODELAY is set by ours.
        self.transport = cast(asyncio.Transport, transport)
        self._front.connection_made(self, transport)
        self._expect_another()
        if len(self._front.connections) > self._front.max_connections:
            self._front.metrics.refused_connections += 1
            assert self.transport is not None
            self.transport.write(_TOO_MANY)
            self.force_close()
            return
        self._start_head_timer()

    def connection_lost(self, exc: BaseException | None) -> None:
        """The clock goes with the connection, and aiohttp's loop ends with it."""
        self._stop_head_timer()
        if self._parked is not None:
            self._waiter, self._parked = self._parked, None
        self._visiting = False
        super().connection_lost(exc)
        if self._left is not None:
            self._left()

    def data_received(self, data: bytes) -> None:
        """Time the heads, from their first byte to their last; then serve what came."""
        waiting = len(self._messages)
        # aiohttp would wake its loop for any message; we look first.
        idle, self._waiter = self._waiter, None
        try:
            super().data_received(data)
        finally:
            self._waiter = idle
        if len(self._messages) > waiting:
            self._stop_head_timer()
            self._heard_at = self._loop.time()
            message, body = self._messages[-1]
            if isinstance(message, _ErrInfo):
                self._break_off("The sender's next chunk is none.")
            else:
                self._body = body
        elif self._head_timer is None and not self._request_in_progress and not self._messages:
            self._start_head_timer()
        if self._messages and self._is_idle:
            self._serve()

    def resume_reading(self, resume_parser: bool = True) -> None:
        """aiohttp's reader asks after every body, and would run the parser on nothing; only a pause can be ended."""
        if self._reading_paused or self._buffer_paused:
            super().resume_reading(resume_parser)

    def visited(self, *, stay: bool) -> None:
        """The answer to a visit is out: what aiohttp's loop does between two requests."""
        self._request_in_progress = False
        if self._handler_waiter is not None:
            self._handler_waiter.set_result(None)
        if not self._visiting:
            return  # the connection was lost meanwhile
        self._visiting = False
        self._waiter, self._parked = self._parked, None
        if not stay or self._close or self._force_close:
            if self._waiter is not None:
                self._waiter.cancel()
            if self.transport is not None:
                self.transport.close()
            return
        self._expect_another()
        if self._messages:
            self._serve()

    def watch(self, left: Callable[[], None] | None) -> None:
        """Somebody lets the sender wait on purpose, and wants to know when it hangs up."""
        self._left = left
        if left is not None and (self.transport is None or self.transport.is_closing()):
            left()

    def eof_received(self) -> bool | None:  # type: ignore[override]  # asyncio takes a bool here
        """A sender that closes its half after a request still listens: answer, then close. One that closes it while
        it is kept waiting has had enough."""
        if self._left is not None and self._loop.time() - self._heard_at > LISTENS_S:
            self._left()
            return None
        if self._is_idle and not self._request_in_progress and not self._messages:
            return None
        self._half_closed = True
        self._close = not self._messages
        self._break_off("The sender stopped in the middle of the body.")
        return True

    def begin(self) -> None:
        """A request is about to be handled: after a half-close the last one that came whole ends the connection."""
        if self._half_closed and not self._messages:
            self._close = True

    def _break_off(self, why: str) -> None:
        """The body that is being read will never be whole; who reads it should hear that now."""
        if self._body is not None and not self._body.is_eof() and self._body.exception() is None:
            self._body.set_exception(PayloadEncodingError(why))

    def handle_error(
        self,
        request: Any,  # noqa: ARG002
        status: int = 500,
        exc: BaseException | None = None,
        message: str | None = None,  # noqa: ARG002
    ) -> web.StreamResponse:
        """A constant page: aiohttp's own quotes the request back."""
        if status == 400:
            self._front.metrics.refused_by_parser += 1
        elif exc is not None:
            self._front.failed(exc)
        text = "Bad request\n" if status < 500 else "Something broke; the log has the details.\n"
        response = _Constant(status=status, text=text, headers=_SAFE)
        response.force_close()
        return response

    @property
    def _is_idle(self) -> bool:
        """Nobody works on a request: aiohttp's loop waits, or has not begun."""
        if not self._begun:
            return not self._visiting
        return self._waiter is not None and not self._waiter.done()

    def _serve(self) -> None:
        """The short way for one whole request; anything else, a pipeline too, is for aiohttp's loop."""
        message, content = self._messages[0]
        visit = None
        # Parked before the body is read: reading may make aiohttp parse on, through `data_received`.
        self._visiting, self._waiter, self._parked = True, None, self._waiter
        if len(self._messages) == 1 and not self._upgraded and isinstance(message, RawRequestMessage):
            visit = self._front.visit(self, message, content)
        if visit is None:
            self._visiting, self._waiter, self._parked = False, self._parked, None
            self._go_the_long_way()
            return
        self._messages.popleft()
        if self._parser is not None:
            self._parser.message_consumed()
        self._request_in_progress = True
        self.begin()
        visit.begin()

    def _go_the_long_way(self) -> None:
        if self._waiter is not None:
            self._waiter.set_result(None)
        else:
            assert self.transport is not None  # it has just said something
            self._begun = True
            tcp_keepalive(self.transport)
            self._task_handler = lifelong(self.start(), name="connection")

    def _expect_another(self) -> None:
        """As long as aiohttp lets a connection wait."""
        self._next_keepalive_close_time = self._loop.time() + self._keepalive_timeout
        if self._keepalive_handle is None:
            self._keepalive_handle = self._loop.call_at(self._next_keepalive_close_time, self._process_keepalive)

    def _process_keepalive(self) -> None:
        """aiohttp's asks its loop, which may not have begun."""
        super()._process_keepalive()
        if self._keepalive_handle is None and not self._begun and self._is_idle and not self._messages:
            self.force_close()

    def _start_head_timer(self) -> None:
        if self._head_timer is None:
            self._head_timer = self._loop.call_later(HEAD_S, self._head_is_late)

    def _stop_head_timer(self) -> None:
        if self._head_timer is not None:
            self._head_timer.cancel()
            self._head_timer = None

    def _head_is_late(self) -> None:
        self._head_timer = None
        if self._request_in_progress or self._messages or self._payload_parser is not None:
            return
        if self.transport is not None:
            self.transport.write(_TOO_SLOW)
        self.force_close()
