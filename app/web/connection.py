"""One TCP connection, with the defences that aiohttp leaves to others: a deadline for the head, a cap on connections,
an answer for senders that half-close, and a constant page for what the parser refuses.

It leans on private names of aiohttp (`_messages`, `_waiter`, `_request_in_progress`, `_ErrInfo`); the dependency is
pinned to one minor series and `tests/web/test_connection.py` notices when they move.
"""

import asyncio
from typing import Any

from aiohttp import web
from aiohttp.http_exceptions import PayloadEncodingError
from aiohttp.web_protocol import RequestHandler, _ErrInfo

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


class Connection(RequestHandler):
    """Made by `FrontServer`, one a connection."""

    __slots__ = ("_body", "_front", "_half_closed", "_head_timer")

    def __init__(self, front: Any, **options: Any) -> None:
        self._front = front
        self._head_timer: asyncio.TimerHandle | None = None
        self._body: Any = None
        self._half_closed = False
        super().__init__(front, **options)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Start the clock for the first head; refuse at once when there are too many of us."""
        super().connection_made(transport)
        if len(self._front.connections) > self._front.max_connections:
            self._front.metrics.refused_connections += 1
            assert self.transport is not None
            self.transport.write(_TOO_MANY)
            self.force_close()
            return
        self._start_head_timer()

    def connection_lost(self, exc: BaseException | None) -> None:
        """The clock goes with the connection."""
        self._stop_head_timer()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Time the heads: from their first byte to their last."""
        waiting = len(self._messages)
        super().data_received(data)
        if len(self._messages) > waiting:
            self._stop_head_timer()
            message, body = self._messages[-1]
            if isinstance(message, _ErrInfo):
                self._break_off("The sender's next chunk is none.")
            else:
                self._body = body
        elif self._head_timer is None and not self._request_in_progress and not self._messages:
            self._start_head_timer()

    def eof_received(self) -> bool | None:  # type: ignore[override]  # asyncio takes a bool here
        """A sender that closes its half after a request still listens: answer, then close."""
        waiter = self._waiter
        busy = self._request_in_progress or self._messages or waiter is None or waiter.done()
        if not busy:
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
