"""Changing annotations in the log: short steps, of captures that exist."""

import itertools
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.domain.annotations import AnnotationChange
from app.storage.log import annotating, jobs
from app.storage.log.results import LogPosition
from tests.storage.builders import a_raw
from tests.storage.engines import Engine, on_both_engines
from tests.storage.inside import BIN, Inside

pytestmark = on_both_engines


@pytest.fixture
def inside(tmp_path: Path, engine: Engine) -> Iterator[Inside]:
    made = Inside(tmp_path, engine)
    for _ in range(4):
        made.keep(a_raw())
    yield made
    made.close()


def _rows(inside: Inside) -> list[tuple]:
    rows = inside.file.connection.execute("select n, a, pinned, note, tags from annotations order by n")
    return [tuple(row) for row in rows]


def test_a_change_is_applied_to_what_is_there(inside: Inside) -> None:
    assert inside.annotate(2, pinned=True, note="first", tags=("b", "a")).value == 1
    assert inside.annotate(2, add=("c",), remove=("a",)).value == 1
    assert _rows(inside) == [(2, 2, 1, "first", "b,c")]
    assert inside.annotate(1, 2, 3, pinned=True).value == 2
    assert _rows(inside) == [(1, 3, 1, "", ""), (2, 2, 1, "first", "b,c"), (3, 4, 1, "", "")]


def test_what_changes_nothing_takes_no_number(inside: Inside) -> None:
    assert inside.annotate(1, pinned=False, note="", tags=()).value == 0
    assert _rows(inside) == []


def test_an_emptied_annotation_keeps_its_row_so_that_the_ledger_follows(inside: Inside) -> None:
    inside.annotate(1, pinned=True)
    inside.annotate(1, pinned=False)
    assert _rows(inside) == [(1, 2, 0, "", "")]


def test_only_captures_that_exist_are_annotated(inside: Inside) -> None:
    inside.drop(2)
    inside.apply(jobs.DropCaptures(BIN, 1))
    for n in (0, 1, 2, 5):
        result = inside.annotate(n, pinned=True)
        assert (result.error, result.message) == ("not_found", f"There is no #{n} in this bin.")
    assert inside.annotate(1, 2, 3, 5, pinned=True).value == 1
    assert [row[0] for row in _rows(inside)] == [3]
    assert inside.annotate(1, bin="nobody").error == "not_found"


def test_a_capture_with_too_many_tags_stays_as_it_is_and_is_counted(inside: Inside) -> None:
    inside.annotate(1, tags=tuple(f"t{number:02}" for number in range(20)))
    result = inside.annotate(1, 2, add=("one-more",))
    assert (result.value, result.refused) == (1, 1)
    assert [row[4] for row in _rows(inside)] == [",".join(f"t{number:02}" for number in range(20)), "one-more"]


def test_a_step_is_bounded_in_time(inside: Inside, monkeypatch) -> None:
    monkeypatch.setattr(annotating, "STEP_S", 2)
    monkeypatch.setattr(annotating, "ticks", itertools.count().__next__)
    result = inside.annotate(1, 2, 3, 4, pinned=True)
    assert (result.value, result.next) == (2, 2)
    assert [row[0] for row in _rows(inside)] == [1, 2]


def test_a_note_that_was_replaced_is_erased_from_the_disk(inside: Inside) -> None:
    inside.appender.has_erased = False
    inside.annotate(1, pinned=True)
    assert not inside.appender.has_erased
    inside.annotate(1, note="secret")
    assert inside.appender.has_erased


def test_the_position_of_the_bin_says_that_an_annotation_has_changed(inside: Inside) -> None:
    inside.annotate(1, pinned=True)
    told = inside.appender.apply([jobs.Annotate(BIN, [2, 3], AnnotationChange(note="a"))])
    assert told.positions == [LogPosition(1, n=4, k=0, d=0, version=0, a=3)]
