"""The retention: expired captures are deleted in small steps, once a minute, if the clock is trusted.

With a clock that is years ahead all captures would expire. So the time is stored in the log while it is trusted.
After an unexplained gap (a long stop and a changed clock look the same) nothing is deleted until a user confirms the
time, or a day has passed without another jump.

Bytes of captures that a user deleted are erased at once, whatever the clock shows.

Of several servers that share a store one deletes. A server whose clock is not trusted leaves that to another one, and
so does one whose clock is not that of the store.
"""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta

from ... import clock
from ...errors import StoreUnavailable
from ...log import get_log
from ...store import Store
from ..leases import Lease

EVERY_S = 60.0
PAUSE_S = 0.02
# A longer gap may be a changed clock.
LONGEST_STOP = timedelta(days=1)
# The maximum difference between the wall clock and the elapsed time while the server runs.
MAX_DRIFT = timedelta(hours=1)
# After this time without another jump the clock is trusted again.
HELD = timedelta(days=1)
# The maximum difference between the clock of this server and that of the store.
MAX_SKEW = timedelta(seconds=60)
LEASE = "sweeping"

_log = get_log("sweeping")


class Sweeping:
    """Use from one event loop only."""

    def __init__(self, store: Store, retention: timedelta) -> None:
        self._store = store
        self._retention = retention
        self._wall, self._ticks = clock.now(), clock.uptime()
        self._until: float | None = None
        self._why: str | None = None
        self._skew: timedelta = timedelta()
        # Whether another server deletes, as of the last step.
        self._is_done_elsewhere = False
        self._has_deleted = asyncio.Event()
        self.lease = Lease(store, LEASE, wants=lambda: self.is_trusted)
        """Of the server that deletes what has expired, of captures and of the audit log."""

    @property
    def is_trusted(self) -> bool:
        """Whether this server may delete something because of its age."""
        return self._until is None and abs(self._skew) <= MAX_SKEW

    @property
    def held(self) -> str | None:
        """The reason why nothing expires now; None: it does, here or on another server."""
        if self.is_trusted or self._is_done_elsewhere:
            return None
        return self._why or f"the clocks of this server and of the database differ by {abs(self._skew)}"

    @property
    def held_for(self) -> timedelta | None:
        """The remaining time of that, unless a user confirms the time; None: until the clock is corrected."""
        if self._until is None:
            return None if self.held else timedelta()
        return timedelta(seconds=max(0.0, self._until - clock.uptime()))

    def start(self) -> None:
        """Compare the clock with the last trusted time."""
        seen, now = self._store.last_seen(), clock.now()
        if seen is not None and now - seen > LONGEST_STOP:
            self._hold(f"smsbin last ran at {seen:%Y-%m-%d %H:%M} UTC, or the clock was changed since")

    def confirm(self) -> None:
        """A user confirms the time."""
        if self._until is not None:
            _log.info("sweep.resumed", reason="the time was confirmed")
        self._trust()

    async def step(self) -> float:
        """Delete everything that is due now, and store the time. Returns the seconds until the next call."""
        self._check_clock()
        try:
            await self._compare_with_store()
            if self.is_trusted:
                removed = await self._sweep() if self.lease.may_begin else 0
            else:
                removed = await erase_once(self._store)
        except StoreUnavailable as error:
            _log.warning("sweep.failed", reason=str(error))
        else:
            if removed:
                _log.info("captures.swept", count=removed)
        return EVERY_S

    async def _sweep(self) -> int:
        await self._store.note_time(clock.now())
        return await sweep_once(self._store, self._retention, goes_on=lambda: self.lease.may_begin)

    def erase_soon(self) -> None:
        """Something was deleted whose bytes are still in the files."""
        self._has_deleted.set()

    async def erase_step(self) -> float:
        """Wait for a deletion and erase its bytes. What fails is left to the next `step`."""
        await self._has_deleted.wait()
        self._has_deleted.clear()
        try:
            await erase_once(self._store)
        except StoreUnavailable as error:
            _log.warning("erasing.failed", reason=str(error))
        return 0

    def _check_clock(self) -> None:
        wall, ticks = clock.now(), clock.uptime()
        drift = (wall - self._wall) - timedelta(seconds=ticks - self._ticks)
        self._wall, self._ticks = wall, ticks
        if abs(drift) > MAX_DRIFT:
            self._hold(f"the clock jumped by {drift} at {wall:%Y-%m-%d %H:%M} UTC")
        elif self._until is not None and ticks >= self._until:
            _log.info("sweep.resumed", reason="the clock has not jumped for a day")
            self._trust()

    async def _compare_with_store(self) -> None:
        if not self._store.is_shared:
            return
        skew, was_trusted = await self._store.clock_skew(), self.is_trusted
        self._skew = skew
        if was_trusted and not self.is_trusted:
            _log.warning("sweep.held", reason=f"the clock of the database differs by {skew}")
        self._is_done_elsewhere = not self.is_trusted and await self.lease.is_elsewhere()

    def _hold(self, why: str) -> None:
        self._why = why
        self._until = clock.uptime() + HELD.total_seconds()
        _log.warning("sweep.held", reason=why)

    def _trust(self) -> None:
        self._why = self._until = None
        self._wall, self._ticks = clock.now(), clock.uptime()


async def sweep_once(
    store: Store, retention: timedelta, now: datetime | None = None, goes_on: Callable[[], bool] = lambda: True
) -> int:
    """Delete everything that is due, as long as `goes_on`. Returns the number of captures."""
    removed = 0
    after: int | None = 0
    while after is not None and goes_on():
        step = await store.sweep(now or clock.now(), retention, after)
        removed, after = removed + step.removed, step.next
        await asyncio.sleep(PAUSE_S if after is not None else 0)
    return removed


async def erase_once(store: Store) -> int:
    """Erase the bytes of deleted captures. Returns the number of captures."""
    removed = 0
    after: int | None = 0
    while after is not None:
        step = await store.erase()
        removed, after = removed + step.removed, step.next
        await asyncio.sleep(PAUSE_S if after is not None else 0)
    return removed
