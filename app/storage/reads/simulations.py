"""Simulations of servers that share the log: read from it, written by its process."""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from ... import clock
from ...domain.simulations import MOST_RUNS, StoredRun
from ...domain.units import micros
from ...errors import NotFound
from ..log import jobs
from .base import StoreBase

_read_run = msgspec.json.Decoder(StoredRun).decode


class SimulationReads(StoreBase):
    """Implements `Store`."""

    async def add_mark(self, hash: bytes, bin_id: str, until: datetime) -> None:
        await self._appender.submit(jobs.AddMark(hash, bin_id, micros(until), micros(clock.now())))

    async def put_simulation(self, run: StoredRun) -> bool:
        text = msgspec.json.encode(run).decode()
        job = jobs.PutSimulation(run.id, run.bin_id, micros(run.started_at), text, MOST_RUNS)
        return (await self._appender.submit(job)).value > 0

    async def list_simulations(self, bin_id: str) -> Sequence[StoredRun]:
        return [_read_run(row["run"]) for row in await self._log.all("list_simulations", {"bin": bin_id})]

    async def get_simulation(self, bin_id: str, run_id: str) -> StoredRun:
        row = await self._log.one("get_simulation", {"id": run_id, "bin": bin_id})
        if row is None:
            raise NotFound(f"There is no simulation {run_id} in this bin.")
        return _read_run(row["run"])

    async def stop_simulation(self, bin_id: str, run_id: str) -> None:
        await self._appender.submit(jobs.StopSimulation(run_id, bin_id))
