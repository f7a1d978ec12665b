"""The audit log in the log process, and the entry that is written with the first write of a block."""

import asyncio
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import msgspec
import pytest

from app.storage.log import jobs
from app.storage.log.audit import attached, take_attached
from app.storage.log.jobs import PutAuditEntry, TrimAuditLog
from app.storage.postgres.engine import ENGINE
from tests.storage.engines import Engine, on_both_engines
from tests.storage.inside import BIN, Inside

ALL = {"before": None, "most": 100, "most_unknown": 100}


@pytest.fixture
def inside(tmp_path: Path, engine: Engine) -> Iterator[Inside]:
    made = Inside(tmp_path, engine)
    yield made
    made.close()


def entry(id: str, at: int = 1, who: str | None = "me", result: str | None = "done") -> PutAuditEntry:
    return PutAuditEntry(id, at, at, who, "bearer", "::1", "bin.create", None, None, "{}", 200, result, 1)


def stored(inside: Inside, columns: str = "number, id") -> list[tuple[object, ...]]:
    rows = inside.file.connection.execute(f"select {columns} from audit_entries order by number")
    return [tuple(row) for row in rows]


def trim(inside: Inside, **bounds: int | None) -> int:
    (result,) = inside.apply(TrimAuditLog(**(ALL | bounds)))
    return result.value


@on_both_engines
def test_an_entry_keeps_its_number_and_there_are_no_gaps(inside: Inside) -> None:
    inside.apply(entry("a", result=None), entry("b"))
    inside.apply(entry("a", at=9), entry("c"))
    assert stored(inside, "number, id, at, last_at, result") == [
        (1, "a", 1, 9, "done"), (2, "b", 1, 1, "done"), (3, "c", 1, 1, "done")
    ]  # fmt: skip


@on_both_engines
def test_a_change_and_its_entry_are_one_transaction(inside: Inside) -> None:
    change = jobs.AddBin("bin00002", "key2", None, None, None, 300, 1)
    inside.apply(entry("a", result=None), change)
    assert (len(stored(inside)), inside.appender._run_recorded) == (1, True)
    # One that is refused leaves its entry: it was tried.
    results = inside.apply(entry("b", result=None), change)
    assert [result.error for result in results] == [None, "conflict"]
    assert [row[1] for row in stored(inside)] == ["a", "b"]


@on_both_engines
def test_old_entries_are_deleted_up_to_the_first_that_is_not_old(inside: Inside) -> None:
    inside.apply(*(entry(str(at), at) for at in (1, 2, 9, 3)))
    assert trim(inside) == 0
    assert trim(inside, before=3) == 2
    assert trim(inside, before=3) == 0
    assert [row[1] for row in stored(inside)] == ["9", "3"]


@on_both_engines
def test_the_oldest_over_the_most_are_deleted(inside: Inside) -> None:
    inside.apply(*(entry(str(at), at) for at in range(5)))
    assert (trim(inside, most=5), trim(inside, most=3)) == (0, 2)
    assert [row[1] for row in stored(inside)] == ["2", "3", "4"]


@on_both_engines
def test_those_of_somebody_unknown_have_a_number_of_their_own(inside: Inside) -> None:
    inside.apply(*(entry(str(at), at, who=None if at % 2 else "me") for at in range(6)))
    assert (trim(inside, most_unknown=3), trim(inside, most_unknown=1)) == (0, 2)
    assert [row[1] for row in stored(inside)] == ["0", "2", "4", "5"]


@on_both_engines
def test_a_deleted_bin_leaves_its_entries(inside: Inside) -> None:
    inside.apply(entry("a"))
    inside.apply(jobs.DropBin(BIN))
    inside.apply(jobs.Sweep(0, 0, 0, True))
    assert [row[1] for row in stored(inside)] == ["a"]


def test_only_the_first_write_of_a_block_has_the_entry_with_it() -> None:
    job = entry("a")
    assert take_attached() is None
    with attached(job) as first:
        assert not first.is_written
        with attached(entry("b")) as second:
            assert take_attached().id == "b"
        assert (take_attached(), take_attached()) == (job, None)
        assert first.is_written
    assert second.is_written
    assert take_attached() is None


async def test_a_task_of_a_block_that_has_ended_writes_no_entry() -> None:
    ended = asyncio.Event()

    async def later() -> PutAuditEntry | None:
        await ended.wait()
        return take_attached()

    with attached(entry("a")) as kept:
        task = asyncio.get_running_loop().create_task(later())
    ended.set()
    assert await task is None
    assert not kept.is_written


@pytest.mark.parametrize("engine", ["postgresql"], indirect=True)
def test_entries_of_several_servers_get_their_numbers_in_the_order_in_which_they_can_be_seen(
    inside: Inside, monkeypatch
) -> None:
    monkeypatch.setitem(ENGINE, "begin_append", "begin")
    waits = (
        "select 1 from pg_locks join pg_database on pg_database.oid = pg_locks.database"
        " where datname = current_database() and locktype = 'advisory' and not granted"
    )
    other = inside.engine.open_appender(inside.engine.open_log())
    with ThreadPoolExecutor(1) as thread:
        with inside.file.database.write() as transaction:
            transaction.one("lock_audit_log")
            later = thread.submit(other.apply, [entry("later")])
            while not inside.file.connection.execute(waits).fetchone():
                assert not later.done()
            transaction.run("add_audit_entry", msgspec.structs.asdict(entry("earlier")))
        assert later.result().results[0].error is None
    assert [id for _, id in stored(inside)] == ["earlier", "later"]
