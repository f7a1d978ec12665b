"""The front door: any method, any sub-path, any body, kept byte for byte before the answer leaves (P1, P2).

There are two ways through it. A request that has arrived whole, to a bin that is known, is a `Visit`: no task and no
request object of its own. Everything else (a body still on its way, an unknown key, a pipeline) is waited for in
`receive`. Nothing here raises for what a sender does. What cannot be stored is answered 503, so that the provider's
own fallback fires; an unknown key is 404 and counted.
"""

import asyncio
import re
from dataclasses import dataclass
from datetime import datetime

import msgspec
from aiohttp import StreamReader, web
from aiohttp.http_parser import RawRequestMessage

from .. import clock, keys
from ..domain.answers import Answer
from ..domain.bins import Bin
from ..domain.captures import NewOutcome, Outcome, RawRequest
from ..domain.faults import REDIRECTED
from ..domain.roles import Role
from ..errors import NotFound, StoreUnavailable
from ..log import get_log
from ..services.intake import Intake
from ..services.keyring import Keyring
from ..services.metrics import Metrics
from ..services.replying import Reply, Words
from ..services.waiting import Waiting
from ..settings import Settings
from ..store import Store
from ..tasks import lifelong
from .answering import LOOK_AGAIN_S, NOT_FOUND, UNAVAILABLE, Line
from .bodies import Body, Room, invite, read_at_once, read_body
from .connection import Connection
from .faults import Scene, play
from .urls import capture_url, find_place, peer_of, public_root

_HOST = re.compile(r"(?:[a-z0-9._-]+|\[[0-9a-f:.]+\])(?::[0-9]{1,5})?")
_ROLES = {role.value: role for role in Role}

_log = get_log("capture")
_room = Room()
_FREED = Body(b"", True)


@dataclass(frozen=True, slots=True)
class Door:
    """What a capture needs of the application, looked up once."""

    settings: Settings
    keyring: Keyring
    intake: Intake
    store: Store
    waiting: Waiting
    metrics: Metrics

    @classmethod
    def of(cls, app: web.Application) -> "Door":
        """Of an application that has been started."""
        return cls(
            app[keys.SETTINGS], app[keys.KEYRING], app[keys.INTAKE], app[keys.STORE], app[keys.WAITING],
            app[keys.METRICS],
        )  # fmt: skip


def role_of(tail: str) -> Role:
    """The role named by the first segment after the key, exactly and in lower case; anything else is primary."""
    segment = tail[1:].partition("/")[0]
    return _ROLES.get(segment, Role.PRIMARY)


async def routed(request: web.Request) -> web.StreamResponse:
    """The same door for a capture path that only the router recognises (a percent-encoded key)."""
    return await receive(request, Door.of(request.app), request.match_info["key"], request.match_info["tail"])


async def receive(request: web.Request, door: Door, key: str, tail: str) -> web.StreamResponse:
    """One request to a capture URL, from its head to the outcome of its answer."""
    received_at, since = clock.now(), clock.ticks()
    message = request._message  # noqa: SLF001  # what the parser saw, as a visit has it
    assert isinstance(request.protocol, Connection)  # made by `FrontServer`
    line = Line(request.protocol, message, request.content, since)
    try:
        keyring = door.keyring
        bin = keyring.known(key) or await keyring.find(key)
        if bin is None:
            raise NotFound("No bin has this key.")
        n, reply = await _keep(request, door, bin, role_of(tail), message, received_at, since)
    except Exception as error:
        line.write(_refusal(door, error), n=None)
        await line.drained()
        return line.sent()
    words = reply.words(n)
    if reply.is_played:
        outcome = await play(_scene(door, line, bin, n, reply, words, message))
    else:
        line.write(words.answer, n=n, constant=words.constant)
        outcome = words.tell(await line.drained())
    door.store.note_outcome(NewOutcome(bin.id, n, outcome))
    return line.sent()


def find_visit(
    door: Door, connection: Connection, message: RawRequestMessage, content: StreamReader, key: str, tail: str
) -> "Visit | None":
    """The short way, when the bin is known and the body is there to its last byte."""
    bin = door.keyring.known(key)
    if bin is None:
        return None
    body = read_at_once(content, door.settings.max_body)
    return None if body is None else Visit(door, connection, message, content, bin, role_of(tail), body)


