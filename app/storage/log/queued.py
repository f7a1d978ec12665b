"""A job in the queue of the log process: its size, its future, and the error that a result raises."""

import asyncio
from typing import Any

import msgspec

from ...errors import AppError, Conflict, NotFound, Stale, StoreUnavailable
from .jobs import AddCapture, Job, Probe
from .results import Result

# The size of a job without a body.
JOB_BYTES = 512


class QueuedJob(msgspec.Struct):
    """`since`: when it was queued; for a job with a longer timeout, later by the difference to `COMMIT_WAIT_S`."""

    job: Job
    size: int
    since: float
    # The result: of a capture its n, of any other job a `Result`.
    future: asyncio.Future[Any]


def size_of(job: Job) -> int:
    """The memory that a queued job needs, in bytes; of a probe what it writes."""
    if isinstance(job, AddCapture):
        return JOB_BYTES + len(job.body) + len(job.head)
    return job.size if isinstance(job, Probe) else JOB_BYTES


def error_of(result: Result) -> AppError:
    """The exception for a result with an error."""
    match result.error:
        case "not_found":
            return NotFound(result.message)
        case "conflict":
            return Conflict(result.message)
        case "stale":
            return Stale(result.message)
        case _:
            return StoreUnavailable(result.message)
