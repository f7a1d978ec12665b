"""The size of queued jobs, and the exceptions that results raise."""

import pytest

from app.errors import AppError, Conflict, NotFound, Stale, StoreUnavailable
from app.storage.log.jobs import NextEpoch, Probe
from app.storage.log.queued import JOB_BYTES, error_of, size_of
from app.storage.log.results import FAILURES, Result

from .playing import a_job


def test_a_capture_counts_with_its_body_and_head_and_a_probe_with_what_it_writes() -> None:
    small, large = a_job(0), a_job(5_000)
    assert size_of(small) == JOB_BYTES + len(small.head)
    assert size_of(large) - size_of(small) == 5_000
    assert (size_of(Probe(9)), size_of(NextEpoch())) == (9, JOB_BYTES)


@pytest.mark.parametrize("name", FAILURES)
def test_only_errors_of_the_request_are_not_reported_as_an_unavailable_store(name: str) -> None:
    expected: dict[str, type[AppError]] = {"not_found": NotFound, "conflict": Conflict, "stale": Stale}
    error = error_of(Result(name, "the reason"))
    assert type(error) is expected.get(name, StoreUnavailable)
    assert str(error) == "the reason"
