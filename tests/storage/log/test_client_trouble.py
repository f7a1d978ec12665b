"""The server's end of the log process after failures: nothing doubtful is confirmed, and it recovers by itself."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from app.errors import CannotStart, StoreUnavailable
from app.storage import children
from app.storage.log import client, jobs, state
from app.storage.log import refused as refused_module
from app.storage.log.client import LogClient
from app.storage.log.queued import JOB_BYTES
from app.storage.log.results import LogFileStatus, LogPosition, Opened, Result, Results, encode
from app.storage.process import EXIT_DOUBT
from app.storage.sqlite.store import log_program

from .playing import Process, a_job, refused, soon, turns

SUSPECT = Result("suspect", "a sync failed")


def _mark(path: Path) -> Path:
    return path.with_suffix(".suspect")


def _fail(*_: object, **__: object) -> None:
    raise OSError(28, "No space left on device")


# The process ends


async def test_what_was_on_its_way_when_it_died_is_refused_once_and_never_confirmed(log, process) -> None:
    lost = [log.append(a_job()) for _ in range(12)]
    await turns()
    lost += [log.append(a_job()) for _ in range(12)]
    await turns()
    waiting = log.append(a_job())
    assert [len(batch) for batch in process.sent] == [12, 12]
    process.end()
    for future in lost:
        assert await refused(future) == "The log process stopped before it could confirm."
    assert (log.health().state, log.health().refused, log.waiting) == ("stopped", 24, 1)
    assert log.health().reason == "The log process is being started again: it ended with code -9."
    process.sent.clear()
    process.open()
    # Jobs that no process has received go to the next one, and no others.
    assert [len(batch) for batch in process.sent] == [1]
    process.answer(Result(value=25))
    assert waiting.result() == 25
    assert log.health().state == "ok"


async def test_what_it_is_sent_as_it_dies_is_refused(log, process) -> None:
    process.runs = False
    assert await refused(log.append(a_job())) == "The log process has just ended."


async def test_the_next_process_belongs_to_the_same_run_and_takes_no_other_log(log, process, path: Path) -> None:
    assert process.arguments == [str(path), log.run, "sound", ""]
    assert process.expected == []
    process.end()
    process.start()
    assert process.arguments == [str(path), log.run, "sound", "the log"]
    assert process.expected == [(client.OPEN_S, "opening the log")]


async def test_a_log_that_cannot_be_opened_again_is_reported_and_tried_again(log, process) -> None:
    process.end()
    process.open("It was deleted. Put it back.")
    process.end(1)
    waiting = log.append(a_job())
    assert (log.health().state, log.health().reason) == ("stopped", "It was deleted. Put it back.")
    process.open()
    process.answer()
    assert (waiting.result(), log.health().state) == (1, "ok")


# The start


@pytest.fixture
async def new(path: Path, monkeypatch) -> LogClient:
    """A process that never opened the log."""
    monkeypatch.setattr(client, "Child", Process)
    return LogClient(log_program(path), (), lambda _: None, path.with_suffix(".suspect"))


async def test_a_start_reports_what_is_in_the_way(new: LogClient) -> None:
    starting = asyncio.ensure_future(new.start())
    await turns()
    new._child.open("The disk is full.")
    new._child.end(1)
    with pytest.raises(CannotStart, match=r"^The disk is full\.$"):
        await starting


async def test_a_process_that_ends_before_it_reports_a_word_does_not_start(new: LogClient) -> None:
    starting = asyncio.ensure_future(new.start())
    await turns()
    new._child.end(1)
    with pytest.raises(CannotStart, match=r"before the log was open: it ended with code 1\.$"):
        await starting


async def test_what_a_start_reports_is_what_the_process_said(new: LogClient) -> None:
    starting = asyncio.ensure_future(new.start())
    await turns()
    new._child.open()
    assert await starting == Opened(None, "the log", 7)


# Doubt


async def test_after_a_failed_write_nothing_is_confirmed_until_the_file_was_checked(log, process, path: Path) -> None:
    future = log.append(a_job())
    await turns()
    process.answer(SUSPECT)
    assert await refused(future) == "a sync failed"
    assert _mark(path).exists()
    with pytest.raises(StoreUnavailable, match="being checked"):
        log.append(a_job())
    process.end(EXIT_DOUBT)
    process.start()
    assert (process.arguments[2], process.expected) == ("doubt", [(client.CHECK_S, "opening the log")])
    assert (log.health().state, "a sync failed" in (log.health().reason or "")) == ("suspect", True)
    process.open()
    assert not _mark(path).exists()
    process.end()
    process.start()
    assert process.arguments[2] == "sound"


async def test_doubt_is_known_before_anything_can_go_wrong(log, process, monkeypatch) -> None:
    monkeypatch.setattr(state._log, "error", _fail, raising=False)
    log.append(a_job())
    await turns()
    with pytest.raises(OSError, match="No space"):
        process.answer(SUSPECT)
    assert log.health().state == "suspect"
    with pytest.raises(StoreUnavailable):
        log.append(a_job())


async def test_doubt_is_set_before_a_callback_of_positions_can_fail(log, process) -> None:
    log._on_positions = _fail
    for _ in range(2):
        log.append(a_job())
    await turns()
    with pytest.raises(OSError, match="No space"):
        process.answer(SUSPECT, SUSPECT, positions=(LogPosition(1, 1, 0, 0, 0),))
    assert log.health().state == "suspect"


async def test_a_mark_that_cannot_be_written_changes_nothing_for_this_server(log, process, monkeypatch) -> None:
    monkeypatch.setattr(Path, "touch", _fail)
    future = log.append(a_job())
    await turns()
    process.answer(SUSPECT)
    await refused(future)
    for _ in range(2):
        process.end(EXIT_DOUBT)
        process.start()
        assert process.arguments[2:] == ["doubt", "the log"]
        # An empty log in its place is not accepted, and health is unchanged.
        process.open("log.db was deleted while smsbin was running.")
        process.end(1)
        assert log.health().state == "suspect"
        with pytest.raises(StoreUnavailable, match="was deleted"):
            log.append(a_job())
    process.open()
    assert log.health().state == "full"


async def test_one_failure_is_logged_once_for_a_whole_batch(log, process, monkeypatch) -> None:
    told: list[str] = []
    monkeypatch.setattr(state._log, "error", lambda event, **_: told.append(event), raising=False)
    for _ in range(10):
        log.append(a_job())
    await turns()
    process.answer(*[SUSPECT] * 10)
    process.end(EXIT_DOUBT)
    assert told == ["log.suspect"]


async def test_doubt_that_only_the_exit_code_reports_counts(log, process, path: Path) -> None:
    process.end(EXIT_DOUBT)
    assert log.health().state == "suspect"
    assert _mark(path).exists()
    process.start()
    assert process.arguments[2] == "doubt"


async def test_a_mark_of_an_earlier_server_has_the_file_checked(new: LogClient, path: Path) -> None:
    _mark(path).touch()
    starting = asyncio.ensure_future(new.start())
    await turns()
    assert new._child.arguments[2] == "doubt"
    assert new.health().state == "suspect"
    new._child.open()
    await starting
    assert (new.health().state, _mark(path).exists()) == ("ok", False)


async def test_files_that_are_gone_stay_gone_for_this_server(log, process) -> None:
    future = log.append(a_job())
    await turns()
    process.answer(Result("gone", "log.db was deleted."))
    assert await refused(future) == "log.db was deleted."
    process.end()
    process.open()
    with pytest.raises(StoreUnavailable, match=r"log\.db was deleted\."):
        log.append(a_job())
    assert (log.health().state, log.health().reason) == ("gone", "log.db was deleted.")


# A database that is away


async def test_a_database_that_is_unreachable_is_asked_until_it_answers(log, process, monkeypatch) -> None:
    monkeypatch.setattr(refused_module, "RETRY_S", 0.005)
    saving = log.submit(jobs.NoteTime(1))
    await turns()
    process.answer(Result("away", "no route to host"))
    assert await refused(saving) == "no route to host"
    assert (log.health().state, log.health().reason, log.health().refused) == ("away", "no route to host", 0)
    await soon(lambda: process.sent)
    assert process.sent == [[jobs.Probe(0)]]
    process.answer()
    assert (log.health().state, log.health().reason) == ("ok", None)


async def test_what_was_refused_while_it_was_away_does_not_count_as_too_large(log, process) -> None:
    future = log.append(a_job(5_000))
    await turns()
    process.answer(Result("away", "no route to host"))
    assert await refused(future) == "no route to host"
    log.append(a_job(10))
    await turns()
    process.answer()
    assert (log.health().state, log.health().refused, log.probe_size()) == ("ok", 1, 0)


async def test_a_process_that_cannot_open_the_log_because_it_is_unreachable_says_so(log, process) -> None:
    process.end(1)
    process.start()
    process.open("no route to host", is_unreachable=True)
    process.end(1)
    assert (log.health().state, log.health().reason) == ("away", "no route to host")
    process.start()
    process.open()
    assert log.health().state == "ok"


# A full disk


async def test_what_was_refused_is_tried_by_itself_until_it_works(log, process, monkeypatch) -> None:
    monkeypatch.setattr(refused_module, "RETRY_S", 0.005)
    future = log.append(a_job(5_000))
    await turns()
    process.answer(Result("full", "no room"))
    assert await refused(future) == "no room"
    assert (log.health().state, log.health().reason, log.probe_size()) == ("full", "no room", 5_000 + JOB_BYTES)
    for result in (Result("full", "no room"), Result()):
        await soon(lambda: process.sent)
        assert process.sent == [[jobs.Probe(5_000 + JOB_BYTES)]]
        process.answer(result)
    assert (log.health().state, log.probe_size()) == ("ok", 0)
    # The probes were no requests.
    assert (log.health().stored, log.health().refused) == (0, 1)


async def test_a_small_write_that_works_shows_nothing_about_a_large_one(log, process) -> None:
    log.append(a_job(5_000)).add_done_callback(lambda future: future.exception())
    await turns()
    process.answer(Result("full", "no room"))
    log.append(a_job(10))
    await turns()
    process.answer()
    assert log.health().state == "full"


async def test_how_the_file_is_is_reported(log, process) -> None:
    log.append(a_job())
    await turns()
    process.sent.clear()
    condition = LogFileStatus(4_096, "no room", held=True)
    process.owner.received(encode(Results([Result(value=1)], [], condition)))
    health = log.health()
    assert (health.wal_bytes, health.checkpoint, health.held, health.stored) == (4_096, "no room", True, 1)


# A real process


@pytest.fixture
async def real(path: Path, monkeypatch) -> AsyncIterator[LogClient]:
    monkeypatch.setattr(children, "MIN_PAUSE_S", 0.005)
    log = LogClient(log_program(path), (), lambda _: None, path.with_suffix(".suspect"))
    await log.start()
    await log.submit(jobs.AddBin("bin", "key", None, None, None, 300, 0))
    yield log
    await log.close()


async def test_a_process_that_hangs_is_killed_and_the_next_one_continues(real: LogClient, monkeypatch) -> None:
    assert await real.append(a_job()) == 1
    monkeypatch.setattr(client, "BATCH_S", 0.02)
    pid = real.pid
    assert pid is not None
    os.kill(pid, signal.SIGSTOP)
    assert await refused(real.append(a_job())) == "The log process stopped before it could confirm."
    monkeypatch.undo()
    # It was refused and is not stored: numbers are assigned to stored captures only.
    assert await real.append(a_job()) == 2
    assert real.pid != pid
    assert real.health().state == "ok"


async def test_while_a_process_hangs_the_disk_is_not_called_full(real: LogClient, monkeypatch) -> None:
    monkeypatch.setattr(client, "COMMIT_WAIT_S", 0.02)
    assert real.pid is not None
    os.kill(real.pid, signal.SIGSTOP)
    assert await refused(real.append(a_job())) == "The store did not confirm in time."
    assert (real.health().state, real.health().reason) == ("stopped", "The store did not confirm in time.")
    os.kill(real.pid, signal.SIGCONT)
    await soon(lambda: real.health().state == "ok")


async def test_a_log_that_is_deleted_under_a_server_is_not_taken_for_an_empty_one(
    real: LogClient, path: Path, monkeypatch
) -> None:
    monkeypatch.setattr(Path, "touch", _fail)
    assert await real.append(a_job()) == 1
    path.unlink()
    assert "was deleted" in await refused(real.append(a_job()))
    assert real.pid is not None
    os.kill(real.pid, signal.SIGKILL)
    await soon(lambda: real._state.stopped is not None and "was deleted" in real._state.stopped)
    assert real.health().state == "gone"
    assert not path.exists()
