"""The right to do a work that only one of the servers of a store does at a time.

The holder extends its lease long before it ends. If it cannot, because the store does not answer or because the process
was frozen, it begins nothing new during the last `MARGIN_S` of the lease, so it has stopped when another server may
begin. Times are differences of this server's monotonic clock since before the call, so the lease never ends later here
than in the store.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from enum import Enum, auto

from prometheus_client.core import GaugeMetricFamily, Metric

from .. import clock
from ..errors import StoreUnavailable
from ..log import get_log
from ..store import Store
from ..tasks import start_periodic, stop

LEASE_S = 12.0
MARGIN_S = 4.0
EXTEND_S = 2.0
TAKE_S = 1.0
"""How often a server that does not have the lease tries to take it."""
ANSWER_S = 2.0
"""How long the answer of the store is waited for."""

_log = get_log("leases")


class _State(Enum):
    """`LAPSED`: this server had it last, and no other one is known to have it now."""

    NOT_HELD = auto()
    HELD = auto()
    LAPSED = auto()


async def _nothing() -> None:
    return None


async def _ignore(_: bool) -> None:
    return None


class Lease:
    """Use from one event loop only. `gained` begins the work, or raises StoreUnavailable and is called again. `lost`
    ends it; its argument says whether another server may do the work already, so that nothing may be written any more.
    After a call with False there may be one with True. A server that does not want it leaves it to others. A store that
    is not shared gives the lease once, for good."""

    def __init__(
        self, store: Store, name: str, gained: Callable[[], Awaitable[None]] = _nothing,
        lost: Callable[[bool], Awaitable[None]] = _ignore, wants: Callable[[], bool] = lambda: True,
    ) -> None:  # fmt: skip
        self._store = store
        self.name = name
        self._wants = wants
        self._gained = gained
        self._lost = lost
        self._state = _State.NOT_HELD
        self._ends_at = 0.0
        self._task: asyncio.Task[None] | None = None

    @property
    def is_held(self) -> bool:
        """Whether no other server can have the lease now: what was begun may be completed and written."""
        return not self._store.is_shared or clock.ticks() < self._ends_at

    @property
    def may_begin(self) -> bool:
        """Whether something new may be begun. Check it directly before it leaves the process."""
        return not self._store.is_shared or clock.ticks() < self._ends_at - MARGIN_S

    async def start(self) -> None:
        """Begin the work if the lease is free. From now on try to take it, and extend it."""
        try:
            wait_s = await self.step()
        except StoreUnavailable:
            wait_s = TAKE_S
        if wait_s is not None:
            self._task = start_periodic(self._later(wait_s), name=f"lease-{self.name}")

    async def stop(self) -> None:
        """Do not extend it any more; the caller ends the work."""
        if self._task is not None:
            await stop(self._task)

    async def release(self) -> None:
        """Let another server have it at once. The work must have ended."""
        was_held, self._ends_at, self._state = self.is_held, 0.0, _State.NOT_HELD
        if not self._store.is_shared or not was_held:
            return
        try:
            async with asyncio.timeout(ANSWER_S):
                await self._store.hold_lease(self.name, 0)
        except (StoreUnavailable, TimeoutError) as error:
            _log.warning("lease.not_released", name=self.name, reason=str(error))

    async def is_elsewhere(self) -> bool:
        """Whether another server has it. Only for a server that does not. Raises StoreUnavailable."""
        return self._store.is_shared and not await self._store.hold_lease(self.name, 0)

    async def step(self) -> float | None:
        """Take the lease if it is free, or extend it. Returns the seconds until the next call; None: there is none."""
        if not self._store.is_shared:
            await self._gained()
            return None
        if not self._wants():
            if self._state is not _State.NOT_HELD:
                await self._end(is_elsewhere=False)
                await self.release()
            return TAKE_S
        since = clock.ticks()
        is_ours = await self._try()
        if is_ours is None:
            if self._state is _State.HELD and not self.may_begin:
                await self._end(is_elsewhere=False)
            return TAKE_S
        if not is_ours:
            self._ends_at = 0.0
            if self._state is not _State.NOT_HELD:
                await self._end(is_elsewhere=True)
            return TAKE_S
        if self._state is _State.HELD and not self.may_begin:
            # The process was frozen.
            await self._end(is_elsewhere=False)
        self._ends_at = since + LEASE_S
        if self._state is not _State.HELD:
            await self._gained()
            self._state = _State.HELD
            _log.info("lease.gained", name=self.name)
        return EXTEND_S

    async def _try(self) -> bool | None:
        """None: the answer is not known."""
        wait_s = ANSWER_S
        if self._state is _State.HELD:
            wait_s = min(max(self._ends_at - MARGIN_S - clock.ticks(), 0.1), ANSWER_S)
        try:
            async with asyncio.timeout(wait_s):
                return await self._store.hold_lease(self.name, LEASE_S)
        except (StoreUnavailable, TimeoutError):
            return None

    async def _end(self, *, is_elsewhere: bool) -> None:
        self._state = _State.NOT_HELD if is_elsewhere else _State.LAPSED
        _log.warning("lease.lost", name=self.name, taken=is_elsewhere)
        await self._lost(is_elsewhere)

    def _later(self, wait_s: float) -> Callable[[], Awaitable[float | None]]:
        """The step, but not immediately at the first call."""
        waits = iter((wait_s,))

        async def step() -> float | None:
            first_s = next(waits, None)
            return await self.step() if first_s is None else first_s

        return step


def lease_metrics(*leases: Lease) -> Iterator[Metric]:
    """Which leases this server has."""
    held = GaugeMetricFamily(
        "smsbin_lease_held", "1 while this server does a work that only one server does at a time.", labels=["name"]
    )
    for lease in leases:
        held.add_metric([lease.name], float(lease.is_held))
    yield held
