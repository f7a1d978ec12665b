"""Refused writes: counted by size, and probed until one of that size works."""

import asyncio
from pathlib import Path

import pytest

from app.errors import StoreUnavailable
from app.storage.log import refused as module
from app.storage.log.jobs import Job, NextEpoch, Probe
from app.storage.log.refused import RefusedWrites
from app.storage.log.results import Result
from app.storage.log.state import LogState

from .playing import a_job, soon


@pytest.fixture
def state(tmp_path: Path) -> LogState:
    return LogState(tmp_path / "log.suspect")


class Jobs:
    """Records what is queued; `refuses`: it raises at once."""

    def __init__(self, *, refuses: bool = False) -> None:
        self.queued: list[Job] = []
        self.refuses = refuses

    def submit(self, job: Job) -> "asyncio.Future[Result]":
        self.queued.append(job)
        if self.refuses:
            raise StoreUnavailable("full")
        return asyncio.get_running_loop().create_future()


async def test_probes_have_the_size_of_the_largest_refused_write_until_one_works(state: LogState, monkeypatch) -> None:
    monkeypatch.setattr(module, "RETRY_S", 0.0)
    recent, jobs = state.recent, Jobs()
    writes = RefusedWrites(state, jobs.submit)
    for size in (100, 300, 200):
        writes.add(a_job(), size, "full")
    await soon(lambda: len(jobs.queued) >= 2)
    assert set(map(repr, jobs.queued)) == {repr(Probe(300))}
    recent.stored(asyncio.get_running_loop().time(), 300)
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    jobs.queued.clear()
    for _ in range(5):
        await asyncio.sleep(0)
    assert jobs.queued == []


async def test_a_probe_that_is_refused_at_once_is_repeated(state: LogState, monkeypatch) -> None:
    monkeypatch.setattr(module, "RETRY_S", 0.0)
    jobs = Jobs(refuses=True)
    writes = RefusedWrites(state, jobs.submit)
    writes.add(a_job(), 100, "full")
    await soon(lambda: len(jobs.queued) >= 3)
    writes.cancel()


async def test_a_job_that_is_no_capture_is_not_counted(state: LogState) -> None:
    recent, jobs = state.recent, Jobs()
    RefusedWrites(state, jobs.submit).add(NextEpoch(), 512, "full")
    assert (recent.reason, recent.full_size, recent.counts(asyncio.get_running_loop().time())) == (None, 0, (0, 0))


async def test_a_refused_probe_is_no_refused_request(state: LogState) -> None:
    recent, jobs = state.recent, Jobs()
    writes = RefusedWrites(state, jobs.submit)
    writes.add(Probe(300), 300, "full")
    assert (recent.reason, recent.full_size, recent.counts(asyncio.get_running_loop().time())) == ("full", 300, (0, 0))
    writes.cancel()


async def test_after_closing_nothing_is_counted_or_probed(state: LogState, monkeypatch) -> None:
    monkeypatch.setattr(module, "RETRY_S", 0.0)
    recent, jobs = state.recent, Jobs()
    writes = RefusedWrites(state, jobs.submit)
    writes.close()
    writes.add(a_job(), 100, "full")
    for _ in range(5):
        await asyncio.sleep(0)
    assert (recent.reason, jobs.queued) == (None, [])


async def test_a_cancelled_probe_is_not_sent(state: LogState, monkeypatch) -> None:
    monkeypatch.setattr(module, "RETRY_S", 0.0)
    jobs = Jobs()
    writes = RefusedWrites(state, jobs.submit)
    writes.add(a_job(), 100, "full")
    writes.cancel()
    for _ in range(5):
        await asyncio.sleep(0)
    assert jobs.queued == []


async def test_while_the_database_is_unreachable_it_is_probed_though_no_capture_was_refused(
    state: LogState, monkeypatch
) -> None:
    monkeypatch.setattr(module, "RETRY_S", 0.0)
    jobs = Jobs()
    writes = RefusedWrites(state, jobs.submit)
    state.note([Result("away", "no route to host")])
    writes.watch()
    await soon(lambda: len(jobs.queued) >= 2)
    assert set(map(repr, jobs.queued)) == {repr(Probe(0))}
    state.note([Result()])
    await soon(lambda: state.unreachable is None)
    await asyncio.sleep(0)
    jobs.queued.clear()
    for _ in range(5):
        await asyncio.sleep(0)
    assert jobs.queued == []
