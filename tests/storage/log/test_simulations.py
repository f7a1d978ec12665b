"""Simulations and their marks in the log process."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.storage.log import jobs
from tests.storage.builders import a_raw
from tests.storage.engines import Engine, on_both_engines
from tests.storage.inside import BIN, Inside

pytestmark = on_both_engines


@pytest.fixture
def inside(tmp_path: Path, engine: Engine) -> Iterator[Inside]:
    made = Inside(tmp_path, engine)
    made.keep(a_raw())
    yield made
    made.close()


def put(inside: Inside, id: str, started_at: int = 1, most: int = 9) -> int:
    (result,) = inside.apply(jobs.PutSimulation(id, BIN, started_at, "{}", most))
    assert result.error is None
    return result.value


def rows(inside: Inside, columns: str, table: str) -> list[tuple[object, ...]]:
    return [tuple(row) for row in inside.file.connection.execute(f"select {columns} from {table} order by 1")]


def test_a_run_is_replaced_and_learns_that_it_is_to_end(inside: Inside) -> None:
    assert [put(inside, "a"), put(inside, "b")] == [0, 0]
    assert inside.apply(jobs.StopSimulation("a", BIN))[0].error is None
    assert [put(inside, "a"), put(inside, "b")] == [1, 0]
    for job in (jobs.StopSimulation("none", BIN), jobs.StopSimulation("a", "other")):
        assert inside.apply(job)[0].error == "not_found"


def test_the_last_runs_are_kept(inside: Inside) -> None:
    for number in range(5):
        put(inside, str(number), started_at=number, most=3)
    assert rows(inside, "id", "simulations") == [("2",), ("3",), ("4",)]


def test_marks_that_have_ended_are_forgotten_with_the_next_one(inside: Inside) -> None:
    inside.apply(jobs.AddMark(b"a", BIN, 10, 1))
    inside.apply(jobs.AddMark(b"b", BIN, 20, 9), jobs.AddMark(b"b", BIN, 20, 9))
    assert rows(inside, "hash", "marks") == [(b"a",), (b"b",)]
    inside.apply(jobs.AddMark(b"c", BIN, 30, 10))
    assert rows(inside, "hash", "marks") == [(b"b",), (b"c",)]


def test_both_are_deleted_with_their_bin(inside: Inside) -> None:
    put(inside, "a")
    inside.apply(jobs.AddMark(b"a", BIN, 10, 1), jobs.AddMark(b"b", "other", 10, 1))
    inside.apply(jobs.DropBin(BIN))
    while inside.apply(jobs.Sweep(2, 0, 0, True))[0].next is not None:
        pass
    assert (rows(inside, "id", "simulations"), rows(inside, "hash", "marks")) == ([], [(b"b",)])
