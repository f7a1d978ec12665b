"""Forwards in the log, and their dispatches."""

from typing import Any

import msgspec

from ..ids import row_id
from . import jobs
from .batch import Batch, Rejected

_FINAL = ("delivered", "rejected", "exhausted")


def add_forward(batch: Batch, job: jobs.AddForward) -> None:
    """Add a forward. Raises Rejected when there is no such bin."""
    if not batch.run("add_forward", msgspec.structs.asdict(job)):
        raise Rejected("not_found", f"There is no bin {job.bin_id}.")


def change_forward(query: str, batch: Batch, job: Any) -> None:
    """Run a statement that changes one forward. Raises Rejected when there is none."""
    if not batch.run(query, msgspec.structs.asdict(job)):
        raise Rejected("not_found", f"There is no forward {job.id}.")


def mark_dispatches(batch: Batch, job: jobs.MarkDispatches) -> None:
    """Store the new states and the attempts."""
    batch.flush()
    transaction = batch.transaction
    forward = transaction.one("forward_to_mark", {"id": job.id})
    if forward is None:
        return
    number, bin, floor_n, verdicts_position, stuck_position = forward
    for later in job.later:
        is_known = later.n <= (verdicts_position if later.is_verdict else stuck_position)
        if is_known or not _is_there(batch, bin, floor_n, later.n):
            continue
        values = {"forward": number, "n": later.n, "message": later.message, "later": later.later, "now": job.now}
        transaction.run("add_later", values)
    delivered = 0
    for record in job.dispatches:
        if not _is_there(batch, bin, floor_n, record.n):
            continue
        values = {name: getattr(record, name) for name in record.__struct_fields__ if name != "attempts"}
        transaction.run("set_dispatch", {"forward": number, **values})
        if record.state == "waiting":
            # The request that it waits for may have ended in the meantime.
            transaction.run("release_next", {"forward": number, "message": record.message, "now": job.now})
        for attempt in record.attempts:
            transaction.one("add_attempt", {"bin": bin, **msgspec.structs.asdict(attempt)})
        if record.state in _FINAL and record.message is not None:
            transaction.run("release_next", {"forward": number, "message": record.message, "now": job.now})
        # A capture counts once, also if something follows from it.
        delivered += record.state == "delivered" and not record.later_only
    values = {
        "number": number, "health": job.health, "position": job.position, "delivered": delivered,
        "edition": job.edition, "verdicts_position": job.verdicts_position, "stuck_position": job.stuck_position,
    }  # fmt: skip
    transaction.run("mark_forward", values)
    if job.health is None:
        transaction.run("count_requeued", {"number": number})


def _is_there(batch: Batch, bin: int, floor_n: int, n: int) -> bool:
    return n > floor_n and batch.transaction.one("has_capture", {"id": row_id(bin, n)}) is not None


def retry_dispatches(batch: Batch, job: jobs.RetryDispatches) -> int:
    """Make dispatches due now. Raises Rejected when there is no such forward."""
    batch.flush()
    forward = batch.transaction.one("forward_to_mark", {"id": job.id})
    if forward is None:
        raise Rejected("not_found", f"There is no forward {job.id}.")
    values = msgspec.structs.asdict(job) | {"forward": forward[0], "states": list(job.states)}
    changed = batch.transaction.run("retry_dispatches", values)
    if changed:
        batch.transaction.run("count_requeued", {"number": forward[0]})
    return changed
