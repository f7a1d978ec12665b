"""One TCP connection: the asyncio protocol that splits the received bytes into requests and handles them in order.

One request is handled at a time. Bytes that arrive in the meantime are buffered, and above `MAX_BUFFERED` bytes
reading is paused. `slots.py` checks `deadline` and calls `on_deadline`.
"""

import asyncio
from collections.abc import Callable
from typing import cast

from .. import clock
from ..domain.bins import Bin
from ..errors import StoreUnavailable
from .arriving import Arrival, InvalidRequest
from .beginning import (
    BAD,
    BARE_LINE_BREAKS,
    HEAD_INCOMPLETE,
    HEAD_TOO_LONG,
    NO_DEADLINE,
    TOO_LARGE,
    TOO_MANY,
    TOO_SLOW,
    CurrentRequest,
    begin,
    begin_invalid,
    find_bin,
)
from .buffer import FREE, Buffer
from .capture import CaptureExchange
from .pages import Page, PageHandler
from .serving import Serving

HEAD_S = 10.0
IDLE_S = 75.0
# A sender that closes its half of the connection within this time after its request still reads; later it has
# disconnected.
HALF_CLOSE_GRACE_S = 0.25
# Time limit for sending buffered bytes after a close.
CLOSE_S = 30.0
MAX_BUFFERED = 64 << 10
# Requests of a pipeline that are answered before the protocol yields to the event loop.
MAX_PER_TURN = 32