class Visit(msgspec.Struct):
    """The story of `receive` without a pause in it but the commit."""

    door: Door
    connection: Connection
    message: RawRequestMessage
    content: StreamReader
    bin: Bin
    role: Role
    body: Body
    since: float = 0.0
    reply: Reply | None = None

    def begin(self) -> None:
        """Hand it to the store; `_stored` follows when it is durable, or cannot be."""
        received_at, self.since = clock.now(), clock.ticks()
        try:
            raw = _raw(self.door, self.connection, self.message, self.body, received_at)
            stored, self.reply = self.door.intake.begin(self.bin, self.role, raw)
        except Exception as error:
            stored = asyncio.get_running_loop().create_future()
            stored.set_exception(error)
        stored.add_done_callback(self._stored)

    def _stored(self, stored: "asyncio.Future[int]") -> None:
        line = Line(self.connection, self.message, self.content, self.since)
        try:
            n = stored.result()
        except Exception as error:
            line.write(_refusal(self.door, error), n=None)
            self.connection.visited(stay=line.stay)
            return
        _count(self.door, self.role, self.body, self.since)
        # The answer may be held back for minutes.
        self.body = _FREED
        assert self.reply is not None  # what was stored was begun
        words = self.reply.words(n)
        if self.reply.is_played:
            lifelong(self._play(line, n, self.reply, words), name="answer")
            return
        line.write(words.answer, n=n, constant=words.constant)
        self._leave(line, n, words)

    def _leave(self, line: Line, n: int, words: Words) -> None:
        outcome = line.outcome()
        if outcome is None:
            asyncio.get_running_loop().call_later(LOOK_AGAIN_S, self._leave, line, n, words)
            return
        self._end(line, n, words.tell(outcome))

    async def _play(self, line: Line, n: int, reply: Reply, words: Words) -> None:
        outcome = await play(_scene(self.door, line, self.bin, n, reply, words, self.message))
        self._end(line, n, outcome)

    def _end(self, line: Line, n: int, outcome: Outcome) -> None:
        self.door.store.note_outcome(NewOutcome(self.bin.id, n, outcome))
        self.connection.visited(stay=line.stay)


async def _keep(
    request: web.Request,
    door: Door,
    bin: Bin,
    role: Role,
    message: RawRequestMessage,
    received_at: datetime,
    since: float,
) -> tuple[int, Reply]:
    """On its own, so that the bytes are free while the answer is held back."""
    body = await _body(request, door)
    raw = _raw(door, request.protocol, message, body, received_at)
    stored, reply = door.intake.begin(bin, role, raw)
    n = await stored
    _count(door, role, body, since)
    return n, reply


async def _body(request: web.Request, door: Door) -> Body:
    limit = door.settings.max_body
    body = read_at_once(request.content, limit)
    if body is not None:
        return body
    invite(request)
    return await read_body(request.content, limit, _room)


def _raw(
    door: Door, connection: web.RequestHandler, message: RawRequestMessage, body: Body, received_at: datetime
) -> RawRequest:
    target = message.path
    if not target.isascii():
        # One character a byte, whatever the bytes are.
        target = target.encode("utf-8", "surrogateescape").decode("latin-1")
    direct = str(connection.peername[0]) if connection.peername else "unknown"
    settings = door.settings
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


def _scene(door: Door, line: Line, bin: Bin, n: int, reply: Reply, usual: Words, message: RawRequestMessage) -> Scene:
    def redirect_to() -> str:
        settings, peername = door.settings, line.connection.peername
        place = find_place(settings, str(peername[0]) if peername else "unknown", message.headers, "http")
        root = public_root(settings, place)
        # A host that is none is not repeated; without one the address is on the server that was asked.
        if not settings.public_url and not _HOST.fullmatch(place.host):
            root = place.base
        return f"{capture_url(root, bin.key, reply.role)}/{REDIRECTED}"

    return Scene(line, door.waiting, bin.id, n, reply, usual, redirect_to)


def _refusal(door: Door, error: Exception) -> Answer:
    """What a sender hears when nothing was stored."""
    metrics = door.metrics
    if isinstance(error, NotFound):
        metrics.unknown_key += 1
        return NOT_FOUND
    metrics.unavailable += 1
    if not isinstance(error, StoreUnavailable):
        _log.error("capture.failed", exc_info=error)
    return UNAVAILABLE


def _count(door: Door, role: Role, body: Body, since: float) -> None:
    metrics = door.metrics
    metrics.stored(role, clock.ticks() - since)
    metrics.incomplete += not body.complete
