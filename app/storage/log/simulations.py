"""Simulations in the log, and their marks."""

import msgspec

from . import jobs
from .batch import Batch, Rejected


def add_mark(batch: Batch, job: jobs.AddMark) -> None:
    """Store a mark."""
    batch.run("forget_marks", {"now": job.now})
    batch.run("add_mark", {"hash": job.hash, "bin": job.bin, "until": job.until})


def put_simulation(batch: Batch, job: jobs.PutSimulation) -> int:
    """Store a run. Returns 1 if it is to end."""
    values = msgspec.structs.asdict(job)
    most = values.pop("most")
    batch.run("put_simulation", values)
    batch.run("forget_simulations", {"most": most})
    row = batch.transaction.one("get_simulation", {"id": job.id, "bin": job.bin})
    return int(row is not None and bool(row["stopping"]))


def stop_simulation(batch: Batch, job: jobs.StopSimulation) -> None:
    """Note that a run is to end. Raises Rejected when there is none."""
    if not batch.run("stop_simulation", msgspec.structs.asdict(job)):
        raise Rejected("not_found", f"There is no simulation {job.id} in this bin.")
