"""The writes of a store as jobs of the log."""

import asyncio
from datetime import timedelta
from types import SimpleNamespace

import msgspec
import pytest

from app import clock
from app.domain.annotations import AnnotationChange
from app.domain.captures import FaultHit, NewCapture, NewOutcome, Outcome
from app.domain.roles import Role
from app.domain.units import micros
from app.errors import NotFound
from app.storage.log import jobs
from app.storage.log.results import Result
from app.storage.packing import pack
from app.storage.writes import SETTLE_WAIT_S, StoreWrites
from app.store import StepResult, SweepResult

from .builders import a_raw

BIN, NUMBER = "bin00001", 7


class FakeAppender:
    """Records the jobs, and gives the result that the test has set."""

    def __init__(self) -> None:
        self.jobs: list[jobs.Job] = []
        self.result = Result()
        self.waits: list[float | None] = []
        self.outcomes = SimpleNamespace(note=self.jobs.append)

    def append(self, job: jobs.AddCapture) -> "asyncio.Future[int]":
        return self.submit(job)  # type: ignore[return-value]

    def submit(self, job: jobs.Job, *, timeout_s: float | None = None) -> "asyncio.Future[Result]":
        self.jobs.append(job)
        self.waits.append(timeout_s)
        future: asyncio.Future[Result] = asyncio.get_running_loop().create_future()
        future.set_result(self.result)
        return future


class Writes(StoreWrites):
    """A store with one bin, whose reads wait for nothing."""

    is_shared = False

    def __init__(self) -> None:
        self.appender = self._appender = FakeAppender()  # type: ignore[assignment]
        self.waited: list[tuple[str, int]] = []
        self._follower = SimpleNamespace(caught_up=self._caught_up, forget=lambda n: self.waited.append(("forget", n)))  # type: ignore[assignment]
        self._numbers = {BIN: NUMBER}
        self._found = {NUMBER: 3}

    async def _caught_up(self, number: int) -> None:
        self.waited.append(("wait", number))

    async def _number(self, bin_id: str) -> int:
        if bin_id not in self._numbers:
            raise NotFound(bin_id)
        return self._numbers[bin_id]


@pytest.fixture
async def writes() -> Writes:
    return Writes()


def _capture(**values: object) -> NewCapture:
    return NewCapture(bin_id=BIN, role=Role.STATUS, raw=a_raw(b"body"), answer_version=5, **values)


async def test_a_capture_has_all_of_its_request(writes: Writes) -> None:
    new = _capture(fault=FaultHit(fault="f1", kind="status", said="status 500"))
    writes.add_capture(new)
    (job,) = writes.appender.jobs
    assert isinstance(job, jobs.AddCapture)
    raw = new.raw
    assert (job.bin_id, job.received_at, job.role) == (BIN, micros(raw.received_at), "status")
    assert (job.method, job.target, job.peer, job.head, job.body) == (
        raw.method,
        raw.target,
        raw.peer,
        raw.head,
        b"body",
    )
    assert (job.body_complete, job.provider, job.fault_id, job.simulated) == (True, None, "f1", False)
    assert job.fault == pack(new.fault)


@pytest.mark.parametrize(("is_shared", "version"), [(False, None), (True, 5)])
async def test_settings_are_compared_only_where_another_server_may_change_them(
    writes: Writes, is_shared: bool, version: int | None
) -> None:
    writes.is_shared = is_shared
    writes.add_capture(_capture())
    (job,) = writes.appender.jobs
    assert isinstance(job, jobs.AddCapture)
    assert job.answer_version == version


async def test_an_outcome_is_noted_with_what_was_sent(writes: Writes) -> None:
    writes.note_outcome(NewOutcome(bin_id=BIN, n=2, outcome=Outcome(status=500, after_ms=3, note="why")))
    assert writes.appender.jobs == [jobs.OutcomeRecord(BIN, 2, 500, 3, False, None, True, "why", None)]


async def test_what_is_deleted_or_annotated_is_seen_by_the_next_read(writes: Writes) -> None:
    for write in (
        writes.drop_capture(BIN, 1), writes.drop_captures(BIN, 4), writes.drop_some(BIN, [1]),
        writes.annotate(BIN, [1], AnnotationChange(pinned=True)),
    ):  # fmt: skip
        await write
    assert writes.waited == [("wait", NUMBER)] * 4
    with pytest.raises(NotFound):
        await writes.drop_capture("unknown", 1)
    assert len(writes.appender.jobs) == 4


async def test_no_read_waits_for_a_bin_that_was_deleted(writes: Writes) -> None:
    await writes.drop_bin(BIN)
    assert writes.appender.jobs == [jobs.DropBin(BIN)]
    assert writes.waited == [("wait", NUMBER), ("forget", NUMBER)]
    assert writes._numbers == {}


@pytest.mark.parametrize(("next_", "handled"), [(None, 3), (2, 2), (0, 0)])
async def test_a_step_that_was_not_completed_reports_how_much_was_handled(
    writes: Writes, next_: int | None, handled: int
) -> None:
    writes.appender.result = Result(value=1, next=next_, refused=1)
    for call in (
        writes.drop_some(BIN, [4, 5, 6]),
        writes.annotate(BIN, [4, 5, 6], AnnotationChange(note="")),
    ):
        assert await call == StepResult(changed=1, handled=handled, refused=1)


async def test_a_sweep_continues_where_it_has_ended_and_keeps_nothing_if_told_so(writes: Writes) -> None:
    writes.appender.result = Result(value=9, next=4)
    now = clock.now()
    assert await writes.sweep(now, timedelta(days=1), 3) == SweepResult(removed=9, next=4)
    assert await writes.erase() == SweepResult(removed=9, next=4)
    assert writes.appender.jobs == [jobs.Sweep(micros(now), 86_400, 3, False), jobs.Sweep(0, 0, 0, True)]


async def test_what_a_crash_has_left_is_settled_up_to_what_was_found_at_the_start(writes: Writes) -> None:
    await writes.settle_unanswered(timedelta(seconds=2), "why")
    assert writes.appender.jobs == [jobs.SettleUnanswered(2_000_000, "why", {NUMBER: 3})]
    assert writes.appender.waits == [SETTLE_WAIT_S]
    assert msgspec.msgpack.decode(jobs.encode_jobs(writes.appender.jobs))
