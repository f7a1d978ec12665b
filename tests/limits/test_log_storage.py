"""How much the log takes at once, what it deletes in a step, and how long it waits and is waited for."""

import asyncio
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from app import clock
from app.domain.units import from_micros, micros
from app.errors import StoreUnavailable
from app.storage import ballast, base_store, frames, writes
from app.storage.ballast import Ballast
from app.storage.ledger.client import LedgerClient
from app.storage.log import client, deleting, jobs, outcomes
from app.storage.log import process as log_process
from app.storage.log.client import MAX_BATCH_BYTES, LogClient
from app.storage.log.outcomes import OutcomeBuffer
from app.storage.log.pace import MIN_JOBS, SLOW_EACH_S, SLOW_S
from app.storage.log.queued import JOB_BYTES
from app.storage.log.results import Result, Results
from app.storage.sqlite import checking, checkpoints, files
from app.storage.sqlite.checking import check_bodies
from app.storage.sqlite.checkpoints import FREED, TRUNCATE_WAIT_MS, Checkpoints
from app.storage.sqlite.connections import BUSY_MS, open_log
from app.storage.sqlite.files import Files, rewrite_in_place
from app.storage.sqlite.log_file import CHECKPOINT_PAGES
from app.storage.sqlite.store import SqliteStore, log_program
from tests.storage.builders import a_raw
from tests.storage.inside import BIN, Inside
from tests.storage.log.playing import Process, Quick, a_job, turns
from tests.storage.log.test_outcomes import _outcome
from tests.storage.log.test_pace import FEW, _pace
from tests.storage.test_ballast import BLOCK, _disk

from .conftest import Ticks
from .loops import Loop

DAY_S = 86_400


@pytest.fixture
def inside(tmp_path: Path) -> Iterator[Inside]:
    made = Inside(tmp_path)
    yield made
    made.close()


@pytest.fixture
async def log(tmp_path: Path, monkeypatch) -> LogClient:
    """The server's end of a log process that the test plays."""
    monkeypatch.setattr(client, "Child", Process)
    monkeypatch.setattr(client, "CommitPace", Quick)
    made = LogClient(log_program(tmp_path / "log.db"), (), lambda _: None)
    starting = asyncio.ensure_future(made.start())
    await asyncio.sleep(0)
    made._child.open()  # type: ignore[attr-defined]
    await starting
    return made


