"""One TCP connection: the asyncio protocol, with its half-closes, deadlines and eviction.

`pipeline.py` handles the requests. `slots.py` checks `deadline` and calls `on_deadline`.
"""

import asyncio
from typing import cast

from .. import clock
from . import pipeline
from .beginning import BAD, HEAD_INCOMPLETE, NO_DEADLINE, TOO_SLOW
from .pages import Page
from .pipeline import Pipeline

# A sender that closes its half of the connection within this time after its request still reads; later it has
# disconnected.
HALF_CLOSE_GRACE_S = 0.25


class Connection(Pipeline):
    """Created by `IngressServer`, one for each connection."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Register the connection, or refuse it when there are too many."""
        # uvloop's transports do not inherit from asyncio's.
        self.transport = cast(asyncio.Transport, transport)
        peer = transport.get_extra_info("peername")
        self.address = str(peer[0]) if peer else "unknown"
        self.since = clock.ticks()
        self.deadline = self.since + pipeline.HEAD_S
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
            self._unfed = b""
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
        elif self._takes_more:
            self.feed(data)
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

    # For all connections

    def on_deadline(self) -> None:
        """Handle the deadline: store what has arrived of a capture, refuse anything else."""
        self.deadline = NO_DEADLINE
        if self.is_arriving:
            self._end_arrival()
        elif self.current is not None or (self.transport is not None and self.transport.is_closing()):
            self._abort()
        elif self._buffer:
            self._begin_invalid(HEAD_INCOMPLETE, TOO_SLOW, ended=True)
        else:
            self.close()

    def evict(self) -> None:
        """Close the connection for a new one: a capture is stored and answered as far as it has arrived, anything
        else is aborted."""
        self._half_closed = True
        if self.is_arriving:
            self._end_arrival()
        elif self.current is None:
            self._keep_unfinished(BAD)
        if self.bin is None:
            self._abort()

    def stop(self) -> None:
        """The server stops: close the connection if it has no current request, and keep an incomplete head."""
        if self.current is None:
            self._keep_unfinished(b"")
        if self.current is None:
            self.close()

    def _keep_unfinished(self, fallback_response: bytes) -> None:
        """Store an incomplete head if it has a capture URL."""
        if self._buffer:
            self._begin_invalid(HEAD_INCOMPLETE, fallback_response, ended=True)
