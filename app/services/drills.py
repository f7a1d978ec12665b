"""Running drills: setting one fault after the other, watching the pairings, clearing the fault, updating the score.

The next step of a drill follows from stored data (its own state, the fault that is on, the pairings that met it), so a
server that was killed during one continues it; and the fault ends by itself in any case.

Of several servers that share a store, the one with the lease takes the steps of all drills, also of those that another
one has started; each of them can stop one.
"""

import asyncio
from collections.abc import Sequence
from datetime import timedelta

from msgspec.structs import replace

from .. import clock
from ..domain.drills import (
    Card,
    Drill,
    DrillStep,
    Observed,
    StepState,
    judge_step,
    plain_steps,
    score,
    series_steps,
)
from ..domain.faults import ActiveFault, Fault, FaultKind, is_redirected
from ..domain.pairings.model import Pairing
from ..domain.roles import Role
from ..errors import Conflict, NotFound, StoreUnavailable
from ..live.hub import Hub
from ..log import get_log
from ..store import COMMIT_WAIT_S, Store
from .faults import Faults
from .leases import Lease

LOOK_EVERY_S = 0.25
# How often drills that another server has started or stopped are looked for.
FOLLOW_EVERY_S = 1.0
LEASE = "drills"
# Captures after a redirected one among which the request that followed is searched.
SEEN_AFTER = 50
# A request that met the fault may still be on its way to the disk when the fault is over.
UNDER_WAY = timedelta(seconds=COMMIT_WAIT_S + 1)

_log = get_log("drilling")


