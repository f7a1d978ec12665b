"""The retention: expired captures are deleted in small steps, once a minute, if the clock is trusted.

With a clock that is years ahead all captures would expire. So the time is stored in the log while it is trusted.
After an unexplained gap (a long stop and a changed clock look the same) nothing is deleted until a user confirms the
time, or a day has passed without another jump.

Bytes of captures that a user deleted are erased at once, whatever the clock shows.
"""

import asyncio
from datetime import datetime, timedelta

from ... import clock
from ...errors import StoreUnavailable
from ...log import get_log
from ...store import Store

EVERY_S = 60.0
PAUSE_S = 0.02
# A longer gap may be a changed clock.
LONGEST_STOP = timedelta(days=1)
# The maximum difference between the wall clock and the elapsed time while the server runs.
MAX_DRIFT = timedelta(hours=1)
# After this time without another jump the clock is trusted again.
HELD = timedelta(days=1)

_log = get_log("sweeping")


class Sweeping:
    """Use from one event loop only. `held` is the reason why nothing expires now."""

    def __init__(self, store: Store, retention: timedelta) -> None:
        self._store = store
        self._retention = retention
        self._wall, self._ticks = clock.now(), clock.uptime()
        self._until: float | None = None
        self._has_deleted = asyncio.Event()
        self.held: str | None = None

    @property
    def held_for(self) -> timedelta:
        """The remaining time of that, unless a user confirms the time."""
        return timedelta(seconds=0 if self._until is None else max(0.0, self._until - clock.uptime()))

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
            if self._until is None:
                await self._store.note_time(clock.now())
                removed = await sweep_once(self._store, self._retention)
            else:
                removed = await erase_once(self._store)
        except StoreUnavailable as error:
            _log.warning("sweep.failed", reason=str(error))
        else:
            if removed:
                _log.info("captures.swept", count=removed)
        return EVERY_S

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

    def _hold(self, why: str) -> None:
        self.held = why
        self._until = clock.uptime() + HELD.total_seconds()
        _log.warning("sweep.held", reason=why)

    def _trust(self) -> None:
        self.held = self._until = None
        self._wall, self._ticks = clock.now(), clock.uptime()


async def sweep_once(store: Store, retention: timedelta, now: datetime | None = None) -> int:
    """Delete everything that is due. Returns the number of captures."""
    removed = 0
    after: int | None = 0
    while after is not None:
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
