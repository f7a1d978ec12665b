"""The requests of one connection: splits the received bytes into requests and handles them in order.

One request is handled at a time. Bytes that arrive in the meantime are buffered, and above `MAX_BUFFERED` bytes
reading is paused.
"""

import asyncio
from collections.abc import Callable

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
    Begin,
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
# Time limit for sending buffered bytes after a close.
CLOSE_S = 30.0
MAX_BUFFERED = 64 << 10
# Requests of a pipeline that are answered before the protocol yields to the event loop.
MAX_PER_TURN = 32


class Pipeline(asyncio.Protocol):
    """What a connection does with requests; `Connection` adds the events of its transport."""

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
        # Bytes of the current request that wait for the next turns of the event loop; and whether none follow them.
        self._unfed = b""
        self._ends_when_fed = False
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

    @property
    def _takes_more(self) -> bool:
        """Whether the next bytes belong to the current request."""
        return self.is_arriving or (isinstance(self.current, Page) and self.current.wants_more)

    # For the current request

    def feed(self, data: bytes) -> None:
        """Pass bytes to the current request. If it does not read all of them, reading is paused."""
        if self._unfed:
            self._unfed += data
            return
        assert isinstance(self.current, Arrival | InvalidRequest | Page)  # the others take no bytes
        self._unfed = self.current.feed(data)
        if self._unfed:
            self._pause_reading()
            self._serving.turns.add(self._feed_rest)

    def _feed_rest(self) -> None:
        data, self._unfed = self._unfed, b""
        if self._takes_more:
            self.feed(data)
        if self._unfed:
            return
        if self._ends_when_fed:
            self._ends_when_fed = False
            self._end_arrival()
        elif len(self._buffer) <= MAX_BUFFERED:
            self._resume_reading()

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
        if len(self._buffer) > MAX_BUFFERED:
            self._pause_reading()
        self._charge()

    def start_capture(self, capture: CaptureExchange) -> None:
        """Handle a capture that is complete, or as complete as it will be."""
        self.current = capture
        self.deadline = NO_DEADLINE
        self.since = capture.since
        capture.begin()

    def continue_invalid(self, request: InvalidRequest, data: bytes) -> None:
        """The current capture is not valid HTTP after all; `data`: all its bytes so far."""
        self.current = request
        request.feed(data)
        if self._half_closed:
            self._end_arrival()

    def request_complete(self) -> None:
        """The current page's request has arrived, so it has no deadline any more."""
        self.deadline = NO_DEADLINE

    def begin_again(self, begin: Begin) -> None:
        """Handle the current request, whose bytes are buffered, after its key was looked up."""
        self.current = None
        if not self._buffer:
            return  # the connection was refused in the meantime
        self._resume_reading()
        begin(self._buffer.take_all())
        if self._half_closed:
            self._end_arrival()

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
        """Call `on_disconnect` when the sender disconnects while its answer is held back; None: stop watching."""
        self._on_disconnect = on_disconnect
        if on_disconnect is not None and (self.transport is None or self.transport.is_closing()):
            on_disconnect()

    # Closing

    def end(self, response: bytes) -> None:
        """Send this response and close the connection."""
        if self.transport is not None:
            self.transport.write(response)
        self.close()

    def close(self) -> None:
        """Close the connection after buffered bytes were sent."""
        self._buffer.clear()
        self.deadline = clock.ticks() + CLOSE_S
        if self.transport is not None:
            self.transport.close()

    def _refuse(self) -> None:
        self._serving.captures.metrics.refused_connections += 1
        self.end(TOO_MANY)

    def _abort(self) -> None:
        if self.transport is not None:
            self.transport.abort()

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
        self._resume_reading()
        buffer.drop_empty_lines()
        is_new = buffer.is_new
        end = buffer.find_head()
        if end is not None:
            begin(self._serving, self, buffer.take_all(), end)
        elif buffer.is_too_long:
            self._begin_invalid(HEAD_TOO_LONG, TOO_LARGE)
        elif not buffer:
            if self._half_closed:
                self.close()
            return False
        elif buffer.is_invalid:
            self._begin_invalid(BARE_LINE_BREAKS, BAD)
        elif self._half_closed:
            self._begin_invalid(HEAD_INCOMPLETE, BAD, ended=True)
        else:
            self._wait_for_head(is_new=is_new)
            return False
        if self._half_closed:
            self._end_arrival()
        return True

    def _pause_reading(self) -> None:
        if not self._is_read_paused and self.transport is not None:
            self._is_read_paused = True
            self.transport.pause_reading()

    def _resume_reading(self) -> None:
        """The request may need more bytes. If some are left after it, `buffer_rest` pauses reading again."""
        if self._is_read_paused and self.transport is not None:
            self._is_read_paused = False
            self.transport.resume_reading()

    def _end_arrival(self) -> None:
        """The sender sends no more: store a capture as far as it has arrived, and abort a page with an incomplete
        body."""
        if self._unfed:
            self._ends_when_fed = True
        elif isinstance(self.current, Arrival | InvalidRequest):
            self.current.end()
        elif isinstance(self.current, Page) and self.current.wants_more and not self.current.is_tunnel:
            self._abort()

    def _wait_for_head(self, *, is_new: bool) -> None:
        if is_new:
            self.since = clock.ticks()
            self.deadline = self.since + HEAD_S
        self._charge()

    def _begin_invalid(self, why: str, fallback_response: bytes, *, ended: bool = False) -> None:
        begin_invalid(self._serving, self, self._buffer.take_all(), why, fallback_response, ended=ended)

    def _charge(self) -> None:
        """Count buffered bytes in the memory budget of captures if they begin with one, else in that of other
        requests. Refuses the connection when the budget is used up."""
        if len(self._buffer) <= FREE:
            return
        budget = self._buffer.budget
        if budget is None:
            known = find_bin(self._serving, self._buffer.peek(FREE)) is not None
            budget = self._serving.capture_memory if known else self._serving.other_memory
        try:
            self._buffer.charge(budget)
        except StoreUnavailable:
            self._refuse()
