"""Alive, ready, and the numbers."""

import asyncio
import json

from aiohttp import web

from .. import __version__, clock, keys
from ..errors import StoreUnavailable
from ..storage import COMMIT_WAIT_S

# Tells one running server from another: whether the public URL leads here. It says nothing else.
INSTANCE = clock.new_id()


async def alive(request: web.Request) -> web.StreamResponse:  # noqa: ARG001
    """The process answers; nothing is touched."""
    return _json({"status": "ok", "version": __version__, "instance": INSTANCE}, 200)


async def ready(request: web.Request) -> web.StreamResponse:
    """A write works right now; `disk` says "low" while there is still time to make room."""
    store = request.app[keys.STORE]
    try:
        async with asyncio.timeout(COMMIT_WAIT_S):
            await store.probe()
    except (StoreUnavailable, TimeoutError) as error:
        health = store.health()
        return _json({"status": "unavailable", "store": health.state, "reason": health.reason or str(error)}, 503)
    return _json({"status": "ok", "store": "ok", "disk": "low" if request.app[keys.DISK].low else "ok"}, 200)


async def metrics(request: web.Request) -> web.StreamResponse:
    """Prometheus text."""
    return web.Response(
        body=request.app[keys.METRICS].text(),
        headers={"Content-Type": "text/plain; version=0.0.4; charset=utf-8"},
    )


async def robots(request: web.Request) -> web.StreamResponse:  # noqa: ARG001
    """Nothing here is for search engines."""
    return web.Response(text="User-agent: *\nDisallow: /\n")


def _json(value: dict[str, str], status: int) -> web.Response:
    headers = {} if status == 200 else {"Retry-After": "5"}
    return web.Response(
        status=status, body=json.dumps(value).encode(), content_type="application/json", headers=headers
    )
