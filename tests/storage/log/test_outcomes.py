"""Outcomes: collected, written together, and never blocking."""

import asyncio

from app.errors import StoreUnavailable
from app.storage.log.jobs import AddAttempt, Job, OutcomeRecord, SetOutcomes
from app.storage.log.outcomes import OutcomeBuffer
from app.storage.log.results import Result


def _outcome(n: int) -> OutcomeRecord:
    return OutcomeRecord("bin", n, 200, 1, False, None, True, None, None)


class Jobs:
    """Where they are queued. It may raise at once, or fail later."""

    def __init__(self, *, refuses: bool = False, fails: bool = False) -> None:
        self.queued: list[list[int]] = []
        self.came = asyncio.Event()
        self.durable: list[asyncio.Future[Result]] = []
        self._refuses, self._fails = refuses, fails

    def submit(self, job: Job) -> "asyncio.Future[Result]":
        if self._refuses:
            raise StoreUnavailable("full")
        assert isinstance(job, SetOutcomes)
        self.queued.append([outcome.n for outcome in job.outcomes])
        self.came.set()
        future: asyncio.Future[Result] = asyncio.get_running_loop().create_future()
        if self._fails:
            future.set_exception(StoreUnavailable("full"))
        self.durable.append(future)
        return future


async def test_what_comes_together_is_written_together_by_itself() -> None:
    jobs = Jobs()
    outcomes = OutcomeBuffer(jobs.submit)
    for n in range(1, 4):
        outcomes.note(_outcome(n))
    assert jobs.queued == []
    async with asyncio.timeout(60):
        await jobs.came.wait()
    assert jobs.queued == [[1, 2, 3]]


async def test_a_log_that_refuses_costs_the_outcome_and_nothing_else() -> None:
    for jobs in (Jobs(refuses=True), Jobs(fails=True)):
        outcomes = OutcomeBuffer(jobs.submit)
        outcomes.note(_outcome(1))
        await outcomes.written()
        await outcomes.written()


async def test_a_reader_waits_until_what_was_known_is_durable() -> None:
    jobs = Jobs()
    outcomes = OutcomeBuffer(jobs.submit)
    await outcomes.written()
    outcomes.note(_outcome(1))
    reader = asyncio.ensure_future(outcomes.written())
    async with asyncio.timeout(60):
        await jobs.came.wait()
    assert not reader.done()
    jobs.durable[0].set_result(Result())
    await reader


async def test_attempts_are_written_with_the_outcomes() -> None:
    queued: list[Job] = []

    def submit(job: Job) -> "asyncio.Future[Result]":
        queued.append(job)
        future: asyncio.Future[Result] = asyncio.get_running_loop().create_future()
        future.set_result(Result())
        return future

    outcomes = OutcomeBuffer(submit)
    attempt = AddAttempt("bin", 1, "https://h.example", 1, 200, 3, None, "", b"")
    outcomes.note_attempt(attempt)
    outcomes.note(_outcome(1))
    assert queued == []
    await outcomes.written()
    assert queued == [attempt, SetOutcomes([_outcome(1)])]
    await outcomes.written()
    assert len(queued) == 2
