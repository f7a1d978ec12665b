"""Saved filters of a bin. They change nothing that is stored or parsed, so the bin keeps its version."""

import msgspec

from ...domain.saved_filters import MAX_SAVED
from . import jobs
from .batch import Batch, Rejected


def set_filter(batch: Batch, job: jobs.SetFilter) -> None:
    """Add or replace a filter. Raises Rejected when there is no such bin, when another filter has the name, or when
    there are too many."""
    values = msgspec.structs.asdict(job)
    values["bin"] = batch.counter(values.pop("bin_id")).number
    row = batch.transaction.one("filters_beside", {name: values[name] for name in ("bin", "id", "name")})
    assert row is not None, "an aggregate has one row"
    if row["is_taken"]:
        raise Rejected("conflict", f"Another filter of this bin is named {job.name}.")
    if row["others"] >= MAX_SAVED:
        raise Rejected("conflict", f"A bin has at most {MAX_SAVED} saved filters. Delete one first.")
    batch.run("set_filter", values)


def drop_filter(batch: Batch, job: jobs.DropFilter) -> None:
    """Delete a filter. Raises Rejected when there is no such bin or filter."""
    number = batch.counter(job.bin_id).number
    if not batch.run("drop_filter", {"bin": number, "id": job.id}):
        raise Rejected("not_found", f"There is no saved filter {job.id} in this bin.")
