"""The faults of all bins, in memory. A hit is counted synchronously on the event loop, so that no two requests get
the same count. The store gets a count in the transaction of the capture, and every other change before it applies
here. In a shared store the counts here may be too low, because other servers count too: the store refuses a capture
whose fault is used up, and counts are read again every second.

An expired fault has no effect; it is removed from the store a little later.
"""

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial

from .. import clock
from ..domain.captures import FaultHit
from ..domain.faults import ActiveFault, Fault, FaultKind, check_fault, is_redirected
from ..domain.roles import Role
from ..errors import Invalid, StoreUnavailable
from ..live.hub import Hub
from ..log import get_log
from ..store import COMMIT_WAIT_S, Store
from .keyring import Reload

# A count may be reverted for as long as a capture can wait for its commit.
REMOVE_AFTER_S = 2 * COMMIT_WAIT_S
EVERY_S = 1.0

CountedHit = tuple[Fault, FaultHit]

_log = get_log("faults")


class Faults:
    """Use from one event loop only."""

    def __init__(self, store: Store, hub: Hub) -> None:
        self._store = store
        self._hub = hub
        self._by_bin: dict[str, dict[Role, ActiveFault]] = {}
        # Expired faults, by id, and when that was noticed.
        self._over: dict[str, float] = {}
        self._changing = asyncio.Lock()
        self.reload: Reload | None = None
        """Set if the store is shared."""

    async def start(self) -> None:
        """Load the stored faults."""
        for fault in await self._store.list_faults():
            self._by_bin.setdefault(fault.bin_id, {})[fault.role] = fault

    async def read(self, bin_id: str) -> Callable[[], None]:
        """As in `Reloadable`."""
        return partial(self._put, bin_id, await self._store.list_faults(bin_id))

    def of(self, bin_id: str, role: Role) -> ActiveFault | None:
        """The role's active fault, or None."""
        fault = self._by_bin.get(bin_id, {}).get(role)
        return None if fault is None or fault.is_over(clock.now()) else fault

    def of_bin(self, bin_id: str) -> Sequence[ActiveFault]:
        """All active faults of a bin."""
        now = clock.now()
        return [fault for fault in self._by_bin.get(bin_id, {}).values() if not fault.is_over(now)]

    def count_hit(
        self,
        bin_id: str,
        role: Role,
        now: datetime,
        dice: Callable[[], float] = clock.dice,
        *,
        target: str = "",
    ) -> CountedHit | None:
        """The fault that applies to a request; it is counted. None: there is no active fault, or the request is
        spared by chance. `target`: a request that followed a redirect is not redirected again."""
        roles = self._by_bin.get(bin_id)
        active = None if roles is None else roles.get(role)
        if roles is None or active is None or active.is_over(now):
            return None
        fault = active.fault
        if fault.kind is FaultKind.REDIRECT and is_redirected(target):
            return None
        if fault.chance < 100 and dice() * 100 >= fault.chance:
            return None
        roles[role], hit = active.with_hit()
        return fault, hit

    def uncount(self, bin_id: str, role: Role, hit: FaultHit) -> None:
        """Revert a count, because the request could not be stored."""
        active = self._by_bin.get(bin_id, {}).get(role)
        if active is not None and active.id == hit.fault:
            self._by_bin[bin_id][role] = active.without_hit()

    async def set(self, fault: ActiveFault) -> None:
        """Replace the fault of a role. Raises Invalid with every wrong field, NotFound."""
        if problems := check_fault(fault.fault, fault.started_at):
            raise Invalid(*problems)
        async with self._changing:
            await self._store.set_fault(fault)
            if self.reload is not None:
                await self.reload(fault.bin_id)
            else:
                self._by_bin.setdefault(fault.bin_id, {})[fault.role] = fault
        self._hub.notify(fault.bin_id)

    async def clear(self, bin_id: str, role: Role) -> None:
        """End the role's fault now, if there is one."""
        async with self._changing:
            fault = self._by_bin.get(bin_id, {}).get(role)
            if fault is None:
                return
            await self._drop(fault)
        self._hub.notify(bin_id)

    def forget(self, bin_id: str) -> None:
        """The bin was deleted."""
        for fault in self._by_bin.pop(bin_id, {}).values():
            self._over.pop(fault.id, None)

    async def step(self) -> float:
        """Run once a second: notify viewers of faults that have just expired."""
        try:
            if self.reload is not None and self._by_bin:
                await self._read_counts()
            await self.sweep()
        except StoreUnavailable as error:
            # The disk is full or busy. The next call tries again, and users see the problem in the state of the store.
            _log.warning("faults.failed", reason=str(error))
        return EVERY_S

    async def sweep(self) -> None:
        """Notify viewers of faults that have just expired; remove those that expired a while ago."""
        now, ticks = clock.now(), clock.ticks()
        for fault in [fault for roles in self._by_bin.values() for fault in roles.values()]:
            if not fault.is_over(now):
                self._over.pop(fault.id, None)
            elif fault.id not in self._over:
                self._over[fault.id] = ticks
                self._hub.notify(fault.bin_id)
            elif ticks - self._over[fault.id] > REMOVE_AFTER_S:
                await self._remove_stored(fault)

    async def _remove_stored(self, fault: ActiveFault) -> None:
        async with self._changing:
            await self._drop(fault)

    async def _drop(self, fault: ActiveFault) -> None:
        await self._store.drop_fault(fault.bin_id, fault.id)
        if self.reload is not None:
            await self.reload(fault.bin_id)
        else:
            self._remove(fault)

    async def _read_counts(self) -> None:
        """Read how often the faults were taken on all servers."""
        for stored in await self._store.list_faults():
            roles = self._by_bin.get(stored.bin_id, {})
            active = roles.get(stored.role)
            if active is not None and active.id == stored.id:
                counted = active.with_counts_of(stored)
                if counted != active:
                    roles[stored.role] = counted
                    self._hub.notify(stored.bin_id)

    def _put(self, bin_id: str, stored: Sequence[ActiveFault]) -> None:
        before = {fault.id: fault for fault in self._by_bin.pop(bin_id, {}).values()}
        for fault in stored:
            # Hits that are counted here are perhaps not stored yet.
            known = before.pop(fault.id, fault)
            self._by_bin.setdefault(bin_id, {})[fault.role] = known.with_counts_of(fault)
        for gone in before:
            self._over.pop(gone, None)

    def _remove(self, fault: ActiveFault) -> None:
        roles = self._by_bin.get(fault.bin_id, {})
        active = roles.get(fault.role)
        if active is not None and active.id == fault.id:
            del roles[fault.role]
            if not roles:
                del self._by_bin[fault.bin_id]
        self._over.pop(fault.id, None)
