"""Listeners in the log process: where they begin, what a mark changes, and what it ignores."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.domain.listeners import MOST_LISTENERS
from app.storage.log import jobs
from tests.storage.builders import a_raw
from tests.storage.engines import Engine, on_both_engines
from tests.storage.inside import BIN, Inside

pytestmark = on_both_engines


@pytest.fixture
def inside(tmp_path: Path, engine: Engine) -> Iterator[Inside]:
    made = Inside(tmp_path, engine)
    for _ in range(3):
        made.keep(a_raw())
    yield made
    made.close()


def opened(inside: Inside, cursor: int | None, name: str = "laptop") -> str | None:
    return inside.apply(jobs.OpenListener(BIN, name, 7, cursor))[0].error


def mark(inside: Inside, *attempts: jobs.AddAttempt, bin: str = BIN, opened: int = 1) -> None:
    (result,) = inside.apply(jobs.MarkListener(bin, "laptop", opened, 8, 9, 2, "[[3,1,true]]", "{}", list(attempts)))
    assert result.error is None


def attempt(n: int) -> jobs.AddAttempt:
    return jobs.AddAttempt(BIN, n, "", 1, 200, 1, None, "", b"", listener="laptop")


def rows(inside: Inside, columns: str = "name, cursor, sent", table: str = "listeners") -> list[tuple[object, ...]]:
    return [tuple(row) for row in inside.file.connection.execute(f"select {columns} from {table}")]


def test_a_new_one_begins_after_the_last_capture_of_its_own_transaction(inside: Inside) -> None:
    assert opened(inside, None) is None
    assert rows(inside) == [("laptop", 3, "[]")]


@pytest.mark.parametrize(("wanted", "begins"), [(0, 0), (2, 2), (3, 3), (99, 3), (None, 2)])
def test_a_known_one_begins_where_it_is_told_to_or_where_it_is(inside: Inside, wanted: int | None, begins: int) -> None:
    opened(inside, None)
    mark(inside)
    assert opened(inside, wanted) is None
    assert rows(inside) == [("laptop", begins, "[[3,1,true]]" if wanted is None else "[]")]


def test_a_mark_stores_the_attempts_of_captures_that_are_there(inside: Inside) -> None:
    opened(inside, 0)
    inside.apply(jobs.DropCapture(BIN, 2))
    mark(inside, attempt(1), attempt(2), attempt(9))
    assert rows(inside, "cursor, sent, seen_at, last") == [(2, "[[3,1,true]]", 9, "{}")]
    assert rows(inside, "n, listener, forward", "attempts") == [(1, "laptop", None)]
    mark(inside, attempt(1), bin="nobody")
    inside.apply(jobs.DropListener(BIN, "laptop"))
    mark(inside, attempt(3))
    assert rows(inside) == []
    assert rows(inside, "n", "attempts") == [(1,), (3,)]


def test_only_the_last_connection_moves_the_cursor(inside: Inside) -> None:
    results = [inside.apply(jobs.OpenListener(BIN, "laptop", 7, 0))[0].value for _ in range(2)]
    assert results == [1, 2]
    mark(inside, attempt(1), opened=1)
    assert rows(inside, "cursor, opened, connected_at") == [(0, 2, 7)]
    assert rows(inside, "n", "attempts") == [(1,)], "what the program did is kept"
    mark(inside, opened=2)
    assert rows(inside, "cursor, opened, connected_at") == [(2, 2, 8)]


def test_a_bin_has_so_many(inside: Inside) -> None:
    for number in range(MOST_LISTENERS):
        assert opened(inside, None, str(number)) is None
    assert opened(inside, None, "more") == "conflict"
    assert opened(inside, None, "0") is None
    inside.apply(jobs.DropListener(BIN, "0"))
    assert opened(inside, None, "more") is None


def test_what_is_unknown_cannot_be_changed_and_a_deleted_bin_erases_its_own(inside: Inside) -> None:
    unknown = (jobs.OpenListener("nobody", "a", 1, None), jobs.DropListener(BIN, "a"), jobs.DropListener("nobody", "a"))
    for job in unknown:
        assert inside.apply(job)[0].error == "not_found"
    opened(inside, None)
    inside.apply(jobs.DropBin(BIN))
    while inside.apply(jobs.Sweep(0, 0, 0, True))[0].next is not None:
        pass
    assert rows(inside) == []
