"""Running simulations, and recent ones. They are kept in memory: a run ends with the server, its requests stay stored.

A run has a secret, its mark, in a header of all its requests. So simulated captures are recognised without their
content, and other senders cannot imitate them.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime

from ... import clock
from ...domain.simulations import MOST_RUNS, Progress, RunState, SimulationSpec, Targets
from ...egress import Network, open_sender
from ...errors import Conflict, NotFound
from ...log import get_log
from ...signatures.signer import Signer
from ...tasks import start_task, stop
from .player import Player

MOST_AT_ONCE = 4

_log = get_log("simulating")


class Run:
    """One simulation. `task` None: another process plays it, and only the mark is ours."""

    def __init__(self, id: str, bin_id: str, spec: SimulationSpec, mark: str, started_at: datetime) -> None:
        self.id = id
        self.bin_id = bin_id
        self.spec = spec
        self.mark = mark
        self.started_at = started_at
        self.ended_at: datetime | None = None
        self.progress = Progress(total=spec.count)
        self.task: asyncio.Task[None] | None = None
        self.published = asyncio.Event()
        """Set when all servers know the run, or it has ended."""
        self.own: Targets | None = None
        """URLs of the user's own, where the run does not play to the bin."""

    @property
    def is_running(self) -> bool:
        """It has not ended."""
        return self.progress.state is RunState.RUNNING


async def _unpublished(_: Run) -> None:
    return None


class Simulating:
    """Belongs to one event loop. `publish` is called with a run before its first request is sent."""

    def __init__(self) -> None:
        self.publish: Callable[[Run], Awaitable[None]] = _unpublished
        self._runs: deque[Run] = deque(maxlen=MOST_RUNS)
        self._marks: dict[bytes, str] = {}

    def begin(
        self, bin_id: str, spec: SimulationSpec, targets: Targets, allowed: Sequence[Network | str] | None = None,
        signer: Signer | None = None,
    ) -> Run:  # fmt: skip
        """Start to play. `targets` are URLs of a bin of this server; or, with `allowed`, the user's own, which are
        reached through the gate and do not get the mark. `signer` signs the requests. Conflict: too many are
        running."""
        if sum(run.is_running and run.task is not None for run in self._runs) >= MOST_AT_ONCE:
            raise Conflict(f"{MOST_AT_ONCE} simulations are running; stop one or wait until it ends.")
        run = self._add(bin_id, spec)
        run.own = None if allowed is None else targets
        run.task = start_task(self._play(run, targets, allowed, signer), name=f"simulation {run.id}")
        run.task.add_done_callback(lambda _: run.published.set())
        return run

    def announce(self, bin_id: str, spec: SimulationSpec) -> Run:
        """A run that another process plays: it gets a mark, and counts as done here."""
        run = self._add(bin_id, spec)
        run.progress.state = RunState.DONE
        run.ended_at = run.started_at
        return run

    def find(self, bin_id: str, run_id: str) -> Run:
        """A run of this bin. NotFound: unknown, or no longer kept."""
        for run in self._runs:
            if (run.id, run.bin_id) == (run_id, bin_id):
                return run
        raise NotFound(f"There is no simulation {run_id} in this bin; the last {MOST_RUNS} are kept.")

    def of_bin(self, bin_id: str) -> list[Run]:
        """Those that this server plays, the newest first."""
        return [run for run in reversed(self._runs) if run.bin_id == bin_id and run.task is not None]

    def all(self) -> Sequence[Run]:
        """All that are kept, oldest first."""
        return tuple(self._runs)

    async def stop(self, run: Run) -> None:
        """End it now; one that has ended stays as it is."""
        if run.task is not None and run.is_running:
            run.progress.state = RunState.STOPPED
            await stop(run.task)

    async def close(self) -> None:
        """Stop all runs, when the server stops."""
        for run in list(self._runs):
            await self.stop(run)

    def is_marked(self, header: bytes) -> bool:
        """Is this the mark of one of the runs?"""
        return header in self._marks

    @property
    def has_marks(self) -> bool:
        """False: no capture can be simulated, so no header needs to be compared."""
        return bool(self._marks)

    def _add(self, bin_id: str, spec: SimulationSpec) -> Run:
        if len(self._runs) == MOST_RUNS:
            self._marks.pop(self._runs[0].mark.encode(), None)
        run = Run(clock.new_id(), bin_id, spec, clock.new_secret(), clock.now())
        self._runs.append(run)
        self._marks[run.mark.encode()] = run.id
        return run

    async def _play(
        self, run: Run, targets: Targets, allowed: Sequence[Network | str] | None, signer: Signer | None
    ) -> None:
        try:
            await self.publish(run)
            run.published.set()
            async with open_sender(allowed) as sender:
                mark = run.mark if allowed is None else None
                player = Player(sender, run.spec, targets, mark=mark, signer=signer)
                player.progress = run.progress
                await player.run(run.started_at)
            run.progress.state = RunState.DONE
        except Exception as error:
            run.progress.state = RunState.FAILED
            run.progress.problem = "smsbin could not continue. See the server log for details."
            _log.error("simulation.failed", exc_info=error)
        finally:
            run.ended_at = clock.now()
