"""Watches one bin for its alerts. What they find is in the log before anything of it is sent.

What is written has the edition of the alert from which it was decided. If another server has written since then, the
store refuses it, and the alerts continue as they are stored.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from ... import clock
from ...domain.alerts.model import (
    Alert,
    AlertDelivery,
    AlertKind,
    AlertMark,
    AlertNotice,
    AlertState,
    NoticeKind,
    StoredAlert,
    StoredNotice,
)
from ...errors import NotFound, StoreUnavailable, TooSlow
from ...log import get_log
from ...store import Store
from ...tasks import start_periodic, stop
from ..forwards.sending import wait_for_captures
from ..leases import Lease
from .delivering import AlertDeliveries
from .looking import BinView, Looked, look_at_captures, look_at_smsbin, server_trouble

PACE_S = 0.1
"""The shortest time between two looks at a bin, so that many captures are looked at together."""
AGAIN_S = 1.0
TOO_SLOW = timedelta(seconds=3)
"""The pause after a filter that took too long, so that it does not block other reads."""
LONGEST_S = 60.0
MAX_UNWRITTEN = 1_000
"""Captures that were looked at before the position is stored without a notice."""
SHOWN = 3
"""Notices of each alert that open pages show after a restart."""
RECENT = 20
"""Notices that open pages of the bin show."""

_log = get_log("alerts")


@dataclass(slots=True, kw_only=True)
class WatchedAlert:
    """An alert with its state now. `written`: the position in the log. `unwritten`: notices that are not there yet."""

    stored: StoredAlert
    secret: str | None
    written: int
    unwritten: list[StoredNotice] = field(default_factory=list)
    next_look: datetime | None = None
    aged_at: datetime | None = None
    sent_unwritten: int = 0
    """The last notice that was sent although the log refused it."""

    @property
    def alert(self) -> Alert:
        """Its settings."""
        return self.stored.alert

    @property
    def state(self) -> AlertState:
        """Its state."""
        return self.stored.state


@dataclass(frozen=True, slots=True, kw_only=True)
class RecentNotice:
    """A notice for open pages."""

    stored: StoredAlert
    number: int
    notice: AlertNotice


class BinWatcher:
    """Use from one event loop only; hold `lock` while alerts are changed. Captures are looked at with the `lease` only.
    `changed` is called with the id of the bin when an alert fires or has ended; `reread` replaces the alerts by those
    that are stored."""

    def __init__(
        self, store: Store, bin_id: str, deliveries: AlertDeliveries, changed: Callable[[str], None], lease: Lease,
        reread: "Callable[[BinWatcher], Awaitable[None]]",
    ) -> None:  # fmt: skip
        self._store = store
        self.bin_id = bin_id
        self._deliveries = deliveries
        self._changed = changed
        self._lease = lease
        self._reread = reread
        self._woken = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self.lock = asyncio.Lock()
        self.alerts: dict[str, WatchedAlert] = {}
        self.recent: deque[RecentNotice] = deque(maxlen=RECENT)
        """For open pages, oldest first."""

    def start(self) -> None:
        """Start to watch, if it has not begun."""
        if self._task is None:
            self._task = start_periodic(self._step, name=f"alerts-{self.bin_id}")

    def wake(self) -> None:
        """The bin has changed, or its alerts."""
        self._woken.set()

    async def stop(self, *, is_elsewhere: bool = False) -> None:
        """Stop, and store what was looked at. `is_elsewhere`: another server may be watching already, so nothing is
        stored."""
        if self._task is not None:
            await stop(self._task)
            self._task = None
        async with self.lock:
            if not is_elsewhere:
                with suppress(StoreUnavailable, NotFound):
                    await self.write(all_of_it=True)

    async def show_notices(self, stored: StoredAlert, *, after: int) -> None:
        """For open pages: the last notices with numbers above `after`, which another server has made, or an earlier
        one."""
        if not stored.alert.browser or stored.state.made <= after:
            return
        found = await self._store.list_notices(stored.id, limit=SHOWN)
        self.recent.extend(
            RecentNotice(stored=stored, number=each.number, notice=each.notice)
            for each in reversed(found)
            if each.notice.kind is not NoticeKind.MISSED and each.number > after
        )

    async def note(self, watched: WatchedAlert, state: AlertState, notices: Sequence[AlertNotice]) -> bool:
        """Store a new state of an alert, with notices that it leads to. Returns as `write`. Raises StoreUnavailable."""
        self._take(watched, state, notices)
        return await self.write()

    async def write(self, *, all_of_it: bool = False) -> bool:
        """Store the notices, and the positions that are far behind; then deliver. False: another server has written
        before, and the alerts are now as they are stored. Raises StoreUnavailable."""
        due = [
            each
            for each in self.alerts.values()
            if each.unwritten or all_of_it or each.stored.position - each.written >= MAX_UNWRITTEN
        ]
        if not due:
            return True
        marks = [
            AlertMark(
                alert_id=each.stored.id,
                edition=each.stored.edition,
                state=each.state,
                position=each.stored.position,
                notices=tuple(each.unwritten),
            )
            for each in due
        ]
        if await self._store.mark_alerts(marks) < len(marks):
            await self._reread(self)
            self._deliveries.wake()
            return False
        for each in due:
            each.stored = replace(each.stored, edition=each.stored.edition + 1)
            each.written = each.stored.position
            each.unwritten.clear()
        self._deliveries.wake()
        return True

    async def _step(self) -> float:
        self._woken.clear()
        await wait_for_captures()
        try:
            async with self.lock:
                wait_s = await self._advance()
        except NotFound:
            wait_s = LONGEST_S  # the bin is being deleted
        except StoreUnavailable as error:
            _log.warning("alerts.wait", bin=self.bin_id, reason=str(error))
            wait_s = AGAIN_S
        await asyncio.sleep(min(PACE_S, wait_s))
        with suppress(TimeoutError):
            async with asyncio.timeout(wait_s):
                await self._woken.wait()
        return 0

    async def _advance(self) -> float:
        """Look at all alerts once. Returns the seconds until the next look."""
        now = clock.now()
        more = False
        of_smsbin = [each for each in self._active() if each.alert.kind is AlertKind.SMSBIN]
        for each in of_smsbin:
            trouble = server_trouble(self._store.health(), self._store.ledger_status(), each.alert.more_than)
            self._use(each, look_at_smsbin(each.alert, each.state, trouble, each.stored.position, now))
        if of_smsbin:
            await self._write_or_send()
        others = [each for each in self._active() if each.alert.kind is not AlertKind.SMSBIN]
        if others and self._lease.may_begin:
            more = await self._look(others, now)
        await self.write()
        if more:
            return 0
        looks = [each.next_look for each in self._active() if each.next_look is not None]
        return min([LONGEST_S, *(max((at - clock.now()).total_seconds(), 0.001) for at in looks)])

    async def _look(self, alerts: Sequence[WatchedAlert], now: datetime) -> bool:
        bin = await self._store.get_bin(self.bin_id, wait=False)
        view = BinView(store=self._store, bin_id=bin.id, now=now, last_n=bin.last_n, ledger_n=bin.ledger_n)
        more = False
        for each in alerts:
            try:
                looked = await look_at_captures(each.alert, each.state, each.stored.position, view, each.aged_at)
            except TooSlow as error:
                _log.warning("alerts.too_slow", alert=each.stored.id, reason=str(error))
                each.next_look = now + TOO_SLOW
                continue
            self._use(each, looked)
            more = more or looked.more
        return more

    def _use(self, watched: WatchedAlert, looked: Looked) -> None:
        watched.stored = replace(watched.stored, position=looked.position)
        watched.next_look, watched.aged_at = looked.at, looked.aged_at
        self._take(watched, looked.evaluated.state, looked.evaluated.notices)

    def _take(self, watched: WatchedAlert, state: AlertState, notices: Sequence[AlertNotice]) -> None:
        """Use a new state, which may not be in the log yet."""
        was_firing, first = watched.state.firing, watched.state.made + 1
        watched.stored = replace(watched.stored, state=state)
        for number, notice in enumerate(notices, first):
            targets = () if notice.kind is NoticeKind.MISSED else watched.alert.targets
            deliveries = tuple(
                AlertDelivery(alert_id=watched.stored.id, number=number, target=target, due_at=notice.at)
                for target in targets
            )
            watched.unwritten.append(StoredNotice(number=number, notice=notice, deliveries=deliveries))
            if watched.alert.browser and notice.kind is not NoticeKind.MISSED:
                self.recent.append(RecentNotice(stored=watched.stored, number=number, notice=notice))
        if notices or state.firing != was_firing:
            self._changed(self.bin_id)

    async def _write_or_send(self) -> None:
        """A server that cannot write says so all the same: its notices are sent at once, and stored with their results
        when that is possible again."""
        try:
            await self.write()
        except StoreUnavailable:
            for each in self._active():
                if each.alert.kind is AlertKind.SMSBIN:
                    await self._send_unwritten(each)
            raise

    async def _send_unwritten(self, watched: WatchedAlert) -> None:
        for index, each in enumerate(watched.unwritten):
            if each.number <= watched.sent_unwritten:
                continue
            watched.sent_unwritten = each.number
            results = await asyncio.gather(*(self._attempt(delivery, each.notice) for delivery in each.deliveries))
            watched.unwritten[index] = replace(each, deliveries=tuple(results))

    async def _attempt(self, delivery: AlertDelivery, notice: AlertNotice) -> AlertDelivery:
        call: Awaitable[AlertDelivery | None] = self._deliveries.attempt(delivery, notice)
        return await call or delivery

    def _active(self) -> Sequence[WatchedAlert]:
        return [each for each in self.alerts.values() if not each.state.paused]
