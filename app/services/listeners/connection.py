"""A listener in this process: its progress and what is not written of it, and its connection, if it has one."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from ... import clock
from ...domain.forwards.events import count_events, forwarded_event, is_repeat
from ...domain.forwards.headers import MAX_HOPS, hops_of
from ...domain.forwards.model import Forward, ForwardMode
from ...domain.listeners import (
    MAX_REASON,
    ListenerChoice,
    ListenerMarks,
    ListenerProgress,
    ListenerResult,
    StoredListener,
)
from ...domain.replays import NewAttempt, Trigger
from ...domain.roles import Role
from ...egress.exact import MAX_BODY
from ...errors import Damaged
from ...store import Store
from ..gathering import GatheredWrites
from ..wiretaps.handlers import Handlers
from .answering import ListenerHandler, ProgramAnswer
from .queue import ListenerQueue, OutgoingCapture

GATHER_S = 0.05
"""Seconds in which sent captures and acknowledgements are collected before they are written."""
AGAIN_S = 1.0
"""The pause after a write that failed."""
UNSTORED = 64
"""Results that wait to be written; no more is sent until they are."""
MAX_UNWRITTEN = 500
"""Captures that did not match before the new cursor is written without a result."""

# How an event is written.
_AS_EVENT = Forward(name="", url="", mode=ForwardMode.EVENT)


class ConnectionEnd(StrEnum):
    """Why smsbin ends a connection. `REPLACED`: a newer one has the same name. `REMOVED`: by a user."""

    REPLACED = "replaced"
    REMOVED = "removed"
    BIN_DELETED = "bin_deleted"
    STOPPED = "stopped"


class ListenerRecord:
    """Use from one event loop only. It is kept while the listener is not connected, because a write may still fail."""

    def __init__(self, store: Store, stored: StoredListener) -> None:
        self._store = store
        self._stored = stored
        self.connection: ListenerConnection | None = None
        self._attempts: list[NewAttempt] = []
        self._has_changed = False
        self._is_closed = False
        self._written = stored.progress.cursor
        self._writes = GatheredWrites(
            self._write, self._has_written, name="listener-results", gather_s=GATHER_S, again_s=AGAIN_S
        )

    @property
    def stored(self) -> StoredListener:
        """The listener with its current progress; the counts of its bin are those of the last read."""
        if self.connection is None:
            return self._stored
        return replace(self._stored, progress=self.connection.progress)

    @property
    def is_full(self) -> bool:
        """Whether so many results wait to be written that no more may come."""
        return len(self._attempts) >= UNSTORED

    def use(self, stored: StoredListener, *, is_moved: bool) -> None:
        """Before a new connection: use the counts of a new read, and if it `is_moved`, or was connected to another
        server since then, its cursor too."""
        is_newer = is_moved or stored.opened != self._stored.opened + 1
        progress = stored.progress if is_newer else self._stored.progress
        self._stored = replace(
            self._stored, progress=progress, last_n=stored.last_n, floor_n=stored.floor_n, opened=stored.opened
        )
        self.changed()

    def release(self, connection: "ListenerConnection") -> None:
        """The connection has ended, unless it is not the current one."""
        if self.connection is connection:
            connection.stop_answering()
            self._stored = replace(self._stored, progress=connection.progress)
            self.connection = None
            self.changed()

    def add(self, attempt: NewAttempt) -> None:
        """An attempt, which is written soon."""
        self._attempts.append(attempt)
        self.note_result(attempt.n, attempt.status, attempt.error, attempt.ms)

    def note_result(self, n: int, status: int | None, error: str | None, ms: int) -> None:
        """The last result, whose attempt is written by others."""
        last = ListenerResult(n=n, at=clock.now(), status=status, error=error, ms=ms)
        self._stored = replace(self._stored, last=last)
        self.changed()

    def moved(self) -> None:
        """The cursor may have moved over captures that do not match."""
        if self.stored.progress.cursor - self._written >= MAX_UNWRITTEN:
            self.changed()

    def changed(self) -> None:
        """Write the current state soon."""
        self._stored = replace(self._stored, seen_at=clock.now())
        self._has_changed = True
        if not self._is_closed:
            self._writes.soon()

    async def close(self) -> None:
        """Write what is left, and nothing after that."""
        self._is_closed = True
        await self._writes.finish()

    async def _write(self) -> None:
        if not self._has_changed:
            return
        self._has_changed = False
        stored, attempts = self.stored, list(self._attempts)
        marks = ListenerMarks(
            progress=stored.progress, seen_at=stored.seen_at, last=stored.last, attempts=attempts,
            opened=stored.opened, connected_at=None if self.connection is None else self.connection.since,
        )  # fmt: skip
        try:
            await self._store.mark_listener(stored.bin_id, stored.name, marks)
        except BaseException:
            self._has_changed = True
            raise
        self._written = stored.progress.cursor
        del self._attempts[: len(attempts)]

    def _has_written(self) -> None:
        if self._has_changed and not self._is_closed:
            self._writes.soon()
        if self.connection is not None:
            self.connection.wake()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sent:
    at: datetime
    trigger: Trigger


class ListenerConnection:
    """Use from one event loop only. `wake` is called when something may have to be sent, or the connection ends.
    `public_url`: of the server, for events."""

    def __init__(
        self, store: Store, record: ListenerRecord, choice: ListenerChoice, *, has_replaced: bool,
        public_url: str | None = None,
    ) -> None:  # fmt: skip
        self._store = store
        self._public_url = public_url
        self._has_events = choice.with_events
        self._record = record
        self._queue = ListenerQueue(store, record.stored.bin_id, choice, record.stored.progress)
        self._unanswered: dict[int, _Sent] = {}
        self._handler: ListenerHandler | None = None
        self._handlers: Handlers | None = None
        self.has_replaced = has_replaced
        self.stored = record.stored
        """The listener as it was when it connected."""
        self.since = clock.now()
        self.waits_since: datetime | None = None
        """The last acknowledgement, or the first capture that was sent after all were acknowledged; None: they are."""
        self.end: ConnectionEnd | None = None
        self.ended = asyncio.Event()
        self.wake: Callable[[], None] = _nothing

    @property
    def progress(self) -> ListenerProgress:
        """How far the listener is now."""
        return self._queue.progress

    @property
    def in_flight(self) -> int:
        """Captures that are sent and not acknowledged."""
        return self._queue.in_flight

    def start_answering(self, handlers: Handlers, roles: Sequence[Role]) -> None:
        """From now on the program answers the requests of these roles, while their senders wait."""
        self._handlers = handlers
        self._handler = ListenerHandler(self.stored.name, self._queue)
        for role in roles:
            handlers.add(self.stored.bin_id, role, self._handler)

    def stop_answering(self) -> None:
        """smsbin answers again; senders that wait get its usual answer."""
        if self._handler is not None and self._handlers is not None:
            for role in Role:
                self._handlers.remove(self.stored.bin_id, role, self._handler)
            self._handler.close()

    def left_ms(self, n: int) -> int | None:
        """How long the sender of a capture still waits for the answer of the program; None: it does not."""
        return None if self._handler is None else self._handler.left_ms(n)

    @property
    def is_answering(self) -> bool:
        """Whether its program answers senders that wait."""
        return self._handler is not None

    def close(self, end: ConnectionEnd) -> None:
        """End the connection. Nothing that comes over it later counts."""
        self._record.release(self)
        if self.end is None:
            self.end = end
            self.ended.set()
            self.wake()

    def left(self) -> None:
        """The program has disconnected, or was disconnected."""
        self._record.release(self)

    async def take(self) -> OutgoingCapture | None:
        """The next capture to send; None: there is none now. Raises NotFound when the bin is gone, StoreUnavailable,
        TooSlow."""
        while self._is_current and not self._record.is_full:
            outgoing = await self._queue.take()
            self._moved()
            if outgoing is None or not self._is_current:
                return None
            await self._store.flush()
            self.waits_since = self.waits_since or clock.now()
            self._unanswered[outgoing.n] = _Sent(at=clock.now(), trigger=outgoing.trigger)
            why = _why_not(outgoing)
            if why is None:
                self._record.changed()
                return await self._with_events(outgoing) if self._has_events else outgoing
            self.refuse(outgoing.n, why)
        return None

    async def _with_events(self, outgoing: OutgoingCapture) -> OutgoingCapture:
        capture, bin_id, events = outgoing.capture, self.stored.bin_id, []
        for position in range(count_events(capture)):
            first = await self._store.repeat_of(bin_id, outgoing.n, position) if is_repeat(capture) else None
            events.append(
                forwarded_event(
                    bin_id, capture, position, _AS_EVENT, duplicate_of=first, public_url=self._public_url
                )
            )  # fmt: skip
        return replace(outgoing, events=events)

    def refuse(self, n: int, why: str) -> None:
        """A capture that was taken cannot be sent at all."""
        self.answered(n, ProgramAnswer(status=None, ms=0, error=f"not sent: {why}"))
        self.acknowledge(n)

    def answered(self, n: int, answer: ProgramAnswer) -> None:
        """What the program did with a capture; the first answer counts."""
        sent = self._unanswered.pop(n, None)
        if sent is None or not self._is_current:
            return
        error = None if answer.error is None else answer.error[:MAX_REASON]
        if self._handler is not None and self._handler.answered(n, answer):
            self._record.note_result(n, answer.status, error, answer.ms)
            return
        self._record.add(
            NewAttempt(
                n=n, url="", sent_at=sent.at, status=answer.status, ms=answer.ms, error=error,
                content_type=answer.content_type[:200], body=answer.body[:MAX_BODY], trigger=sent.trigger,
                listener=self.stored.name,
            )
        )  # fmt: skip

    def acknowledge(self, n: int) -> None:
        """A capture needs not be sent again."""
        self._unanswered.pop(n, None)
        if self._is_current and self._queue.is_in_flight(n):
            self._queue.acknowledge(n)
            self.waits_since = clock.now() if self.in_flight else None
            self._record.changed()
            self._moved()
            self.wake()

    def repeat_last(self) -> None:
        """Send the last capture once more, if it is acknowledged."""
        self._queue.repeat_last()
        self.wake()

    def _moved(self) -> None:
        self._record.moved()
        if self._handler is not None:
            self._handler.check()

    @property
    def _is_current(self) -> bool:
        return self._record.connection is self


def _why_not(outgoing: OutgoingCapture) -> str | None:
    """Why a capture cannot be sent as a request; None: it can."""
    try:
        raw = outgoing.capture.intact()
    except Damaged as error:
        return str(error)
    if raw.refused is not None:
        return "it is not valid HTTP"
    if hops_of(raw) >= MAX_HOPS:
        return f"it has passed {MAX_HOPS} instances of smsbin already: they send to each other"
    return None


def _nothing() -> None:
    return None