@pytest.mark.parametrize(("less", "count"), [(0, 2), (1, 3)])
async def test_a_batch_is_full_with_so_many_bytes(log: LogClient, less: int, count: int) -> None:
    for _ in range(4):
        log.append(a_job(MAX_BATCH_BYTES // 2 - JOB_BYTES - less))
    await turns()
    assert len(log._child.sent[0]) == count  # type: ignore[attr-defined]


async def test_so_many_bytes_wait_to_be_written(log: LogClient, monkeypatch) -> None:
    monkeypatch.setattr(client, "MAX_WAITING_BYTES", 3 * (JOB_BYTES + 10))
    for size in (10, 10, 10):
        log.append(a_job(size))
    with pytest.raises(StoreUnavailable):
        log.append(a_job(0))
    await turns()
    for size in (10, 10):
        log.append(a_job(size))
    with pytest.raises(StoreUnavailable):
        log.append(a_job(11))
    log.append(a_job(10))


@pytest.mark.parametrize(("more_s", "is_slow"), [(0.0, False), (1e-6, True)])
def test_a_disk_is_slow_from_so_long_a_commit_and_so_much_for_each_job(more_s: float, is_slow: bool) -> None:
    took_s = SLOW_S + SLOW_EACH_S * len(FEW) - 1e-9 + more_s
    assert (_pace((FEW, took_s), (FEW, took_s)).delay_s > 0) == is_slow


@pytest.mark.parametrize(("jobs_of_batch", "waits"), [(MIN_JOBS - 1, False), (MIN_JOBS, True)])
def test_a_commit_of_so_many_jobs_is_worth_a_wait(jobs_of_batch: int, waits: bool) -> None:
    batch = FEW[:jobs_of_batch]
    assert (_pace((batch, 0.006), (batch, 0.006)).delay_s > 0) == waits


async def test_outcomes_are_gathered_for_so_long(monkeypatch) -> None:
    loop = Loop()
    monkeypatch.setattr(asyncio, "get_running_loop", lambda: loop)
    written: list[Any] = []
    gathered = OutcomeBuffer(lambda job: written.append(job) or loop.create_future())  # type: ignore[func-returns-value,arg-type]
    gathered.note(_outcome(1))
    gathered.note(_outcome(2))
    ((seconds, write, _),) = loop.timers
    assert (seconds, written) == (outcomes.GATHER_S, [])
    write()
    assert [len(job.outcomes) for job in written] == [2]


def _sweep(inside: Inside, now: int, after: int = 0) -> Result:
    (result,) = inside.apply(jobs.Sweep(now, DAY_S, after, False))
    assert result.error is None
    return result


@pytest.mark.parametrize(("more", "left"), [(0, 2), (1, 0)])
def test_a_capture_that_is_dated_this_far_ahead_tells_of_its_age(inside: Inside, more: int, left: int) -> None:
    """One that is dated further ahead keeps nothing that comes behind it from expiring."""
    now = micros(clock.now())
    inside.keep(a_raw(received_at=from_micros(now + deleting.AHEAD_US + more)))
    inside.keep(a_raw(received_at=from_micros(now - 2 * DAY_S * 1_000_000)))
    _sweep(inside, now)
    assert inside.file.connection.execute("select count(*) from captures").fetchone()[0] == left


def test_more_bins_than_are_looked_at_together_are_swept_all(inside: Inside, monkeypatch) -> None:
    monkeypatch.setattr(deleting, "STEP_S", 60.0)
    now = micros(clock.now())
    for number in range(deleting.BINS + 1):
        inside.add_bin(f"more{number:04}")
        inside.keep(a_raw(received_at=from_micros(now - 2 * DAY_S * 1_000_000)), bin=f"more{number:04}")
    assert _sweep(inside, now).next is None
    assert inside.file.connection.execute("select count(*) from captures").fetchone()[0] == 0


@pytest.mark.parametrize(("after_s", "is_emptied"), [(log_process.ERASED_WITHIN_S, False), (10.001, True)])
def test_deleted_bytes_leave_after_so_long_whatever_comes(ticks: Ticks, monkeypatch, after_s, is_emptied) -> None:
    monkeypatch.setattr(log_process, "ticks", lambda: ticks.now)
    batches = [jobs.encode_jobs([]), jobs.encode_jobs([]), None]
    emptied: list[bool] = []

    class Pipe:
        def receive(self) -> bytes | None:
            if len(batches) == 2:
                ticks.now += after_s
            return batches.pop(0)

        def send(self, _data: bytes) -> None:
            pass

        def has_more(self, _wait_s: float) -> bool:
            return True

    made = SimpleNamespace(
        condition=None, checkpoint_if_due=lambda: None, truncate=lambda: emptied.append(True) or True
    )
    appender = SimpleNamespace(apply=lambda _: Results([]), remove_probe=lambda: None, has_erased=True)
    log_process.serve(Pipe(), made, appender)  # type: ignore[arg-type]
    assert bool(emptied) == is_emptied


@pytest.mark.parametrize(
    ("total", "size"),
    [
        (ballast.SIZE * ballast.SHARE, ballast.SIZE),
        (2 * ballast.SIZE * ballast.SHARE, ballast.SIZE),
        (ballast.SIZE * ballast.SHARE - BLOCK * ballast.SHARE, ballast.SIZE - BLOCK),
    ],
)
def test_the_room_that_is_kept_has_its_size_and_no_more_than_its_share(monkeypatch, tmp_path, total, size) -> None:
    for free, is_made in ((4 * size, True), (4 * size - BLOCK, False)):
        _disk(monkeypatch, total, free)
        path = tmp_path / "ballast"
        Ballast(path).prepare()
        assert path.exists() == is_made
        assert not is_made or path.stat().st_size == size
        path.unlink(missing_ok=True)


def test_a_frame_is_received_in_pieces_of_this_size() -> None:
    asked: list[int] = []
    wire = bytearray(frames.frame(b"a" * (frames._CHUNK + 1)))

    class Socket:
        def recv(self, size: int) -> bytes:
            asked.append(size)
            part = bytes(wire[:size])
            del wire[:size]
            return part

    assert frames.receive(Socket()) == b"a" * (frames._CHUNK + 1)  # type: ignore[arg-type]
    assert asked == [4, frames._CHUNK, 1]


@pytest.mark.parametrize("size", [files._CHUNK, files._CHUNK + 1])
def test_a_file_that_is_written_again_is_the_same(tmp_path: Path, size: int) -> None:
    path = tmp_path / "a"
    path.write_bytes(bytes(range(256)) * (size // 256) + b"x" * (size % 256))
    before = path.read_bytes()
    rewrite_in_place(path)
    assert path.read_bytes() == before


@pytest.mark.parametrize("damaged", [[2], [3], [1, 5]])
def test_bodies_are_checked_on_both_sides_of_a_step(monkeypatch, tmp_path, damaged: list[int]) -> None:
    monkeypatch.setattr(checking, "STEP", 2)
    inside = Inside(tmp_path)
    numbers = [inside.keep(a_raw(b"Text=%d" % n)) for n in range(5)]
    inside.close()
    log = Path(shutil.copy(tmp_path / "log.db", tmp_path / "copy.db"))
    with closing(sqlite3.connect(log)) as connection, connection:
        for n in damaged:
            connection.execute("update captures set body = x'00' where id & 0xffffffff = ?", [n])
    assert numbers == [1, 2, 3, 4, 5]
    assert check_bodies(log) == [(BIN, n) for n in damaged]


@pytest.fixture
def database(tmp_path: Path) -> Iterator[tuple[sqlite3.Connection, Checkpoints]]:
    connection = open_log(tmp_path / "a.db")
    connection.execute("create table texts (text text)")
    opened = Files(tmp_path / "a.db")
    yield connection, Checkpoints(connection, opened, CHECKPOINT_PAGES)
    connection.close()
    opened.close()


def test_so_many_pages_go_back_with_one_checkpoint(database, monkeypatch) -> None:
    assert FREED < CHECKPOINT_PAGES
    monkeypatch.setattr(checkpoints, "FREED", 20)
    connection, made = database
    connection.executemany("insert into texts values (?)", [("x" * 2_000,)] * 100)
    connection.execute("delete from texts")
    (before,) = connection.execute("pragma freelist_count").fetchone()
    assert made.truncate()
    assert connection.execute("pragma freelist_count").fetchone()[0] == before - 20


def test_a_checkpoint_waits_less_for_readers_than_a_commit(database) -> None:
    connection, made = database
    assert connection.execute("pragma busy_timeout").fetchone()[0] == BUSY_MS
    statements: list[str] = []
    connection.set_trace_callback(statements.append)
    made.truncate()
    connection.set_trace_callback(None)
    assert [each for each in statements if "busy_timeout" in each] == [
        f"pragma busy_timeout = {TRUNCATE_WAIT_MS}",
        f"pragma busy_timeout = {BUSY_MS}",
    ]


async def test_a_store_waits_so_long_for_its_ledger_and_for_what_a_stop_has_left(tmp_path, monkeypatch) -> None:
    asked: dict[str, Any] = {}

    async def start(_self: object, marks: object, within_s: float) -> None:
        asked["ledger"] = within_s

    monkeypatch.setattr(LedgerClient, "start", start)
    made = SqliteStore(tmp_path, ())
    assert (made._log._count, made._ledger._count) == (base_store.LOG_READERS, base_store.LEDGER_READERS)
    assert made._ledger._limit_s == base_store.LEDGER_READ_S

    async def opened() -> Any:
        return SimpleNamespace(seen_at=None)

    async def no_marks(*_: object) -> list[Any]:
        return []

    async def submit(_job: object, *, timeout_s: float) -> None:
        asked["settling"] = timeout_s

    made._appender = SimpleNamespace(start=opened, submit=submit)  # type: ignore[assignment]
    made._log = SimpleNamespace(all=no_marks)  # type: ignore[assignment]
    await made.open()
    await made.settle_unanswered(clock.now() - clock.now(), "stopped")
    assert asked == {"ledger": base_store.LEDGER_OPEN_S, "settling": writes.SETTLE_WAIT_S}
