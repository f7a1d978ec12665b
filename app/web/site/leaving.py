"""A handler that only reads is cancelled when its client disconnects.

aiohttp can cancel every handler whose client hangs up (`handler_cancellation`); that would stop writes half-way. So
only requests that change nothing are cancelled here, and the store then interrupts the query that runs. WebSockets look
after themselves (`socket.py`).
"""

import asyncio
from collections.abc import Awaitable, Callable

from aiohttp import web

from ...ingress.pages import watch

_READING = frozenset({"GET", "HEAD"})

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@web.middleware
async def end_when_left(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Cancel the handler of a GET when its client disconnects."""
    task = asyncio.current_task()
    if request.method not in _READING or "Upgrade" in request.headers or task is None:
        return await handler(request)
    watch(request, task.cancel)
    try:
        return await handler(request)
    finally:
        watch(request, None)
