"""Reading for a page or a call ends when the one who asked for it has left.

aiohttp can cancel every handler whose client hangs up (`handler_cancellation`); that would stop writes half-way. So
only requests that change nothing are cancelled here, and the store then interrupts the query that runs. WebSockets look
after themselves (`socket.py`).
"""

import asyncio
import select
from collections.abc import Awaitable, Callable

from aiohttp import web

# Whoever has closed its half of the connection by then has left: TCP cannot tell who still listens.
LOOK_S = 0.25
# Noticed without reading, which aiohttp does not do while it handles a request. Systems without POLLRDHUP (macOS) only
# notice connections that are gone altogether.
_LEFT = getattr(select, "POLLRDHUP", select.POLLHUP)
_READING = frozenset({"GET", "HEAD"})

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@web.middleware
async def end_when_left(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Cancel the handler of a read when the connection is gone."""
    if request.method not in _READING or "Upgrade" in request.headers or request.match_info.route.name == "capture":
        return await handler(request)
    watch = _Watch(request)
    try:
        return await handler(request)
    finally:
        watch.end()


class _Watch:
    """Over the task that handles a request: cancels it when the connection is gone."""

    def __init__(self, request: web.Request) -> None:
        self._request = request
        self._task = asyncio.current_task()
        self._loop = asyncio.get_running_loop()
        self._timer = self._loop.call_later(LOOK_S, self._look)

    def end(self) -> None:
        """The request has been handled."""
        self._timer.cancel()

    def _look(self) -> None:
        if not _has_left(self._request.transport):
            self._timer = self._loop.call_later(LOOK_S, self._look)
        elif self._task is not None:
            self._task.cancel()


def _has_left(transport: asyncio.Transport | None) -> bool:
    if transport is None or transport.is_closing():
        return True
    socket = transport.get_extra_info("socket")
    if socket is None:
        return False
    looking = select.poll()
    looking.register(socket.fileno(), _LEFT)
    return bool(looking.poll(0))
