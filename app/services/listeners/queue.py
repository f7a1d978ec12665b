"""What a listener gets next: captures after its cursor that match, in the order of their numbers.

Only numbers are kept in memory, and the bytes of a capture are read when it is sent, so that the memory for a listener
does not depend on its speed.
"""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

from ...domain.captures import Capture
from ...domain.forwards.events import ForwardedEvent
from ...domain.listeners import SEND_WINDOW, ListenerChoice, ListenerProgress, SentCapture
from ...domain.replays import Trigger
from ...errors import NotFound
from ...store import Store
from ..choosing import chosen_rows, query_of

SCANNED = 64
"""Captures that are read at once."""
MOST_AHEAD = 256
"""Captures that may be acknowledged while an earlier one is not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OutgoingCapture:
    """A capture to send, for the `attempt`-th time. `trigger`: why. `events`: all of it, in their order; None:
    they are not wanted."""

    capture: Capture
    attempt: int
    trigger: Trigger
    events: Sequence[ForwardedEvent] | None = None

    @property
    def n(self) -> int:
        """The number of the capture."""
        return self.capture.row.n


class ListenerQueue:
    """The queue of one connection. Use from one event loop only; only one `take` at a time."""

    def __init__(self, store: Store, bin_id: str, choice: ListenerChoice, progress: ListenerProgress) -> None:
        self._store = store
        self._bin_id = bin_id
        self._choice = choice
        self._query = query_of(choice)
        self._scanned = progress.cursor
        # Captures that match and are not sent yet.
        self._waiting: deque[int] = deque()
        self._tries = {each.n: each.tries for each in progress.sent}
        self._acknowledged = {each.n for each in progress.sent if each.acknowledged}
        self._in_flight: set[int] = set()
        # Sent again by hand; the cursor does not depend on them.
        self._repeated: set[int] = set()
        self._repeats_last = False
        # Number and attempt of the last capture that was sent.
        self._last: tuple[int, int] | None = None

    @property
    def progress(self) -> ListenerProgress:
        """How far the listener is now."""
        cursor = self._pass()
        sent = tuple(SentCapture(n, self._tries[n], n in self._acknowledged) for n in sorted(self._tries))
        return ListenerProgress(cursor=cursor, sent=sent)

    @property
    def in_flight(self) -> int:
        """Captures that are sent and not acknowledged."""
        return len(self._in_flight) + len(self._repeated)

    def is_in_flight(self, n: int) -> bool:
        """Whether a capture is sent and not acknowledged."""
        return n in self._in_flight or n in self._repeated

    def has_passed(self, n: int) -> bool:
        """Whether a capture was looked at and is neither to be sent nor in flight."""
        return n <= self._scanned and n not in self._waiting and not self.is_in_flight(n)

    def repeat_last(self) -> None:
        """Send the last capture that was sent once more, if it is acknowledged."""
        self._repeats_last = self._last is None or not self.is_in_flight(self._last[0])

    def acknowledge(self, n: int) -> None:
        """A capture in flight has arrived."""
        self._repeated.discard(n)
        if n in self._in_flight:
            self._in_flight.discard(n)
            self._acknowledged.add(n)
            self._pass()

    async def take(self) -> OutgoingCapture | None:
        """The next capture, which is in flight then; None: there is none, or too many are not acknowledged. Raises
        NotFound when the bin is gone, StoreUnavailable, TooSlow."""
        while self.in_flight < SEND_WINDOW:
            if self._repeats_last:
                self._repeats_last = False
                outgoing = await self._take_last()
            elif len(self._acknowledged) >= MOST_AHEAD or not (self._waiting or await self._scan()):
                return None
            else:
                outgoing = await self._take_first()
            if outgoing is not None:
                return outgoing
        return None

    def _pass(self) -> int:
        """Forget what the cursor has passed; returns the cursor."""
        first = (self._waiting[0],) if self._waiting else ()
        cursor = min((*first, *self._in_flight), default=self._scanned + 1) - 1
        for n in [n for n in self._tries if n <= cursor]:
            del self._tries[n]
        self._acknowledged.intersection_update(self._tries)
        return cursor

    async def _take_first(self) -> OutgoingCapture | None:
        if not self._waiting:
            return None
        n = self._waiting[0]
        capture = await self._read(n)
        self._waiting.popleft()
        if capture is None:
            self._tries.pop(n, None)
            return None
        self._in_flight.add(n)
        attempt = self._tries[n] = self._tries.get(n, 0) + 1
        self._last = (n, attempt)
        return OutgoingCapture(
            capture=capture, attempt=attempt, trigger=Trigger.FIRST if attempt == 1 else Trigger.RETRY
        )

    async def _take_last(self) -> OutgoingCapture | None:
        before = self._waiting[0] if self._waiting else self._scanned + 1
        rows = await self._store.list_captures(self._bin_id, before=before, limit=SCANNED, wait=False)
        found = await chosen_rows(self._store, self._bin_id, self._choice, self._query, rows)
        if not found or self.is_in_flight(found[0].n):
            return None
        n = found[0].n
        capture = await self._read(n)
        if capture is None:
            return None
        self._repeated.add(n)
        attempt = 2 if self._last is None or self._last[0] != n else self._last[1] + 1
        self._last = (n, attempt)
        return OutgoingCapture(capture=capture, attempt=attempt, trigger=Trigger.MANUAL)

    async def _read(self, n: int) -> Capture | None:
        """None: it was deleted."""
        try:
            return await self._store.get_capture(self._bin_id, n, wait=False)
        except NotFound:
            return None

    async def _scan(self) -> bool:
        """Read the captures after the last one that was looked at; returns whether there were any."""
        rows = await self._store.list_captures(self._bin_id, after=self._scanned, limit=SCANNED, wait=False)
        if not rows:
            return False
        found = await chosen_rows(self._store, self._bin_id, self._choice, self._query, rows)
        self._waiting.extend(row.n for row in found if row.n not in self._acknowledged)
        self._scanned = rows[-1].n
        return True
