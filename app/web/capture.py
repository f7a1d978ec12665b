"""The front door: any method, any sub-path, any body, kept byte for byte before the answer leaves (P1, P2).

There are two ways through it. A request that has arrived whole, to a bin that is known, is a `Visit`: no task and no
request object of its own. Everything else (a body still on its way, an unknown key, a pipeline) is waited for in
`receive`. Nothing here raises for what a sender does. What cannot be stored is answered 503, so that the provider's
own fallback fires; an unknown key is 404 and counted.
"""

import asyncio
from dataclasses import dataclass
from datetime import datetime

from aiohttp import StreamReader, web
from aiohttp.http_parser import RawRequestMessage

from .. import clock, keys
from ..domain.answers import Answer
from ..domain.bins import Bin
from ..domain.captures import RawRequest, Role, Stamp
from ..errors import NotFound, StoreUnavailable
from ..log import get_log
from ..services.intake import begin, keep
from .answering import LOOK_AGAIN_S, NOT_FOUND, UNAVAILABLE, Line
from .bodies import Body, Room, invite, read_at_once, read_body
from .connection import Connection
from .urls import peer_of

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
    message = request._message  # noqa: SLF001  # what the parser saw, as a visit has it
    line = Line(request.protocol, message, request.content, since)
    try:
        keyring = app[keys.KEYRING]
        bin = keyring.known(key) or await keyring.find(key)
        if bin is None:
            raise NotFound("No bin has this key.")
        body = await _body(request, app)
        role = role_of(tail)
        raw = _raw(app, request.protocol, message, body, received_at)
        stamp, answer = await keep(app[keys.STORE], app[keys.HUB], bin, role, raw)
    except Exception as error:
        line.write(_refusal(app, error), n=None)
        await line.drained()
        return line.sent()
    _count(app, role, body, since)
    line.write(answer, n=stamp.n)
    app[keys.OUTCOMES].note(bin.id, stamp.n, await line.drained())
    return line.sent()


def find_visit(
    app: web.Application, connection: Connection, message: RawRequestMessage, content: StreamReader, key: str, tail: str
) -> "Visit | None":
    """The short way, when the bin is known and the body is there to its last byte."""
    bin = app[keys.KEYRING].known(key)
    if bin is None:
        return None
    body = read_at_once(content, app[keys.SETTINGS].max_body)
    return None if body is None else Visit(app, connection, message, content, bin, role_of(tail), body)


@dataclass(slots=True)
class Visit:
    """The story of `receive` without a pause in it but the commit."""

    app: web.Application
    connection: Connection
    message: RawRequestMessage
    content: StreamReader
    bin: Bin
    role: Role
    body: Body
    since: float = 0.0
    answer: Answer = NOT_FOUND

    def begin(self) -> None:
        """Hand it to the store; `_stored` follows when it is durable, or cannot be."""
        received_at, self.since = clock.now(), clock.ticks()
        try:
            raw = _raw(self.app, self.connection, self.message, self.body, received_at)
            stored, self.answer = begin(self.app[keys.STORE], self.bin, self.role, raw)
        except Exception as error:
            stored = asyncio.get_running_loop().create_future()
            stored.set_exception(error)
        stored.add_done_callback(self._stored)

    def _stored(self, stored: "asyncio.Future[Stamp]") -> None:
        line = Line(self.connection, self.message, self.content, self.since)
        try:
            n = stored.result().n
        except Exception as error:
            line.write(_refusal(self.app, error), n=None)
            self.connection.visited(stay=line.stay)
            return
        self.app[keys.HUB].ring(self.bin.id)
        _count(self.app, self.role, self.body, self.since)
        line.write(self.answer, n=n)
        self._leave(line, n)

    def _leave(self, line: Line, n: int) -> None:
        outcome = line.outcome()
        if outcome is None:
            asyncio.get_running_loop().call_later(LOOK_AGAIN_S, self._leave, line, n)
            return
        self.app[keys.OUTCOMES].note(self.bin.id, n, outcome)
        self.connection.visited(stay=line.stay)


async def _body(request: web.Request, app: web.Application) -> Body:
    limit = app[keys.SETTINGS].max_body
    body = read_at_once(request.content, limit)
    if body is not None:
        return body
    invite(request)
    return await read_body(request.content, limit, _room)


def _raw(
    app: web.Application, connection: web.RequestHandler, message: RawRequestMessage, body: Body, received_at: datetime
) -> RawRequest:
    target = message.path
    if not target.isascii():
        # One character a byte, whatever the bytes are.
        target = target.encode("utf-8", "surrogateescape").decode("latin-1")
    direct = str(connection.peername[0]) if connection.peername else "unknown"
    settings = app[keys.SETTINGS]
    forwarded = message.headers.getall("X-Forwarded-For", None) if settings.trusted_proxies else None
    return RawRequest(
        method=message.method,
        target=target,
        http_version=f"{message.version.major}.{message.version.minor}",
        headers=message.raw_headers,
        body=body.data,
        body_complete=body.complete,
        peer=peer_of(settings, direct, ", ".join(forwarded or ())),
        received_at=received_at,
    )


def _refusal(app: web.Application, error: Exception) -> Answer:
    """What a sender hears when nothing was stored."""
    metrics = app[keys.METRICS]
    if isinstance(error, NotFound):
        metrics.unknown_key += 1
        return NOT_FOUND
    metrics.unavailable += 1
    if not isinstance(error, StoreUnavailable):
        _log.error("capture.failed", exc_info=error)
    return UNAVAILABLE


def _count(app: web.Application, role: Role, body: Body, since: float) -> None:
    metrics = app[keys.METRICS]
    metrics.stored(role, clock.ticks() - since)
    metrics.incomplete += not body.complete
