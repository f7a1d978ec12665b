"""Saved filters in the log: no bin is parsed again for them, and none is left of a deleted bin."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.storage.log import jobs
from tests.storage.engines import Engine, on_both_engines
from tests.storage.inside import BIN, Inside

pytestmark = on_both_engines


@pytest.fixture
def inside(tmp_path: Path, engine: Engine) -> Iterator[Inside]:
    made = Inside(tmp_path, engine)
    yield made
    made.close()


def _count(inside: Inside) -> int:
    return inside.file.connection.execute("select count(*) from saved_filters").fetchone()[0]


def test_a_saved_filter_is_no_request_to_parse_the_bin_again(inside: Inside) -> None:
    for job in (jobs.SetFilter(BIN, "a", "A", "x", 1), jobs.SetFilter(BIN, "a", "B", "y", 2)):
        assert inside.apply(job)[0].error is None
    assert tuple(inside.file.connection.execute("select rereads, version from bins").fetchone()) == (0, 0)
    assert tuple(inside.file.connection.execute("select name, filter, saved_at from saved_filters").fetchone()) == (
        "B", "y", 2,
    )  # fmt: skip


def test_a_refused_filter_changes_nothing(inside: Inside) -> None:
    inside.apply(jobs.SetFilter(BIN, "a", "A", "x", 1))
    for job, error in (
        (jobs.SetFilter("nobody", "a", "A", "x", 1), "not_found"),
        (jobs.SetFilter(BIN, "b", "a", "x", 1), "conflict"),
        (jobs.DropFilter(BIN, "b"), "not_found"),
        (jobs.DropFilter("nobody", "a"), "not_found"),
    ):
        assert inside.apply(job)[0].error == error
    assert _count(inside) == 1


def test_a_deleted_bin_leaves_no_filter_on_the_disk(inside: Inside) -> None:
    inside.apply(jobs.SetFilter(BIN, "a", "A", "x", 1))
    inside.apply(jobs.DropBin(BIN))
    inside.apply(jobs.Sweep(0, 0, 0, True))
    assert _count(inside) == 0
