"""Sends the answer to a capture in one write, and reports its outcome.

aiohttp's response is not used: its headers, cookies and payload classes cost more than storing the capture, and the
outcome needs the time when the last byte was sent.
"""

import asyncio
import http
from email.utils import formatdate
from functools import lru_cache
from typing import Protocol

from .. import clock
from ..domain.answers.model import Answer
from ..domain.captures import Headers, Outcome
from ..services.held_answers import WatchedPeer

# A sender that takes longer to read a hundred bytes counts as gone.
SEND_S = 30.0
POLL_S = 0.01
MAX_CACHED_BODY = 4_096
RETRY_AFTER_S = 5

_SAFE = (
    b"Content-Security-Policy: sandbox; default-src 'none'\r\nX-Content-Type-Options: nosniff\r\n"
    b"X-Robots-Tag: noindex\r\nCache-Control: no-store\r\n"
)
_REASONS = {status.value: status.phrase for status in http.HTTPStatus}

NOT_FOUND = Answer(status=404)
NOT_HTTP = Answer(status=400)
UNAVAILABLE = Answer(status=503, headers=(("Retry-After", str(RETRY_AFTER_S)),))


class Peer(WatchedPeer, Protocol):
    """The other end of a connection."""

    transport: asyncio.Transport | None
    """None: the connection is closed."""


class Responder:
    """Writes the answer to one sender, once, and determines its outcome.

    `keep_alive`: the request allows another one on the connection, and its end is known.
    """

    __slots__ = ("_head_only", "_is_old", "_keep_alive", "_since", "_status", "_written", "keep_open", "peer")

    def __init__(self, peer: Peer, *, method: str, version: str, keep_alive: bool, since: float) -> None:
        self.peer = peer
        self._head_only = method == "HEAD"
        self._is_old = version in ("0.9", "1.0")
        self._keep_alive = keep_alive
        self._since = since
        self._status: int | None = None
        self._written = since
        # Whether the connection may carry another request after this one.
        self.keep_open = False

    @property
    def has_begun(self) -> bool:
        """Whether a status line was sent."""
        return self._status is not None

    def write(self, answer: Answer, *, n: int | None, constant: bool = True) -> None:
        """Pass the whole answer to the kernel, or to the transport if the kernel's buffer is full."""
        self.send_part(self.compose(answer, n=n, constant=constant), answer.status)

    def compose(self, answer: Answer, *, n: int | None, constant: bool = True, last: bool = False) -> bytes:
        """The bytes of an answer. `constant`: other requests get the same answer, so it is cached; `last`: the
        connection is closed after it."""
        self.keep_open = self._keep_alive and not last
        make = _parts if constant and len(answer.body) <= MAX_CACHED_BODY else _make_parts
        before, after = make(answer, self._is_old, self.keep_open, self._head_only, int(clock.wall()))
        return before + after if n is None else b"%sX-Capture: %d\r\n%s" % (before, n, after)

    def relay(self, status: int, headers: Headers, body: bytes, *, n: int) -> None:
        """Pass on an answer of another program: these headers, then those of smsbin."""
        self.keep_open = self._keep_alive
        head = b"".join(b"%s: %s\r\n" % header for header in headers)
        before, after = _compose(status, head, body, self._is_old, self.keep_open, self._head_only, int(clock.wall()))
        self.send_part(b"%sX-Capture: %d\r\n%s" % (before, n, after), status)

    def send_part(self, data: bytes, status: int) -> None:
        """Send a part of an answer with this status; nothing if the sender is gone."""
        transport = self.peer.transport
        if transport is None or transport.is_closing():
            return
        transport.write(data)
        self._status = status
        self._written = clock.ticks()

    def drop(self) -> None:
        """Abort the connection."""
        self.keep_open = False
        if self.peer.transport is not None:
            self.peer.transport.abort()

    def elapsed_ms(self) -> int:
        """Milliseconds since the head was read."""
        return round((clock.ticks() - self._since) * 1_000)

    def outcome(self) -> Outcome | None:
        """The outcome of the answer; None while bytes are in the write buffer, for at most `SEND_S`."""
        if self._status is None:
            return Outcome(sender_left=True)
        transport = self.peer.transport
        if transport is None:
            return Outcome(status=self._status, sender_left=True)
        if transport.get_write_buffer_size():
            is_gone = transport.is_closing() or clock.ticks() > self._written + SEND_S
            return Outcome(status=self._status, sender_left=True) if is_gone else None
        return Outcome(status=self._status, after_ms=self.elapsed_ms())

    async def drained(self) -> Outcome:
        """The outcome, once the last byte was sent or the sender is gone."""
        while (outcome := self.outcome()) is None:  # noqa: ASYNC110  # there is no event for an empty buffer
            await asyncio.sleep(POLL_S)
        return outcome


def _make_parts(answer: Answer, old: bool, keep_open: bool, head_only: bool, second: int) -> tuple[bytes, bytes]:
    """The bytes before and after the number header. They are the same for all senders within a second."""
    lines = "".join(f"{name}: {value}\r\n" for name, value in answer.headers).encode("latin-1")
    return _compose(answer.status, lines, answer.body.encode(), old, keep_open, head_only, second)


def _compose(
    status: int, lines: bytes, whole: bytes, old: bool, keep_open: bool, head_only: bool, second: int
) -> tuple[bytes, bytes]:
    """The same for an answer with these header lines."""
    head = f"HTTP/1.{0 if old else 1} {status} {_REASONS.get(status, '')}\r\n".encode() + lines
    if status not in (204, 304):
        head += b"Content-Length: %d\r\n" % len(whole)
    if not keep_open:
        head += b"Connection: close\r\n"
    elif old:
        head += b"Connection: keep-alive\r\n"
    date = formatdate(second, usegmt=True).encode()
    return head, b"Date: %s\r\n%s\r\n%s" % (date, _SAFE, b"" if head_only else whole)


_parts = lru_cache(maxsize=64)(_make_parts)
