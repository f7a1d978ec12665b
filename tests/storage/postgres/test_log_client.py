"""The server's end of the log process: other servers get to know of changes that they have in memory."""

import asyncio

import pytest

from app.errors import StoreUnavailable
from app.storage.children import Program
from app.storage.log import client, jobs
from app.storage.log.jobs import Job
from app.storage.log.results import Result
from app.storage.postgres.log_client import SharedLogClient
from tests.storage.log.playing import Process, Quick, a_job, refused, turns


@pytest.fixture
def done() -> list[Job]:
    return []


@pytest.fixture
async def log(done: list[Job], monkeypatch: pytest.MonkeyPatch) -> SharedLogClient:
    monkeypatch.setattr(client, "Child", Process)
    monkeypatch.setattr(client, "CommitPace", Quick)
    made = SharedLogClient(Program("module", []), lambda _: None, done.append)
    starting = asyncio.ensure_future(made.start())
    await asyncio.sleep(0)
    made._child.open()
    await starting
    return made


async def test_a_change_is_reported_when_it_is_durable(log: SharedLogClient, done: list[Job]) -> None:
    changes = [jobs.SetAnswers("bin", "primary", None), jobs.DropSession("hash"), jobs.DropBin("bin")]
    for job in changes:
        log.submit(job)
    await turns()
    assert done == []
    log._child.answer()
    await turns()
    assert done == changes


async def test_a_change_that_was_refused_is_reported_because_it_may_be_stored(
    log: SharedLogClient, done: list[Job]
) -> None:
    change = jobs.SetAnswers("bin", "primary", None)
    future = log.submit(change)
    await turns()
    log._child.answer(Result("away", "the connection was lost"))
    assert await refused(future) == "the connection was lost"
    await turns()
    assert done == [change]


async def test_what_no_server_has_in_memory_is_not_reported(log: SharedLogClient, done: list[Job]) -> None:
    log.append(a_job())
    log.submit(jobs.NoteTime(1))
    log.submit(jobs.DropCapture("bin", 1))
    await turns()
    log._child.answer()
    await turns()
    assert done == []


async def test_what_could_not_be_queued_is_not_reported(log: SharedLogClient, done: list[Job]) -> None:
    await log.close()
    with pytest.raises(StoreUnavailable):
        log.submit(jobs.DropSession("hash"))
    await turns()
    assert done == []
