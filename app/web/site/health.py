"""Health checks, metrics and robots.txt."""

import json
from collections.abc import Mapping

from aiohttp import web

from ... import __version__, keys
from ...errors import StoreUnavailable


async def alive(request: web.Request) -> web.StreamResponse:
    """GET /healthz: the process runs; nothing is read or written."""
    return _json({"status": "ok", "version": __version__, "instance": request.app[keys.INSTANCE]}, 200)


async def ready(request: web.Request) -> web.StreamResponse:
    """GET /readyz: a write works now, as large as the largest that was refused lately. The body also has the refused
    captures of the last seconds, and what may fail next."""
    store = request.app[keys.STORE]
    trouble: str | None = None
    try:
        await request.app[keys.PROBING].probe()
    except StoreUnavailable as error:
        trouble = str(error)
    health, ledger_status = store.health(), store.ledger_status()
    body = {
        "status": "ok" if trouble is None else "unavailable",
        "store": health.state if trouble is None or health.state != "ok" else "stopped",
        "reason": health.reason or trouble,
        "stored": health.stored,
        "refused": health.refused,
        "wal_bytes": health.wal_bytes,
        "checkpoint": health.checkpoint,
        "ledger": ledger_status.state,
        "behind": ledger_status.behind,
        "disk": _disk(request.app),
    }
    return _json(body, 200 if trouble is None else 503)


async def metrics(request: web.Request) -> web.StreamResponse:
    """GET /metrics, in the text format of Prometheus."""
    return web.Response(
        body=request.app[keys.METRICS].text(),
        headers={"Content-Type": "text/plain; version=0.0.4; charset=utf-8"},
    )


async def robots(request: web.Request) -> web.StreamResponse:  # noqa: ARG001
    """GET /robots.txt: no crawling."""
    return web.Response(text="User-agent: *\nDisallow: /\n")


def _disk(app: web.Application) -> str | None:
    """None: the data is in a database, whose disk its operator watches."""
    if app[keys.SETTINGS].uses_postgresql:
        return None
    return "low" if app[keys.DISK].low else "ok"


def _json(value: Mapping[str, object], status: int) -> web.Response:
    headers = {} if status == 200 else {"Retry-After": "5"}
    return web.Response(
        status=status, body=json.dumps(value).encode(), content_type="application/json", headers=headers
    )