class Drilling:
    """The running drills. Belongs to one event loop."""

    def __init__(self, store: Store, faults: Faults, hub: Hub) -> None:
        self._store = store
        self._faults = faults
        self._hub = hub
        self._running: dict[str, Drill] = {}
        # One start, stop or check at a time: each of them reads and then writes.
        self._turn = asyncio.Lock()
        self._followed_at = 0.0
        self.lease = Lease(store, LEASE)
        """Of the server that takes the steps."""

    async def start(self) -> None:
        """Continue the drills that an earlier server left running."""
        self._running = {drill.id: drill for drill in await self._store.running_drills()}

    async def begin(self, bin_id: str, role: Role, fault: Fault | None) -> Drill:
        """Start a drill with one fault, or with None the series that measures the provider. Conflict: a drill or a
        fault is on there. NotFound."""
        async with self._turn:
            if self._store.is_shared:
                await self._read_again()
                await self._renew_faults(bin_id)
            return await self._begin(bin_id, role, fault)

    async def _begin(self, bin_id: str, role: Role, fault: Fault | None) -> Drill:
        if any(drill.bin_id == bin_id and drill.role is role for drill in self._running.values()):
            raise Conflict("A drill is running on this URL; stop it or wait until it ends.")
        if self._faults.of(bin_id, role) is not None:
            raise Conflict("A fault is active on this URL; stop it before you start a drill.")
        now = clock.now()
        steps = series_steps(now) if fault is None else plain_steps(fault, now)
        drill = Drill(
            id=clock.new_id(), bin_id=bin_id, role=role, measuring=fault is None, started_at=now, steps=steps
        )  # fmt: skip
        await self._store.add_drill(drill)
        self._hub.notify(bin_id)
        # Otherwise the server with the lease takes the first step.
        return await self._advance(drill) if self.lease.may_begin else drill

    async def stop(self, bin_id: str, drill_id: str) -> Drill:
        """Clear the fault and end with the results so far; a drill that has ended stays as it is. NotFound."""
        async with self._turn:
            return await self._stop(bin_id, drill_id)

    async def _stop(self, bin_id: str, drill_id: str) -> Drill:
        drill = self._running.get(drill_id)
        if self._store.is_shared or drill is None or drill.bin_id != bin_id:
            drill = await self._store.get_drill(bin_id, drill_id)
        if drill.ended_at is not None:
            return drill
        await self._renew_faults(bin_id)
        await self._clear_fault(drill)
        now = clock.now()
        steps = tuple(
            replace(step, state=StepState.SKIPPED if step.started_at is None else StepState.DONE, ended_at=now)
            if step.ended_at is None
            else step
            for step in drill.steps
        )
        return await self._keep(replace(drill, steps=steps, ended_at=now, stopped=True))

    async def step(self) -> float:
        """Check the running drills, a few times a second. Seconds until the next call."""
        if not self.lease.may_begin:
            return FOLLOW_EVERY_S
        if self._store.is_shared and clock.ticks() - self._followed_at >= FOLLOW_EVERY_S:
            await self._follow()
        for drill_id in list(self._running):
            async with self._turn:
                if (drill := self._running.get(drill_id)) is not None:
                    await self._look(drill)
        return LOOK_EVERY_S

    async def _follow(self) -> None:
        async with self._turn:
            try:
                await self._read_again()
            except StoreUnavailable as error:
                _log.warning("drill.failed", reason=str(error))

    async def _read_again(self) -> None:
        """Use what other servers have stored; the fault of a drill that was stopped there may have been set here since
        then. Raises StoreUnavailable."""
        before = self._running
        await self.start()
        self._followed_at = clock.ticks()
        for drill in before.values():
            if drill.id not in self._running:
                await self._clear_fault(drill)

    async def _look(self, drill: Drill) -> None:
        try:
            await self._advance(drill)
        except NotFound:
            self._running.pop(drill.id, None)
        except StoreUnavailable as error:
            # The disk is full or busy; the next call tries again, and the fault ends by itself.
            _log.warning("drill.failed", reason=str(error))

    async def _advance(self, drill: Drill) -> Drill:
        """Take the next step that is due; store it and notify viewers only when something changed."""
        index = drill.current
        if index is None:
            return await self._keep(replace(drill, ended_at=clock.now()))
        step = drill.steps[index]
        if step.state is StepState.WAITING:
            return await self._arm(drill, index, step)
        pairings = await self._store.pairings_of_drill(drill.bin_id, drill.run_of(index))
        followed = step.fault.kind is FaultKind.REDIRECT and await self._has_followed(drill, pairings)
        fault = self._faults.of(drill.bin_id, drill.role)
        is_on = fault is not None and fault.drill == drill.run_of(index)
        seen = Observed(at=clock.now(), is_on=is_on, pairings=tuple(pairings), followed=followed)
        after = judge_step(drill, index, seen, UNDER_WAY)
        if after == step:
            return drill
        steps = (*drill.steps[:index], after, *drill.steps[index + 1 :])
        card = await self._card_of(drill, index, pairings)
        if after.state is StepState.DONE:
            await self._clear_fault(drill)
        done = replace(drill, steps=steps, card=card)
        # With its last step, not at the next look: a page that sees the step done sees the end.
        return await self._keep(replace(done, ended_at=clock.now()) if done.current is None else done)

    async def _arm(self, drill: Drill, index: int, step: DrillStep) -> Drill:
        now = clock.now()
        fault = replace(step.fault, until=now + timedelta(seconds=step.lasts_s))
        await self._faults.set(
            ActiveFault(
                id=clock.new_id(), bin_id=drill.bin_id, role=drill.role, fault=fault, started_at=now, left=fault.count,
                drill=drill.run_of(index),
            )
        )  # fmt: skip
        after = replace(step, fault=fault, state=StepState.RUNNING, started_at=now)
        return await self._keep(replace(drill, steps=(*drill.steps[:index], after, *drill.steps[index + 1 :])))

    async def _has_followed(self, drill: Drill, pairings: Sequence[Pairing]) -> bool:
        """Whether a request came to the address that the first message was redirected to. It names no message: a
        redirect turns a POST into a GET without a body."""
        if not pairings:
            return False
        rows = await self._store.list_captures(drill.bin_id, limit=SEEN_AFTER, after=pairings[0].hits[0].n)
        return any(row.role is drill.role and is_redirected(row.target) for row in rows)

    async def _card_of(self, drill: Drill, index: int, pairings: Sequence[Pairing]) -> Card:
        """The score of all steps together."""
        every = list(pairings)
        for earlier in range(index):
            every += await self._store.pairings_of_drill(drill.bin_id, drill.run_of(earlier))
        return score(every, clock.now())

    async def _renew_faults(self, bin_id: str) -> None:
        """Another server may have set or ended one."""
        if self._faults.reload is not None:
            await self._faults.reload(bin_id)

    async def _clear_fault(self, drill: Drill) -> None:
        fault = self._faults.of(drill.bin_id, drill.role)
        if fault is not None and fault.drill is not None and fault.drill.startswith(f"{drill.id}."):
            await self._faults.clear(drill.bin_id, drill.role)

    async def _keep(self, drill: Drill) -> Drill:
        self._running[drill.id] = drill
        if drill.ended_at is not None:
            del self._running[drill.id]
        if not await self._store.set_drill(drill):
            # It was stopped on another server, which knew nothing of a fault that was set here in the meantime.
            self._running.pop(drill.id, None)
            await self._clear_fault(drill)
            return await self._store.get_drill(drill.bin_id, drill.id)
        self._hub.notify(drill.bin_id)
        return drill
