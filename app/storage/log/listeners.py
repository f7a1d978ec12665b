"""Listeners in the log."""

import msgspec

from ...domain.listeners import MOST_LISTENERS
from ..ids import row_id
from . import jobs
from .batch import Batch, Rejected


def open_listener(batch: Batch, job: jobs.OpenListener) -> int:
    """Add a listener, or set its cursor. Returns how often it was opened. Raises Rejected when there is no such bin, or
    when it has too many."""
    counter = batch.counter(job.bin_id)
    values: dict[str, object] = {"bin": counter.number, "name": job.name}
    row = batch.transaction.one("listeners_beside", values)
    assert row is not None, "an aggregate has one row"
    if not row["is_known"] and row["others"] >= MOST_LISTENERS:
        raise Rejected("conflict", f"A bin has at most {MOST_LISTENERS} listeners. Take one off first.")
    cursor = counter.last_n if job.cursor is None else min(job.cursor, counter.last_n)
    batch.run("open_listener", {**values, "now": job.now, "cursor": cursor, "is_moved": job.cursor is not None})
    row = batch.transaction.one("times_opened", values)
    assert row is not None, "it was written above"
    return int(row[0])


def mark_listener(batch: Batch, job: jobs.MarkListener) -> None:
    """Store the progress and the attempts."""
    try:
        counter = batch.counter(job.bin_id)
    except Rejected:
        return  # the bin was deleted
    batch.flush()
    for attempt in job.attempts:
        is_there = batch.transaction.one("has_capture", {"id": row_id(counter.number, attempt.n)}) is not None
        if attempt.n > counter.floor_n and is_there:
            batch.transaction.one("add_attempt", {"bin": counter.number, **msgspec.structs.asdict(attempt)})
    names = ("name", "opened", "connected_at", "seen_at", "cursor", "sent", "last")
    values = {name: getattr(job, name) for name in names}
    batch.run("mark_listener", {"bin": counter.number, **values})


def drop_listener(batch: Batch, job: jobs.DropListener) -> None:
    """Delete a listener. Raises Rejected when there is no such bin or listener."""
    if not batch.run("drop_listener", {"bin": batch.counter(job.bin_id).number, "name": job.name}):
        raise Rejected("not_found", f"There is no listener {job.name} in this bin.")
