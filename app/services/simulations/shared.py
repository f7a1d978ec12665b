"""Simulations of all servers that share a store: each shows the runs of the others, and can end them.

The server that plays a run writes its mark before the first request, so that every server recognises them, and its
progress once a second. Without other servers nothing is written.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from ... import clock
from ...domain.simulations import RunState, StoredRun, mark_hash
from ...errors import NotFound, StoreUnavailable
from ...log import get_log
from ...store import Store
from ...tasks import start_task, stop
from .runs import Run, Simulating

WRITE_S = 1.0
MARKED = timedelta(days=7)
"""How long captures with the mark of a run are recognised, from its start."""
WRITTEN_RESULTS = 200
"""The last results of a run that other servers show."""
LOST_AFTER = timedelta(minutes=2)
"""A run whose server has not written for so long has ended with it."""
LOST = "The server that played it has stopped."

_log = get_log("simulating")


class SharedRuns:
    """Use from one event loop only. `simulating` has the runs that this server plays."""

    def __init__(self, store: Store, simulating: Simulating) -> None:
        self._store = store
        self._simulating = simulating
        self._following: set[asyncio.Task[None]] = set()
        if store.is_shared:
            simulating.publish = self.publish

    async def publish(self, run: Run) -> None:
        """Before the first request of a run. Raises StoreUnavailable."""
        if not self._store.is_shared:
            return
        await self._store.add_mark(mark_hash(run.mark.encode()), run.bin_id, run.started_at + MARKED)
        await self._store.put_simulation(_stored(run))
        if run.task is not None:
            task = start_task(self._follow(run), name=f"simulation {run.id} progress")
            self._following.add(task)
            task.add_done_callback(self._following.discard)

    async def find(self, bin_id: str, run_id: str) -> Run:
        """A run of this bin. NotFound: unknown, or no longer kept."""
        try:
            return self._simulating.find(bin_id, run_id)
        except NotFound:
            if not self._store.is_shared:
                raise
        return _shown(await self._store.get_simulation(bin_id, run_id))

    async def of_bin(self, bin_id: str) -> Sequence[Run]:
        """Those that a server plays, the newest first."""
        own = self._simulating.of_bin(bin_id)
        if not self._store.is_shared:
            return own
        known = {run.id for run in own}
        others = [_shown(each) for each in await self._store.list_simulations(bin_id) if each.is_played]
        runs = [*own, *(run for run in others if run.id not in known)]
        return sorted(runs, key=lambda run: run.started_at, reverse=True)

    async def stop(self, run: Run) -> None:
        """End it now, or within `WRITE_S` if another server plays it; one that has ended stays as it is."""
        if run.task is not None:
            await self._simulating.stop(run)
        elif self._store.is_shared and run.is_running:
            await self._store.stop_simulation(run.bin_id, run.id)

    async def close(self) -> None:
        """Stop all runs of this server, when it stops."""
        running = [run for run in self._simulating.all() if run.is_running]
        await self._simulating.close()
        for task in tuple(self._following):
            await stop(task)
        if self._store.is_shared:
            for run in running:
                try:
                    await self._store.put_simulation(_stored(run))
                except StoreUnavailable as error:
                    _log.warning("simulation.not_written", run=run.id, reason=str(error))

    async def _follow(self, run: Run) -> None:
        """Write the progress until the run has ended, and end it if a user wants that on another server."""
        is_running = True
        while is_running:
            await asyncio.sleep(WRITE_S)
            is_running = run.is_running
            try:
                is_unwanted = await self._store.put_simulation(_stored(run))
            except StoreUnavailable as error:
                _log.warning("simulation.not_written", run=run.id, reason=str(error))
                is_running = True
            else:
                if is_unwanted:
                    await self._simulating.stop(run)


def _stored(run: Run) -> StoredRun:
    progress = replace(run.progress, results=run.progress.results[-WRITTEN_RESULTS:])
    return StoredRun(
        id=run.id, bin_id=run.bin_id, spec=run.spec, started_at=run.started_at, written_at=clock.now(),
        ended_at=run.ended_at, is_played=run.task is not None, progress=progress, own=run.own,
    )  # fmt: skip


def _shown(stored: StoredRun) -> Run:
    run = Run(stored.id, stored.bin_id, stored.spec, "", stored.started_at)
    run.ended_at, run.progress, run.own = stored.ended_at, stored.progress, stored.own
    if run.is_running and clock.now() - stored.written_at > LOST_AFTER:
        run.progress.state, run.progress.problem, run.ended_at = RunState.FAILED, LOST, stored.written_at
    return run
