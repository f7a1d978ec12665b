"""The faults of all bins, in memory, where their counts are taken: at once, on the loop, so that no two requests take
the same one. The store hears of a count in the capture's own transaction, and of everything else first.

None can be forgotten: a fault that is over by its count or its time is none for anybody who asks; what is left of it is
swept away a little later.
"""

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime

from .. import clock
from ..domain.captures import FaultHit
from ..domain.faults import ActiveFault, Fault, FaultKind, check_fault, is_redirected
from ..domain.roles import Role
from ..errors import Invalid, StoreUnavailable
from ..live.hub import Hub
from ..log import get_log
from ..store import COMMIT_WAIT_S, Store

# A count that was taken may come back for as long as a capture can wait for its commit.
KEPT_S = 2 * COMMIT_WAIT_S
EVERY_S = 1.0

Taken = tuple[Fault, FaultHit]

_log = get_log("faults")


class Faults:
    """Belongs to one event loop."""

    def __init__(self, store: Store, hub: Hub) -> None:
        self._store = store
        self._hub = hub
        self._by_bin: dict[str, dict[Role, ActiveFault]] = {}
        # Faults that are over, by id, and since when.
        self._over: dict[str, float] = {}
        self._changing = asyncio.Lock()

    async def start(self) -> None:
        """Read those that a stop has left."""
        for fault in await self._store.list_faults():
            self._by_bin.setdefault(fault.bin_id, {})[fault.role] = fault

    def of(self, bin_id: str, role: Role) -> ActiveFault | None:
        """The role's fault; None when there is none any more."""
        fault = self._by_bin.get(bin_id, {}).get(role)
        return None if fault is None or fault.is_over(clock.now()) else fault

    def of_bin(self, bin_id: str) -> Sequence[ActiveFault]:
        """Every fault of a bin that is not over."""
        now = clock.now()
        return [fault for fault in self._by_bin.get(bin_id, {}).values() if not fault.is_over(now)]

    def take(
        self,
        bin_id: str,
        role: Role,
        now: datetime,
        dice: Callable[[], float] = clock.dice,
        *,
        target: str = "",
    ) -> Taken | None:
        """The fault for one request, which counts it. None: there is none, it is over, or chance spares the request.
        With its `target` a request that followed a redirect is not redirected again."""
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

    def give_back(self, bin_id: str, role: Role, hit: FaultHit) -> None:
        """The request that took it could not be stored, so it never was one."""
        active = self._by_bin.get(bin_id, {}).get(role)
        if active is not None and active.id == hit.fault:
            self._by_bin[bin_id][role] = active.without_hit()

    async def set(self, fault: ActiveFault) -> None:
        """In the place of the role's fault. Invalid names every field that is wrong; NotFound."""
        if problems := check_fault(fault.fault, fault.started_at):
            raise Invalid(*problems)
        async with self._changing:
            await self._store.set_fault(fault)
            self._by_bin.setdefault(fault.bin_id, {})[fault.role] = fault
        self._hub.ring(fault.bin_id)

    async def heal(self, bin_id: str, role: Role) -> None:
        """End the role's fault now, if it has one."""
        async with self._changing:
            fault = self._by_bin.get(bin_id, {}).get(role)
            if fault is None:
                return
            await self._store.drop_fault(fault.id)
            self._remove(fault)
        self._hub.ring(bin_id)

    def forget(self, bin_id: str) -> None:
        """The bin was deleted."""
        for fault in self._by_bin.pop(bin_id, {}).values():
            self._over.pop(fault.id, None)

    async def step(self) -> float:
        """Once a second: viewers are told of the faults that have just ended."""
        try:
            await self.sweep()
        except StoreUnavailable as error:
            # The disk is full or busy; the next turn tries again, and captures tell the user about it.
            _log.warning("faults.failed", reason=str(error))
        return EVERY_S

    async def sweep(self) -> None:
        """Ring for the faults that have just ended; take away those that ended a while ago."""
        now, ticks = clock.now(), clock.ticks()
        for fault in [fault for roles in self._by_bin.values() for fault in roles.values()]:
            if not fault.is_over(now):
                self._over.pop(fault.id, None)
            elif fault.id not in self._over:
                self._over[fault.id] = ticks
                self._hub.ring(fault.bin_id)
            elif ticks - self._over[fault.id] > KEPT_S:
                await self._take_away(fault)

    async def _take_away(self, fault: ActiveFault) -> None:
        async with self._changing:
            await self._store.drop_fault(fault.id)
            self._remove(fault)

    def _remove(self, fault: ActiveFault) -> None:
        roles = self._by_bin.get(fault.bin_id, {})
        active = roles.get(fault.role)
        if active is not None and active.id == fault.id:
            del roles[fault.role]
            if not roles:
                del self._by_bin[fault.bin_id]
        self._over.pop(fault.id, None)
