"""One capture, from its head to the outcome of its answer: kept byte for byte before the answer leaves (P1, P2).

Nothing here raises for what a sender does. What cannot be stored is answered 503, so that the provider's own fallback
fires. There is no task for a capture, unless its answer is played.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import msgspec

from .. import clock
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
from ..store import Store
from ..tasks import lifelong
from .answering import LOOK_AGAIN_S, NOT_FOUND, NOT_HTTP, UNAVAILABLE, Line, Peer
from .faults import Scene, play
from .paths import Line as RequestLine

_log = get_log("capture")

PeerOf = Callable[[str, str | None], str]
UrlOf = Callable[[str, RawRequest, Bin, Role], str]


@dataclass(frozen=True, slots=True)
class Context:
    """What captures need of the application.

    `url_of` makes the capture URL of a role as the sender of a request knows it. `peer_of` tells the effective client
    from the address at the other end and from X-Forwarded-For; None: the address is the client.
    """

    keyring: Keyring
    intake: Intake
    store: Store
    waiting: Waiting
    metrics: Metrics
    max_body: int
    url_of: UrlOf
    peer_of: PeerOf | None


class Connection(Peer, Protocol):
    """What a capture needs of its connection."""

    address: str

    def answered(self, *, stay: bool) -> None:
        """The answer is out, or never will be; `stay`: the next request may follow."""


class Capture(msgspec.Struct):
    """`begin` is called once; `Connection.answered` follows."""

    context: Context
    connection: Connection
    bin: Bin
    role: Role
    raw: RawRequest
    keep_alive: bool
    since: float
    reply: Reply | None = None

    def begin(self) -> None:
        """Hand it to the store; `_stored` follows when it is durable, or cannot be."""
        try:
            stored, self.reply = self.context.intake.begin(self.bin, self.role, self.raw)
        except Exception as error:
            self._refuse(error)
        else:
            stored.add_done_callback(self._stored)

    @property
    def _line(self) -> Line:
        raw = self.raw
        return Line(
            self.connection, method=raw.method, version=raw.http_version, keep_alive=self.keep_alive, since=self.since
        )

    def _refuse(self, error: Exception) -> None:
        metrics = self.context.metrics
        line = self._line
        if isinstance(error, NotFound):
            # Its bin was deleted while it was on its way to the disk.
            metrics.unknown_key += 1
            line.write(NOT_FOUND, n=None)
        else:
            metrics.unavailable += 1
            if not isinstance(error, StoreUnavailable):
                _log.error("capture.failed", exc_info=error)
            line.write(UNAVAILABLE, n=None)
        self.connection.answered(stay=line.stay)

    def _stored(self, stored: "asyncio.Future[int]") -> None:
        try:
            n = stored.result()
        except Exception as error:
            self._refuse(error)
            return
        raw, reply = self.raw, self.reply
        assert reply is not None  # what was stored was begun
        metrics = self.context.metrics
        metrics.stored(self.role, clock.ticks() - self.since)
        line = self._line
        if raw.refused is not None:
            metrics.refused_by_parser += 1
            self._answer(line, n, Words(answer=NOT_HTTP, set_by_user=True))
            return
        metrics.incomplete += not raw.body_complete
        words = reply.words(n)
        if not reply.is_played:
            self._answer(line, n, words)
            return
        # The answer may be held back for minutes.
        self.raw = msgspec.structs.replace(raw, body=b"", framing=None)
        lifelong(self._play(line, n, reply, words), name="answer")

    def _answer(self, line: Line, n: int, words: Words) -> None:
        line.write(words.answer, n=n, constant=words.constant)
        self._leave(line, n, words)

    def _leave(self, line: Line, n: int, words: Words) -> None:
        outcome = line.outcome()
        if outcome is None:
            asyncio.get_running_loop().call_later(LOOK_AGAIN_S, self._leave, line, n, words)
            return
        self._end(line, n, words.tell(outcome))

    async def _play(self, line: Line, n: int, reply: Reply, words: Words) -> None:
        def redirect_to() -> str:
            return f"{self.context.url_of(self.connection.address, self.raw, self.bin, reply.role)}/{REDIRECTED}"

        outcome = await play(Scene(line, self.context.waiting, self.bin.id, n, reply, words, redirect_to))
        self._end(line, n, outcome)

    def _end(self, line: Line, n: int, outcome: Outcome) -> None:
        self.context.store.note_outcome(NewOutcome(self.bin.id, n, outcome))
        self.connection.answered(stay=line.stay)


def refuse(connection: Connection, answer: Answer, request: RequestLine, *, keep_alive: bool = False) -> None:
    """Answer what is not kept."""
    method, version = request.method.decode("latin-1"), (request.version or b"1.1").decode()
    line = Line(connection, method=method, version=version, keep_alive=keep_alive, since=clock.ticks())
    line.write(answer, n=None)
    connection.answered(stay=line.stay)
