"""Settings of how the captures of a bin are parsed. Each change is also a request to parse the bin again, in the same
transaction: so a ledger that is rebuilt is the same as the one that readers see.
"""

import msgspec

from . import jobs
from .batch import Batch, Rejected


def request_reread(batch: Batch, bin_id: str) -> None:
    """Have the follower parse all captures of a bin again. Raises Rejected when there is no such bin."""
    number = batch.counter(bin_id).number
    batch.run("request_reread", {"number": number})
    batch.run("count_reread", {"number": number}, bin_id=bin_id)


def set_mapping(batch: Batch, job: jobs.SetMapping) -> None:
    """Set or remove the mapping of a bin. Raises Rejected when there is no such bin."""
    number = batch.counter(job.bin_id).number
    if job.mapping is None:
        batch.run("drop_mapping", {"bin": number})
    else:
        batch.run("set_mapping", {"bin": number, "mapping": job.mapping})
    batch.count_answer_change(job.bin_id)
    request_reread(batch, job.bin_id)


def set_secret(batch: Batch, job: jobs.SetSecret) -> None:
    """Add or replace a secret. Raises Rejected when there is no such bin."""
    values = msgspec.structs.asdict(job)
    number = batch.counter(values.pop("bin_id")).number
    batch.run("set_secret", {"bin": number, **values})
    request_reread(batch, job.bin_id)


def drop_secret(batch: Batch, job: jobs.DropSecret) -> None:
    """Remove a secret. Raises Rejected when there is no such bin or label."""
    number = batch.counter(job.bin_id).number
    if not batch.run("drop_secret", {"bin": number, "label": job.label}):
        raise Rejected("not_found", f"There is no secret {job.label} in this bin.")
    request_reread(batch, job.bin_id)
