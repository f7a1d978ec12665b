"""The base of all jobs."""

from app.storage.log import jobs
from app.storage.log.job import Job


def test_every_job_has_this_base() -> None:
    assert jobs.Job is Job
    assert issubclass(jobs.AddCapture, Job)