class Connection(asyncio.Protocol):
    """Created by `IngressServer`, one for each connection."""

    def __init__(self, serving: Serving) -> None:
        self._serving = serving
        self.transport: asyncio.Transport | None = None
        """None: the connection is closed."""
        self.address = "unknown"
        """The address of the other end, without the port."""
        self.current: CurrentRequest | None = None
        """The request that is being handled."""
        self.deadline = NO_DEADLINE
        """When `on_deadline` is to be called."""
        self.since = 0.0
        """When the current request, or the wait for one, began."""
        self.trusted = False
        """The current page was requested by a signed-in client."""
        self._buffer = Buffer()
        self._handler: PageHandler | None = None
        self._is_read_paused = self._is_write_paused = self._half_closed = self._is_processing = False
        self._on_disconnect: Callable[[], object] | None = None

    @property
    def bin(self) -> Bin | None:
        """The bin of the current capture, or None."""
        return None if self.current is None or isinstance(self.current, Page) else self.current.bin

    @property
    def is_arriving(self) -> bool:
        """Whether the current request is a capture that has not arrived completely."""
        return isinstance(self.current, Arrival | InvalidRequest)

    # asyncio.Protocol

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Register the connection, or refuse it when there are too many."""
        # uvloop's transports do not inherit from asyncio's.
        self.transport = cast(asyncio.Transport, transport)
        peer = transport.get_extra_info("peername")
        self.address = str(peer[0]) if peer else "unknown"
        self.since = clock.ticks()
        self.deadline = self.since + HEAD_S
        if not self._serving.slots.opened(self):
            self._refuse()

    def connection_lost(self, exc: Exception | None) -> None:
        """Store what has arrived of a capture."""
        self.transport = None
        self._half_closed = True
        if self.current is None:
            self._process_buffer()
        elif isinstance(self.current, Page):
            self._buffer.clear()
        else:
            self._end_arrival()
        self._serving.slots.closed(self)
        if self._handler is not None:
            self._handler.connection_lost(exc)
        if self._on_disconnect is not None:
            self._on_disconnect()

    def data_received(self, data: bytes) -> None:
        """Handle received bytes: a part of a request, or several requests."""
        current = self.current
        if current is None:
            self._buffer.add(data)
            self._process_buffer()
        elif isinstance(current, Arrival | InvalidRequest) or (isinstance(current, Page) and current.wants_more):
            current.feed(data)
        else:
            self.buffer_rest(data)

    def eof_received(self) -> bool:
        """Handle a half-close. A sender that closes its half right after a request still reads the answer; one that
        does it while the answer is held back has disconnected. Returns True to keep our half open."""
        current = self.current
        if self._on_disconnect is not None and clock.ticks() - self.since > HALF_CLOSE_GRACE_S:
            self._on_disconnect()
            return False
        self._half_closed = True
        if current is None:
            self._process_buffer()
            return self.current is not None or len(self._buffer) > 0
        self._end_arrival()
        return True

    def pause_writing(self) -> None:
        """The write buffer is full."""
        self._is_write_paused = True
        if self._handler is not None:
            self._handler.pause_writing()

    def resume_writing(self) -> None:
        """The write buffer has space again."""
        self._is_write_paused = False
        if self._handler is not None:
            self._handler.resume_writing()

    # For the current request

    def handler(self) -> PageHandler:
        """aiohttp's protocol for this connection."""
        if self._handler is None:
            assert self.transport is not None  # it has just received a request
            self._handler = self._serving.pages.connect(self.transport)
            if self._is_write_paused:
                self._handler.pause_writing()
        return self._handler

    def buffer_rest(self, data: bytes) -> None:
        """Buffer the bytes that follow the current request."""
        if not data:
            return
        self._buffer.add(data)
        if len(self._buffer) > MAX_BUFFERED and not self._is_read_paused and self.transport is not None:
            self._is_read_paused = True
            self.transport.pause_reading()
        self._charge()

    def start_capture(self, capture: CaptureExchange) -> None:
        """Handle a capture that is complete, or as complete as it will be."""
        self.current = capture
        self.deadline = NO_DEADLINE
        self.since = capture.since
        capture.begin()

    def request_complete(self) -> None:
        """The current page's request has arrived, so it has no deadline any more."""
        self.deadline = NO_DEADLINE

    def answered(self, *, keep_open: bool) -> None:
        """The answer to the current request was sent, or never will be; `keep_open`: the next one may follow."""
        self.current = None
        self.trusted = False
        if not keep_open or self._serving.is_stopping or (self._half_closed and not self._buffer):
            self.close()
            return
        if self.transport is not None and self.transport.is_closing():
            return  # the deadline of the close applies
        self.since = clock.ticks()
        self.deadline = self.since + IDLE_S
        if self._buffer or self._is_read_paused:
            self._process_buffer()

    def watch(self, on_disconnect: Callable[[], object] | None) -> None:
        """Call `left` when the sender disconnects while its answer is held back; None: stop watching."""
        self._on_disconnect = on_disconnect
        if on_disconnect is not None and (self.transport is None or self.transport.is_closing()):
            on_disconnect()

    def end(self, response: bytes) -> None:
        """Send this response and close the connection."""
        if self.transport is not None:
            self.transport.write(response)
        self.close()

    # For all connections

    def on_deadline(self) -> None:
        """Handle the deadline: store what has arrived of a capture, refuse anything else."""
        self.deadline = NO_DEADLINE
        if isinstance(self.current, Arrival | InvalidRequest):
            self.current.end()
        elif self.current is not None or (self.transport is not None and self.transport.is_closing()):
            self._abort()
        elif self._buffer:
            self._begin_broken(HEAD_INCOMPLETE, TOO_SLOW, ended=True)
        else:
            self.close()

    def close(self) -> None:
        """Close the connection after buffered bytes were sent."""
        self._buffer.clear()
        self.deadline = clock.ticks() + CLOSE_S
        if self.transport is not None:
            self.transport.close()

    def evict(self) -> None:
        """Close the connection for a new one: a capture is stored and answered as far as it has arrived, anything
        else is aborted."""
        self._half_closed = True
        if isinstance(self.current, Arrival | InvalidRequest):
            self.current.end()
        elif self.current is None:
            self._keep_unfinished()
        if self.bin is None:
            self._abort()

    # The buffer

    def _process_buffer(self) -> None:
        """Handle the buffered requests in order, until one of them has to wait."""
        if self._is_processing:
            return
        self._is_processing = True
        count = 0
        while self._buffer and self.current is None and (self.transport is None or not self.transport.is_closing()):
            if count == MAX_PER_TURN:
                asyncio.get_running_loop().call_soon(self._process_buffer)
                break
            count += 1
            if not self._begin():
                break
        self._is_processing = False

    def _begin(self) -> bool:
        """Handle the first buffered request; False if its head is incomplete."""
        buffer = self._buffer
        if self._is_read_paused and self.transport is not None:
            # The request may need more bytes. If some are left after it, `buffer_rest` pauses reading again.
            self._is_read_paused = False
            self.transport.resume_reading()
        buffer.drop_empty_lines()
        is_new = buffer.is_new
        end = buffer.find_head()
        if end is not None:
            begin(self._serving, self, buffer.take_all(), end)
        elif buffer.is_too_long:
            self._begin_broken(HEAD_TOO_LONG, TOO_LARGE)
        elif not buffer:
            if self._half_closed:
                self.close()
            return False
        elif buffer.is_invalid:
            self._begin_broken(BARE_LINE_BREAKS, BAD)
        elif self._half_closed:
            self._begin_broken(HEAD_INCOMPLETE, BAD, ended=True)
        else:
            self._wait_for_head(is_new=is_new)
            return False
        if self._half_closed:
            self._end_arrival()
        return True

    def _end_arrival(self) -> None:
        """The sender sends no more: store a capture as far as it has arrived, and abort a page with an incomplete
        body."""
        if isinstance(self.current, Arrival | InvalidRequest):
            self.current.end()
        elif isinstance(self.current, Page) and self.current.wants_more and not self.current.is_tunnel:
            self._abort()

    def _wait_for_head(self, *, is_new: bool) -> None:
        if is_new:
            self.since = clock.ticks()
            self.deadline = self.since + HEAD_S
        self._charge()

    def _keep_unfinished(self) -> None:
        """Store an incomplete head if it has a capture URL."""
        if self._buffer:
            self._begin_broken(HEAD_INCOMPLETE, BAD, ended=True)

    def _begin_broken(self, why: str, fallback_response: bytes, *, ended: bool = False) -> None:
        begin_invalid(self._serving, self, self._buffer.take_all(), why, fallback_response, ended=ended)

    def _charge(self) -> None:
        """Count buffered bytes in the memory budget of captures if they begin with one, else in that of other
        requests. Refuses the connection when the budget is used up."""
        if len(self._buffer) <= FREE:
            return
        known = find_bin(self._serving, self._buffer.peek(FREE)) is not None
        budget = self._serving.capture_memory if known else self._serving.other_memory
        try:
            self._buffer.charge(budget)
        except StoreUnavailable:
            self._refuse()

    def _refuse(self) -> None:
        self._serving.captures.metrics.refused_connections += 1
        self.end(TOO_MANY)

    def _abort(self) -> None:
        if self.transport is not None:
            self.transport.abort()
