"""One TCP connection: the asyncio protocol that finds the requests in what comes, one after the other.

One request is in hand at a time; what comes meanwhile waits in the buffer, and beyond `MOST_WAITING` bytes in the
kernel. Deadlines are kept by `slots.py`, which looks at `deadline` and calls `late`.
"""

import asyncio
from collections.abc import Callable
from typing import cast

from .. import clock
from ..domain.bins import Bin
from ..errors import StoreUnavailable
from .arriving import Arrival, Broken
from .beginning import (
    BAD,
    BARE,
    FOREVER,
    TOO_LARGE,
    TOO_LONG,
    TOO_MANY,
    TOO_SLOW,
    UNFINISHED,
    Hand,
    begin,
    begin_broken,
    find_bin,
)
from .buffer import FREE, Buffer
from .capture import Capture
from .pages import Page, PageHandler
from .serving import Serving

HEAD_S = 10.0
IDLE_S = 75.0
# A sender that closes its half so soon after its request still listens; later, it has hung up.
LISTENS_S = 0.25
# What was written before a close may take so long to leave.
CLOSE_S = 30.0
MOST_WAITING = 64 << 10
# So many requests of a pipeline are answered before other connections have a turn.
MOST_AT_ONCE = 32


class Connection(asyncio.Protocol):
    """Made by `IngressServer`, one a connection."""

    def __init__(self, serving: Serving) -> None:
        self._serving = serving
        self.transport: asyncio.Transport | None = None
        """None: the connection is gone."""
        self.address = "unknown"
        """At the other end, without its port."""
        self.hand: Hand | None = None
        """The request in hand."""
        self.deadline = FOREVER
        """When `late` is to be called."""
        self.since = 0.0
        """When what goes on now had begun: a request, or the wait for one."""
        self.trusted = False
        """The page in hand was asked for by a signed-in client."""
        self._buffer = Buffer()
        self._handler: PageHandler | None = None
        self._is_paused = self._is_full = self._half_closed = self._is_going_on = False
        self._left: Callable[[], object] | None = None

    @property
    def bin(self) -> Bin | None:
        """Whose capture is in hand."""
        return None if self.hand is None or isinstance(self.hand, Page) else self.hand.bin

    @property
    def is_arriving(self) -> bool:
        """A capture is in hand that has not come whole."""
        return isinstance(self.hand, Arrival | Broken)

    # asyncio.Protocol

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """A newcomer."""
        # uvloop's transports do not inherit from asyncio's.
        self.transport = cast(asyncio.Transport, transport)
        peer = transport.get_extra_info("peername")
        self.address = str(peer[0]) if peer else "unknown"
        self.since = clock.ticks()
        self.deadline = self.since + HEAD_S
        if not self._serving.slots.opened(self):
            self._refuse()

    def connection_lost(self, exc: Exception | None) -> None:
        """What came of a capture is kept."""
        self.transport = None
        self._half_closed = True
        if self.hand is None:
            self._go_on()
        elif isinstance(self.hand, Page):
            self._buffer.clear()
        else:
            self._end_arrival()
        self._serving.slots.closed(self)
        if self._handler is not None:
            self._handler.connection_lost(exc)
        if self._left is not None:
            self._left()

    def data_received(self, data: bytes) -> None:
        """The beginning, the end, or some of a request; or many."""
        hand = self.hand
        if hand is None:
            self._buffer.add(data)
            self._go_on()
        elif isinstance(hand, Arrival | Broken) or (isinstance(hand, Page) and hand.wants_more):
            hand.feed(data)
        else:
            self.hold(data)

    def eof_received(self) -> bool:
        """A sender that closes its half after a request still listens: it is answered. One that closes it while it is
        kept waiting has hung up. True keeps our half open."""
        hand = self.hand
        if self._left is not None and clock.ticks() - self.since > LISTENS_S:
            self._left()
            return False
        self._half_closed = True
        if hand is None:
            self._go_on()
            return self.hand is not None or len(self._buffer) > 0
        self._end_arrival()
        return True

    def pause_writing(self) -> None:
        """The peer reads slowly."""
        self._is_full = True
        if self._handler is not None:
            self._handler.pause_writing()

    def resume_writing(self) -> None:
        """It has read."""
        self._is_full = False
        if self._handler is not None:
            self._handler.resume_writing()

    # For the request in hand

    def handler(self) -> PageHandler:
        """aiohttp's end of this connection."""
        if self._handler is None:
            assert self.transport is not None  # it has just said something
            self._handler = self._serving.pages.connect(self.transport)
            if self._is_full:
                self._handler.pause_writing()
        return self._handler

    def hold(self, data: bytes) -> None:
        """These bytes follow the request in hand."""
        if not data:
            return
        self._buffer.add(data)
        if len(self._buffer) > MOST_WAITING and not self._is_paused and self.transport is not None:
            self._is_paused = True
            self.transport.pause_reading()
        self._charge()

    def take(self, capture: Capture) -> None:
        """A capture has come as far as it will."""
        self.hand = capture
        self.deadline = FOREVER
        self.since = capture.since
        capture.begin()

    def came_whole(self) -> None:
        """The page in hand has no deadline any more."""
        self.deadline = FOREVER

    def answered(self, *, stay: bool) -> None:
        """The answer to the request in hand is out, or never will be; `stay`: the next one may follow."""
        self.hand = None
        self.trusted = False
        if not stay or self._serving.is_stopping or (self._half_closed and not self._buffer):
            self.close()
            return
        if self.transport is not None and self.transport.is_closing():
            return  # its deadline is that of the close
        self.since = clock.ticks()
        self.deadline = self.since + IDLE_S
        if self._buffer or self._is_paused:
            self._go_on()

    def watch(self, left: Callable[[], object] | None) -> None:
        """The sender is kept waiting on purpose: call this when it hangs up."""
        self._left = left
        if left is not None and (self.transport is None or self.transport.is_closing()):
            left()

    def end(self, words: bytes) -> None:
        """Say this, and close."""
        if self.transport is not None:
            self.transport.write(words)
        self.close()

    # For all connections

    def late(self) -> None:
        """The deadline is over: what came of a capture is kept, anything else is refused."""
        self.deadline = FOREVER
        if isinstance(self.hand, Arrival | Broken):
            self.hand.end()
        elif self.hand is not None or (self.transport is not None and self.transport.is_closing()):
            self._abort()
        elif self._buffer:
            self._begin_broken(UNFINISHED, TOO_SLOW, ended=True)
        else:
            self.close()

    def close(self) -> None:
        """When what was written is out."""
        self._buffer.clear()
        self.deadline = clock.ticks() + CLOSE_S
        if self.transport is not None:
            self.transport.close()

    def make_room(self) -> None:
        """Another connection needs the place: what came of a capture is kept and answered, anything else ends now."""
        self._half_closed = True
        if isinstance(self.hand, Arrival | Broken):
            self.hand.end()
        elif self.hand is None:
            self._keep_unfinished()
        if self.bin is None:
            self._abort()

    # The buffer

    def _go_on(self) -> None:
        """Begin the requests in the buffer, one after the other, until one takes its time."""
        if self._is_going_on:
            return
        self._is_going_on = True
        count = 0
        while self._buffer and self.hand is None and (self.transport is None or not self.transport.is_closing()):
            if count == MOST_AT_ONCE:
                asyncio.get_running_loop().call_soon(self._go_on)
                break
            count += 1
            if not self._begin():
                break
        self._is_going_on = False

    def _begin(self) -> bool:
        """Begin the request at the start of the buffer; False: its head has not come whole."""
        buffer = self._buffer
        if self._is_paused and self.transport is not None:
            # Whatever begins may want more; what it leaves pauses reading again.
            self._is_paused = False
            self.transport.resume_reading()
        buffer.drop_empty_lines()
        is_new = buffer.is_new
        end = buffer.find_head()
        if end is not None:
            begin(self._serving, self, buffer.take(), end)
        elif buffer.is_too_long:
            self._begin_broken(TOO_LONG, TOO_LARGE)
        elif not buffer:
            if self._half_closed:
                self.close()
            return False
        elif buffer.is_bare:
            self._begin_broken(BARE, BAD)
        elif self._half_closed:
            self._begin_broken(UNFINISHED, BAD, ended=True)
        else:
            self._wait_for_head(is_new=is_new)
            return False
        if self._half_closed:
            self._end_arrival()
        return True

    def _end_arrival(self) -> None:
        """The sender sends no more: a capture is kept as far as it came, and no page has half a body."""
        if isinstance(self.hand, Arrival | Broken):
            self.hand.end()
        elif isinstance(self.hand, Page) and self.hand.wants_more and not self.hand.is_tunnel:
            self._abort()

    def _wait_for_head(self, *, is_new: bool) -> None:
        if is_new:
            self.since = clock.ticks()
            self.deadline = self.since + HEAD_S
        self._charge()

    def _keep_unfinished(self) -> None:
        """Keep a head that does not end, where it belongs to a bin."""
        if self._buffer:
            self._begin_broken(UNFINISHED, BAD, ended=True)

    def _begin_broken(self, why: str, otherwise: bytes, *, ended: bool = False) -> None:
        begin_broken(self._serving, self, self._buffer.take(), why, otherwise, ended=ended)

    def _charge(self) -> None:
        """What begins with a capture shares the memory of captures. Where there is none left, the connection ends."""
        if len(self._buffer) <= FREE:
            return
        known = find_bin(self._serving, self._buffer.start(FREE)) is not None
        budget = self._serving.of_captures if known else self._serving.of_others
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
