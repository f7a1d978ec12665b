"""One capture, from its head to the outcome of its answer. It is stored byte for byte before the answer is sent (P1,
P2).

No input of a sender raises an exception here. If a capture cannot be stored, it is answered 503, so that the
provider uses its fallback. A task is created only for an answer that is delayed or broken by a fault, for one that a
handler of the user gives, and for a large request whose answer depends on its content.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import msgspec

from .. import clock
from ..domain.answers.model import Answer
from ..domain.bins import Bin
from ..domain.captures import NewOutcome, Outcome, RawRequest, Reading
from ..domain.faults import REDIRECTED
from ..domain.replays import tail_of
from ..domain.roles import Role
from ..domain.wiretaps.model import unread_capture
from ..errors import NotFound, Stale, StoreUnavailable
from ..log import get_log
from ..services.captures import Intake
from ..services.held_answers import HeldAnswers
from ..services.key_lookups import KeyLookups
from ..services.keyring import Keyring
from ..services.metrics import Metrics
from ..services.replies import PreparedAnswer, Reply
from ..services.wiretaps.calling import Wiretapping
from ..services.wiretaps.handlers import Handler
from ..store import Store
from ..tasks import start_task
from .answering import NOT_FOUND, NOT_HTTP, POLL_S, UNAVAILABLE, Peer, Responder
from .faults import FaultContext, play
from .paths import RequestLine

_log = get_log("capture")

MOST_STALE = 3
"""How often an answer is chosen again because other servers have changed the settings of the bin."""

PeerOf = Callable[[str, str | None], str]
UrlOf = Callable[[str, RawRequest, Bin, Role], str]


@dataclass(frozen=True, slots=True)
class CaptureContext:
    """The parts of the application that captures use. `lookups` finds keys that are not in memory; None: all are.

    `url_of` returns the capture URL of a role as the sender of a request addresses it. `peer_of` returns the client
    for the address of the connection and X-Forwarded-For; None: the client is the address.
    """

    keyring: Keyring
    intake: Intake
    store: Store
    held_answers: HeldAnswers
    wiretapping: Wiretapping
    metrics: Metrics
    max_body: int
    url_of: UrlOf
    peer_of: PeerOf | None
    lookups: KeyLookups | None = None


class CaptureConnection(Peer, Protocol):
    """The connection as a capture uses it."""

    address: str

    def answered(self, *, keep_open: bool) -> None:
        """The answer was sent, or never will be; `keep_open`: another request may follow."""


class CaptureExchange(msgspec.Struct):
    """Call `begin` once; it calls `CaptureConnection.answered` at the end. `received`: the request before values that
    are never stored were replaced; None: it is `raw`."""

    context: CaptureContext
    connection: CaptureConnection
    bin: Bin
    role: Role
    raw: RawRequest
    keep_alive: bool
    since: float
    reply: Reply | None = None
    received: RawRequest | None = None
    stale: int = 0

    def begin(self) -> None:
        """Pass the capture to the store; `_stored` is called when it is durable, or cannot be stored."""
        if self.context.intake.is_slow(self.bin, self.role, self.raw):
            start_task(self._parse_and_store(), name="parse")
        else:
            self._keep(self.context.intake.storable(self.bin, self.raw))
            self._store(None)

    async def _parse_and_store(self) -> None:
        try:
            self._keep(await self.context.intake.read_storable(self.bin, self.raw))
        except Exception as error:
            self._refuse(error)
            return
        try:
            reading = await self.context.intake.read(self.bin, self.role, self.raw)
        except Exception:
            # A bug in smsbin. It occurs again when the answer is chosen, which logs it and takes the default.
            reading = None
        self._store(reading)

    def _keep(self, storable: RawRequest) -> None:
        if storable is not self.raw:
            self.received, self.raw = self.raw, storable

    def _store(self, reading: Reading | None) -> None:
        try:
            stored, self.reply = self.context.intake.begin(self.bin, self.role, self.raw, reading)
        except Exception as error:
            self._refuse(error)
        else:
            stored.add_done_callback(self._stored)

    @property
    def _responder(self) -> Responder:
        raw = self.raw
        return Responder(
            self.connection, method=raw.method, version=raw.http_version, keep_alive=self.keep_alive, since=self.since
        )

    def _refuse(self, error: Exception) -> None:
        metrics = self.context.metrics
        responder = self._responder
        if isinstance(error, NotFound):
            # Its bin was deleted while the capture waited for its commit.
            metrics.unknown_key += 1
            responder.write(NOT_FOUND, n=None)
        else:
            metrics.unavailable += 1
            if not isinstance(error, StoreUnavailable):
                _log.error("capture.failed", exc_info=error)
            responder.write(UNAVAILABLE, n=None)
        self.connection.answered(keep_open=responder.keep_open)

    def _stored(self, stored: "asyncio.Future[int]") -> None:
        try:
            n = stored.result()
        except Exception as error:
            # After a deletion too: then the key is not known here any more.
            if isinstance(error, Stale) or (isinstance(error, NotFound) and self.context.lookups is not None):
                start_task(self._choose_again(), name="stale")
            else:
                self._refuse(error)
            return
        self.received = None
        raw, reply = self.raw, self.reply
        assert reply is not None  # `begin` has set it before the future was resolved
        metrics = self.context.metrics
        metrics.stored(self.role, clock.ticks() - self.since)
        responder = self._responder
        if raw.refused is not None:
            metrics.refused_by_parser += 1
            self._answer(responder, n, PreparedAnswer(answer=NOT_HTTP, set_by_user=True))
            return
        metrics.incomplete += not raw.body_complete
        prepared = reply.prepare(n)
        if not reply.is_played:
            self._answer(responder, n, prepared)
            return
        if reply.handler is not None:
            start_task(self._relay(responder, n, reply, reply.handler), name="relay")
            return
        # The answer may be held back for minutes, so the body is released.
        self.raw = msgspec.structs.replace(raw, body=b"", framing=None)
        start_task(self._play(responder, n, reply, prepared), name="answer")

    async def _choose_again(self) -> None:
        """Another server has changed the settings that the answer was chosen from, or deleted the bin; nothing is
        stored."""
        self.stale += 1
        try:
            if self.stale > MOST_STALE:
                raise StoreUnavailable("The settings of the bin are changing all the time.")
            self.bin = await self.context.intake.renew(self.bin)
        except Exception as error:
            self._refuse(error)
            return
        self.raw, self.received = self.received or self.raw, None
        self.begin()

    def _answer(self, responder: Responder, n: int, prepared: PreparedAnswer) -> None:
        responder.write(prepared.answer, n=n, constant=prepared.constant)
        self._finish_when_sent(responder, n, prepared)

    def _finish_when_sent(self, responder: Responder, n: int, prepared: PreparedAnswer) -> None:
        outcome = responder.outcome()
        if outcome is None:
            asyncio.get_running_loop().call_later(POLL_S, self._finish_when_sent, responder, n, prepared)
            return
        self._end(responder, n, prepared.complete_outcome(outcome))

    async def _play(self, responder: Responder, n: int, reply: Reply, prepared: PreparedAnswer) -> None:
        def redirect_to() -> str:
            return f"{self.context.url_of(self.connection.address, self.raw, self.bin, reply.role)}/{REDIRECTED}"

        outcome = await play(
            FaultContext(responder, self.context.held_answers, self.bin.id, n, reply, prepared, redirect_to)
        )
        self._end(responder, n, outcome)

    async def _relay(self, responder: Responder, n: int, reply: Reply, handler: Handler) -> None:
        """Let the handler of the role answer, while the sender waits."""
        wiretapping, role = self.context.wiretapping, reply.role
        path = self.raw.target.partition("?")[0]
        tail = tail_of(self.raw.target, role)
        capture = unread_capture(n, role, self.raw, simulated=reply.simulated)
        given = await wiretapping.call(
            handler, self.bin, capture, since=self.since, path=path.removesuffix(tail), peer=self.connection
        )
        if given is None:
            self._end(responder, n, Outcome(sender_left=True, left_ms=responder.elapsed_ms()))
            return
        if given.is_usual:
            usual = (await self.context.intake.choose_usual(self.bin, role, self.raw)).prepare(n)
            self._answer(responder, n, msgspec.structs.replace(usual, note=usual.note or given.note))
            return
        responder.relay(given.answer.status, given.answer.headers, given.answer.body, n=n)
        wiretapping.passed(self.bin.id, role, given, elapsed_s=clock.ticks() - self.since)
        self._end(responder, n, given.complete_outcome(await responder.drained()))

    def _end(self, responder: Responder, n: int, outcome: Outcome) -> None:
        self.context.store.note_outcome(NewOutcome(self.bin.id, n, outcome))
        self.connection.answered(keep_open=responder.keep_open)


def answer_unkept(
    connection: CaptureConnection, answer: Answer, request: RequestLine, *, keep_alive: bool = False
) -> None:
    """Answer a request that is not stored."""
    method, version = request.method.decode("latin-1"), (request.version or b"1.1").decode()
    responder = Responder(connection, method=method, version=version, keep_alive=keep_alive, since=clock.ticks())
    responder.write(answer, n=None)
    connection.answered(keep_open=responder.keep_open)
