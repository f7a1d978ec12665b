"""What a forward sends next: captures after its position that match, and dispatches that are due.

Both are read in small parts, so that the memory does not depend on how many wait.
"""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from ...domain.captures import CaptureRow
from ...domain.forwards.model import Dispatch, DispatchOrder, DispatchState, Forward
from ...domain.search import Query
from ...store import Store
from ..choosing import chosen_rows, query_of

WINDOW = 64
"""Captures that are read at once, and the most that wait in memory."""
DUE = 32
"""Dispatches that are read at once."""
MESSAGE_WAIT = timedelta(seconds=60)
"""How long a request waits for an earlier one of its message that is retried."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Unsent:
    n: int
    message: str | None


class ForwardQueue:
    """The queue of one forward. `in_progress` are the dispatches that were taken and are not stored yet. Use from one
    event loop only."""

    def __init__(self, store: Store, forward_id: str, bin_id: str, forward: Forward, position: int) -> None:
        self._store = store
        self._id = forward_id
        self._bin_id = bin_id
        self._forward = forward
        self._query = query_of(forward)
        self._scanned = position
        self._window: deque[_Unsent] = deque()
        self._due: deque[Dispatch] = deque()
        # Whether there may be due dispatches that are not in `_due`.
        self._has_changed = True
        # Messages that have a dispatch with a next attempt, of those in the window.
        self._open_messages: set[str] = set()
        self.in_progress: dict[int, Dispatch] = {}
        # Those of them that have no stored state yet.
        self._fresh: set[int] = set()
        self.next_due: datetime | None = None
        """When the next dispatch is due, as far as it is known."""

    def use(self, forward: Forward) -> None:
        """Continue with new settings, for all captures that are not sent yet."""
        self._forward, self._query = forward, query_of(forward)
        self._scanned = self.position
        self._window.clear()
        self.changed()

    @property
    def position(self) -> int:
        """Every capture up to this number is sent, or stored as a dispatch, or does not match."""
        return self.position_without(())

    def position_without(self, stored: Sequence[int]) -> int:
        """The position when these are stored."""
        waiting = [each.n for each in self._window] + [n for n in self._fresh if n not in stored]
        return min(waiting, default=self._scanned + 1) - 1

    def changed(self) -> None:
        """Dispatches were changed by a user; some may be due earlier."""
        self._due.clear()
        self._has_changed = True

    def stored(self, dispatches: Sequence[Dispatch]) -> None:
        """These have their new state in the store."""
        for each in dispatches:
            self.in_progress.pop(each.n, None)
            self._fresh.discard(each.n)
            if each.due_at is not None and each.message is not None:
                self._open_messages.add(each.message)
        self._has_changed = True

    def put_back(self, dispatch: Dispatch) -> None:
        """It was not sent, and is sent later."""
        del self.in_progress[dispatch.n]
        if dispatch.n in self._fresh:
            self._fresh.discard(dispatch.n)
            self._window.appendleft(_Unsent(n=dispatch.n, message=dispatch.message))
        self._has_changed = True

    def dropped(self, n: int) -> None:
        """The capture was deleted."""
        self.in_progress.pop(n, None)
        self._fresh.discard(n)

    async def take(self, now: datetime) -> Dispatch | None:
        """The next dispatch to send now, which is then in progress; None: there is none. One with a due time in the
        future only has to be stored: it waits for an earlier request of its message."""
        if self._forward.order is DispatchOrder.STRICT:
            dispatch = await self._take_strictly(now)
        else:
            dispatch = await self._take_due(now) or await self._take_new(now)
        if dispatch is not None:
            self.in_progress[dispatch.n] = dispatch
        return dispatch

    async def take_one(self, now: datetime) -> Dispatch | None:
        """A dispatch for a target that may not work: the next one, due or not. Nothing may be in progress."""
        if self._forward.order is DispatchOrder.STRICT:
            dispatch = await self._store.first_open_dispatch(self._id)
        else:
            dispatch = next(iter(await self._store.open_dispatches(self._id, 1)), None)
        dispatch = dispatch or await self._take_new(now)
        if dispatch is not None:
            self._due.clear()
            self._has_changed = True
            self.in_progress[dispatch.n] = dispatch
        return dispatch

    async def _take_strictly(self, now: datetime) -> Dispatch | None:
        if self.in_progress:
            return None
        first = await self._store.first_open_dispatch(self._id)
        if first is None:
            return await self._take_new(now)
        self.next_due = first.due_at
        return first if first.due_at is None or first.due_at <= now else None

    async def _take_due(self, now: datetime) -> Dispatch | None:
        if not self._due and (self._has_changed or (self.next_due is not None and self.next_due <= now)):
            await self._read_due(now)
        for place, each in enumerate(self._due):
            if self._is_free(each.message):
                del self._due[place]
                return each
        return None

    async def _read_due(self, now: datetime) -> None:
        self._has_changed = False
        limit = DUE + len(self.in_progress)
        found = await self._store.open_dispatches(self._id, limit)
        late = [each for each in found if each.due_at is not None and each.due_at > now]
        due = [each for each in found if each not in late and each.n not in self.in_progress]
        self._due.extend(due)
        self.next_due = late[0].due_at if late else None
        if not late and len(found) == limit and due:
            self._has_changed = True

    async def _take_new(self, now: datetime) -> Dispatch | None:
        while not self._window:
            if not await self._scan():
                return None
        for place, each in enumerate(self._window):
            if self._forward.order is not DispatchOrder.MESSAGE or self._is_free(each.message):
                del self._window[place]
                self._fresh.add(each.n)
                waits = self._forward.order is DispatchOrder.MESSAGE and each.message in self._open_messages
                due_at = now + MESSAGE_WAIT if waits else None
                return Dispatch(n=each.n, state=DispatchState.WAITING, due_at=due_at, message=each.message)
        return None

    def _is_free(self, message: str | None) -> bool:
        if message is None or self._forward.order is not DispatchOrder.MESSAGE:
            return True
        return all(each.message != message for each in self.in_progress.values())

    async def _scan(self) -> bool:
        """Read the captures after the last one that was looked at; returns whether there were any."""
        rows = await self._store.list_captures(self._bin_id, after=self._scanned, limit=WINDOW, wait=False)
        if not rows:
            return False
        wanted = await matching_rows(self._store, self._bin_id, self._forward, self._query, rows)
        numbers = [row.n for row in wanted]
        known = {each.n for each in await self._store.dispatches_with_numbers(self._id, numbers)} if numbers else set()
        found = [
            _Unsent(n=row.n, message=message_of(row))
            for row in wanted
            if row.n not in known and row.n not in self.in_progress
        ]
        # Cleared before the read, so that what is stored in the meantime is not lost.
        self._open_messages.clear()
        messages = [each.message for each in found if each.message is not None]
        if messages and self._forward.order is DispatchOrder.MESSAGE:
            self._open_messages |= await self._store.open_messages(self._id, messages)
        self._window.extend(found)
        self._scanned = rows[-1].n
        return True


def message_of(row: CaptureRow) -> str | None:
    """What identifies the message of a capture; None: it has none."""
    reading = row.reading
    return None if reading.message_id is None else f"{reading.provider}:{reading.message_id}"


async def matching_rows(
    store: Store, bin_id: str, forward: Forward, query: Query, rows: Sequence[CaptureRow]
) -> Sequence[CaptureRow]:
    """Those that a forward sends by itself. Raises NotFound, TooSlow."""
    return [] if forward.wiretap is not None else await chosen_rows(store, bin_id, forward, query, rows)
