"""A capture whose bytes are still arriving: its body, or, if it is not valid HTTP, everything that the sender sends."""

import asyncio
import re
from datetime import datetime
from typing import Protocol

from .. import clock
from ..domain.bins import Bin
from ..domain.captures import RawRequest
from ..errors import StoreUnavailable
from .answering import UNAVAILABLE
from .body import BODY_S, DROP_S, Body, MemoryBudget
from .capture import CaptureConnection as Answered
from .capture import CaptureContext, CaptureExchange, answer_unkept
from .head import RequestHead
from .paths import RequestLine

# Bytes that follow a request that is not valid HTTP belong to it until the sender pauses for this long.
QUIET_S = 0.2
_BODY_HEADERS = (b"content-length", b"transfer-encoding")
_HEAD_ENDS = re.compile(rb"\n\r?\n")
_CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"
CHUNKS_INVALID = "its chunks are not valid"


class ArrivalConnection(Answered, Protocol):
    """The connection as an arriving capture uses it."""

    deadline: float

    def buffer_rest(self, data: bytes) -> None:
        """Buffer the bytes that follow the request."""

    def start_capture(self, capture: CaptureExchange) -> None:
        """The capture is complete, or as complete as it will be."""

    def continue_invalid(self, request: "InvalidRequest", data: bytes) -> None:
        """The capture is not valid HTTP after all; `data`: all its bytes so far."""


class Arrival:
    """A capture whose body did not arrive completely with the head."""

    def __init__(
        self,
        context: CaptureContext,
        connection: ArrivalConnection,
        budget: MemoryBudget,
        bin: Bin,
        line: RequestLine,
        head: RequestHead,
    ) -> None:
        self._context = context
        self._connection = connection
        self._budget = budget
        self.bin = bin
        self._line = line
        self._head = head
        self._received_at, self._since = clock.now(), clock.ticks()
        self._body = Body(head, context.max_body, budget)
        connection.deadline = self._since + BODY_S

    def send_100_continue(self) -> None:
        """Send `100 Continue` if the sender waits for it."""
        if self._head.expects and self._connection.transport is not None:
            self._connection.transport.write(_CONTINUE)

    def feed(self, data: bytes) -> bytes:
        """Handle received bytes; returns those that are for the next turn of the event loop."""
        body = self._body
        try:
            rest = body.feed(data)
        except StoreUnavailable:
            body.end()
            refuse_for_memory(self._context, self._connection, self._line)
            return b""
        if body.is_broken:
            self._continue_invalid(rest)
        elif body.is_received or body.is_given_up:
            self._connection.buffer_rest(rest)
            self.end()
        else:
            if body.is_too_long:
                self._connection.deadline = min(self._connection.deadline, clock.ticks() + DROP_S)
            return rest
        return b""

    def _continue_invalid(self, rest: bytes) -> None:
        """The end of the body is unknown, so all bytes of the sender belong to it."""
        line, head = self._line, self._head
        first = b"%s %s HTTP/%s\r\n" % (line.method, line.target, line.version)
        came = b"".join((first, head.lines, b"\r\n", self._body.end_broken(), rest))
        request = InvalidRequest(self._context, self._connection, self._budget, self.bin, line, CHUNKS_INVALID)
        request.began_at(self._received_at, self._since)
        self._connection.continue_invalid(request, came)

    def end(self) -> None:
        """Store what has arrived: the body is complete, or no more is expected."""
        body, framing = self._body.end()
        raw = raw_of(
            self._context, self._connection.address, self._line, self._head, body,
            complete=self._body.is_complete, framing=framing, received_at=self._received_at,
        )  # fmt: skip
        keep_alive = self._head.keep_alive and self._body.is_received
        role = self._line.role
        capture = CaptureExchange(self._context, self._connection, self.bin, role, raw, keep_alive, self._since)
        self._connection.start_capture(capture)


class InvalidRequest:
    """An invalid HTTP request with a capture URL, and the bytes that follow it: its end is unknown."""

    def __init__(
        self, context: CaptureContext, connection: ArrivalConnection, budget: MemoryBudget, bin: Bin, line: RequestLine,
        why: str,
    ) -> None:  # fmt: skip
        self._context = context
        self._connection = connection
        self._budget = budget
        self.bin = bin
        self._line = line
        self._why = why
        self._received_at, self._since = clock.now(), clock.ticks()
        self._kept = bytearray()
        self._is_whole = True
        self._timer: asyncio.TimerHandle | None = None
        connection.deadline = self._since + BODY_S

    def began_at(self, received_at: datetime, since: float) -> None:
        """It began before it turned out to be invalid."""
        self._received_at, self._since = received_at, since
        self._connection.deadline = since + BODY_S

    def begin(self, data: bytes, *, ended: bool) -> None:
        """Handle the bytes so far; `ended`: there are no more."""
        if not self._store_part(data):
            return
        is_over = _HEAD_ENDS.search(data) is not None and not any(name in data.lower() for name in _BODY_HEADERS)
        if ended or is_over:
            self.end()
        else:
            self._restart_timer()

    def feed(self, data: bytes) -> bytes:
        """Handle received bytes; none are left."""
        if self._store_part(data):
            self._restart_timer()
        return b""

    def end(self) -> None:
        """Store what has arrived."""
        line, kept = self._line, bytes(self._kept)
        self._stop()
        raw = RawRequest(
            method=line.method.decode("latin-1"), target=line.target.decode("latin-1"), http_version="", head=b"",
            body=kept, body_complete=self._is_whole, peer=peer_of(self._context, self._connection.address, None),
            received_at=self._received_at, refused=self._why,
        )  # fmt: skip
        self._connection.start_capture(
            CaptureExchange(self._context, self._connection, self.bin, line.role, raw, False, self._since)
        )

    def _store_part(self, data: bytes) -> bool:
        """Keep a part of the bytes, up to the size limit; False if the memory budget is used up."""
        part = data[: self._context.max_body - len(self._kept)]
        self._is_whole = self._is_whole and len(part) == len(data)
        try:
            self._budget.reserve(len(part))
        except StoreUnavailable:
            self._stop()
            refuse_for_memory(self._context, self._connection, self._line)
            return False
        self._kept += part
        return True

    def _restart_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer = asyncio.get_running_loop().call_later(QUIET_S, self.end)

    def _stop(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._budget.release(len(self._kept))
        self._kept.clear()


def refuse_for_memory(context: CaptureContext, connection: ArrivalConnection, line: RequestLine) -> None:
    """Answer 503: too many large requests are arriving at once."""
    context.metrics.unavailable += 1
    answer_unkept(connection, UNAVAILABLE, line)


def raw_of(
    context: CaptureContext, address: str, line: RequestLine, head: RequestHead, body: bytes, *,
    complete: bool, framing: bytes | None, received_at: datetime,
) -> RawRequest:  # fmt: skip
    """The request as it is stored."""
    assert line.version is not None  # the line is valid, as its head was parsed
    return RawRequest(
        method=line.method.decode("latin-1"),
        target=line.target.decode("latin-1"),
        http_version=line.version.decode(),
        head=head.lines,
        body=body,
        body_complete=complete,
        peer=peer_of(context, address, head.forwarded),
        received_at=received_at,
        framing=framing,
    )


def peer_of(context: CaptureContext, address: str, forwarded: bytes | None) -> str:
    """The address of the client, taken from X-Forwarded-For if the proxy is trusted."""
    if context.peer_of is None:
        return address
    return context.peer_of(address, None if forwarded is None else forwarded.decode("latin-1"))
