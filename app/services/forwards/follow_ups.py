"""Looks for what follows from the captures of a forward by time: verdicts, and messages that are stuck.

A capture is looked at once for each, when it is old enough and the ledger has everything that was received until then.
Captures are read in small parts, and not at all before the next one is old enough.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from ...domain.bins import Bin
from ...domain.captures import CaptureRow
from ...domain.forwards.follow_ups import MARGIN, is_newest, needs_event, stuck_events, verdict_events, waits_until
from ...domain.forwards.model import LaterMark, StoredForward
from ...domain.pairings.model import FALLBACK_WITHIN
from ...domain.replays import FollowUp
from ...domain.roles import Kind
from ...store import Store
from ..choosing import query_of
from .queue import WINDOW, matching_rows, message_of

PACE = timedelta(seconds=1)
"""The least time between two looks."""
LONGEST = timedelta(minutes=1)
"""The longest one while a capture is too young, because the settings of the bin may change."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LaterFound:
    """What follows from captures up to `position`."""

    later: Sequence[LaterMark]
    position: int


@dataclass(frozen=True, slots=True, kw_only=True)
class _Decided:
    """`first_open`: the number of the first capture that cannot be decided yet, and `at`: when it may be."""

    later: Sequence[LaterMark] = ()
    first_open: int | None = None
    at: datetime | None = None


@dataclass(slots=True, kw_only=True)
class FollowUpLook:
    """Looks for one kind. Every capture up to `position` was looked at. Use from one event loop only."""

    store: Store
    stored: StoredForward
    follow_up: FollowUp
    position: int
    next_look: datetime | None = field(default=None, init=False)
    """When the next capture may be old enough; None: when there is one."""

    def is_due(self, now: datetime, upto: int) -> bool:
        """Whether there may be something to look at. After the clock was set back, it is not waited for."""
        if upto <= self.position:
            return False
        return self.next_look is None or not now < self.next_look <= now + LONGEST

    async def look(self, now: datetime, upto: int) -> LaterFound:
        """Look at captures after the position and up to number `upto`, at most `WINDOW`. The position is to be set when
        what follows is stored. Raises NotFound, TooSlow, StoreUnavailable."""
        bin = await self.store.get_bin(self.stored.bin_id, counts=False)
        within = _within(self.follow_up, bin)
        if within is None:
            self._look_again(now, now)
            return LaterFound(later=(), position=upto)
        rows = await self.store.list_captures(bin.id, after=self.position, upto=upto, limit=WINDOW, wait=False)
        known_until = now if not rows or rows[0].received_at > now - within else await self._known_until(now)
        young = next((row for row in rows if row.received_at > known_until - within), None)
        aged = rows if young is None else rows[: rows.index(young)]
        decided = await self._decide(bin, aged, known_until)
        if decided.first_open is not None:
            self._look_again(decided.at or now, now)
            return LaterFound(later=decided.later, position=decided.first_open - 1)
        if young is not None:
            self._look_again(young.received_at + within, now)
            return LaterFound(later=decided.later, position=young.n - 1)
        self.next_look = None
        return LaterFound(later=decided.later, position=upto if len(rows) < WINDOW else rows[-1].n)

    def _look_again(self, at: datetime, now: datetime) -> None:
        self.next_look = min(max(at, now + PACE), now + LONGEST)

    async def _known_until(self, now: datetime) -> datetime:
        """Everything that was received until then is in the ledger."""
        bin = await self.store.get_bin(self.stored.bin_id, wait=False)
        if bin.ledger_n == bin.last_n:
            return now
        newest = await self.store.list_captures(bin.id, limit=1, wait=False)
        return min([now, *(row.received_at for row in newest)])

    async def _decide(self, bin: Bin, aged: Sequence[CaptureRow], known_until: datetime) -> _Decided:
        forward = self.stored.forward
        rows = await matching_rows(self.store, bin.id, forward, query_of(forward), aged) if aged else ()
        if self.follow_up is FollowUp.STUCK:
            return _Decided(later=await _stuck(self.store, bin, rows))
        return await _verdicts(self.store, bin, rows, known_until)


def looks_of(store: Store, stored: StoredForward) -> Sequence[FollowUpLook]:
    """For verdicts, and for stuck messages; none if the forward does not send them."""
    if not stored.forward.sends_follow_ups:
        return ()
    return [
        FollowUpLook(store=store, stored=stored, follow_up=follow_up, position=stored.looked[follow_up])
        for follow_up in FollowUp
    ]


def _within(follow_up: FollowUp, bin: Bin) -> timedelta | None:
    """How old a capture must be; None: none is old enough."""
    if follow_up is FollowUp.VERDICT:
        return FALLBACK_WITHIN + MARGIN
    return bin.stuck_after + MARGIN if bin.stuck_after else None


async def _verdicts(store: Store, bin: Bin, rows: Sequence[CaptureRow], known_until: datetime) -> _Decided:
    wanted = {row.n: row for row in rows if row.reading.kind in (Kind.INBOUND, Kind.VOICE)}
    if not wanted:
        return _Decided()
    found = await store.pairings_of(bin.id, list(wanted), wait=False)
    newest = [pairing for pairing in found if any(is_newest(pairing, n) for n in wanted)]
    waits = {max(hit.n for hit in each.hits): waits_until(each, known_until) for each in newest}
    first_open, at = min(((n, at) for n, at in waits.items() if at is not None), default=(None, None))
    eventful = {hit.n for each in newest if needs_event(each) for hit in each.hits}
    numbers = [n for n in wanted if n in eventful and (first_open is None or n < first_open)]
    captures = await store.get_captures(bin.id, numbers, wait=False) if numbers else ()
    events = [(wanted[each.row.n], verdict_events(each, newest)) for each in captures]
    later = [LaterMark(n=row.n, message=message_of(row), events=each) for row, each in events if each]
    return _Decided(later=later, first_open=first_open, at=at)


async def _stuck(store: Store, bin: Bin, rows: Sequence[CaptureRow]) -> Sequence[LaterMark]:
    wanted = {row.n: row for row in rows if row.reading.message_id and row.reading.kind is not Kind.INBOUND}
    unfinished = await store.unfinished_messages(bin.id, list(wanted)) if wanted else ()
    numbers = sorted({each.n for each in unfinished if each.n == each.last_n})
    captures = await store.get_captures(bin.id, numbers, wait=False) if numbers else ()
    events = [(wanted[each.row.n], stuck_events(each, unfinished, bin.stuck_after)) for each in captures]
    return [LaterMark(n=row.n, message=message_of(row), events=each) for row, each in events if each]
