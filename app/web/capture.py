"""The front door: any method, any sub-path, any body, kept byte for byte before the answer leaves (P1, P2).

Nothing here raises for what a sender does. What cannot be stored is answered 503, so that the provider's own
fallback fires; an unknown key is 404 and counted.
"""

import asyncio
from contextlib import suppress
from datetime import datetime
from functools import partial
from typing import Any

from aiohttp import web

from .. import clock, keys
from ..domain.captures import Outcome, RawRequest, Role
from ..errors import NotFound, StoreUnavailable
from ..log import get_log
from ..services.intake import keep
from .answering import NOT_FOUND, UNAVAILABLE, send
from .bodies import Body, Room, invite, read_at_once, read_body
from .urls import peer_of

RETRY_AFTER_S = 5
_ROLES = {role.value: role for role in Role}

_log = get_log("capture")
_room = Room()


def role_of(tail: str) -> Role:
    """The role named by the first segment after the key, exactly and in lower case; anything else is primary."""
    segment = tail[1:].partition("/")[0]
    return _ROLES.get(segment, Role.PRIMARY)


async def routed(request: web.Request) -> web.StreamResponse:
    """The same door for a capture path that only the router recognises (a percent-encoded key)."""
    return await receive(request, request.app, request.match_info["key"], request.match_info["tail"])


async def receive(request: web.Request, app: web.Application, key: str, tail: str) -> web.StreamResponse:
    """One request to a capture URL, from its head to the outcome of its answer."""
    received_at, since = clock.now(), clock.ticks()
    metrics = app[keys.METRICS]
    try:
        keyring = app[keys.KEYRING]
        bin = keyring.known(key) or await keyring.find(key)
        if bin is None:
            raise NotFound("No bin has this key.")
        body = await _body(request, app)
        role = role_of(tail)
        raw = _raw(request, app, body, received_at)
        stamp, answer = await keep(app[keys.STORE], app[keys.HUB], bin, role, raw)
    except NotFound:
        metrics.unknown_key += 1
        return (await send(request, NOT_FOUND, n=None, since=since))[0]
    except Exception as error:
        metrics.unavailable += 1
        if not isinstance(error, StoreUnavailable):
            _log.exception("capture.failed")
        return (await send(request, UNAVAILABLE, n=None, since=since, retry_after=RETRY_AFTER_S))[0]
    metrics.stored(role, clock.ticks() - since)
    metrics.incomplete += not body.complete
    sent, outcome = await send(request, answer, n=stamp.n, since=since)
    _note(app, bin.id, stamp.n, outcome)
    return sent


async def _body(request: web.Request, app: web.Application) -> Body:
    limit = app[keys.SETTINGS].max_body
    body = read_at_once(request.content, limit)
    if body is not None:
        return body
    invite(request)
    return await read_body(request.content, limit, _room)


def _raw(request: web.Request, app: web.Application, body: Body, received_at: datetime) -> RawRequest:
    target = request.raw_path
    if not target.isascii():
        # One character a byte, whatever the bytes are.
        target = target.encode("utf-8", "surrogateescape").decode("latin-1")
    direct = request.remote or "unknown"
    settings = app[keys.SETTINGS]
    forwarded = request.headers.getall("X-Forwarded-For", None) if settings.trusted_proxies else None
    return RawRequest(
        method=request.method,
        target=target,
        http_version=f"{request.version.major}.{request.version.minor}",
        headers=request.raw_headers,
        body=body.data,
        body_complete=body.complete,
        peer=peer_of(settings, direct, ", ".join(forwarded or ())),
        received_at=received_at,
    )


def _note(app: web.Application, bin_id: str, n: int, outcome: Outcome) -> None:
    """Queue the outcome; the answer is out, so nobody waits for it and nothing depends on it."""
    with suppress(StoreUnavailable):
        future = app[keys.STORE].set_outcome(bin_id, n, outcome)
        future.add_done_callback(partial(_noted, app, bin_id))


def _noted(app: web.Application, bin_id: str, future: "asyncio.Future[Any]") -> None:
    if not future.cancelled() and future.exception() is None:
        app[keys.HUB].ring(bin_id)
