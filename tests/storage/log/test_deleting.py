"""Deleting: reads no longer show it at once, the bytes are erased in short steps, and retention leaves no gaps."""

import itertools
from collections.abc import Iterator
from pathlib import Path

import pytest

from app import clock
from app.domain.annotations import AnnotationChange
from app.domain.captures import Outcome
from app.domain.units import micros
from app.storage.ids import MASK
from app.storage.log import deleting, jobs
from app.storage.log.results import Result
from tests.storage.builders import a_raw, days_ago
from tests.storage.engines import Engine, on_both_engines
from tests.storage.inside import BIN, Inside

OTHER = "bin00002"
DAY_S = 86_400
BESIDE = ("captures", "sent_answers", "skips", "attempts", "annotations")


@pytest.fixture
def inside(tmp_path: Path, engine: Engine, monkeypatch) -> Iterator[Inside]:
    """On a busy machine, too, a step does all that there is to do."""
    monkeypatch.setattr(deleting, "STEP_S", 60)
    made = Inside(tmp_path, engine)
    made.add_bin(OTHER)
    yield made
    made.close()


@pytest.fixture
def hasty(inside: Inside, monkeypatch) -> None:
    """Steps whose time is over after a few checks, and small chunks."""
    monkeypatch.setattr(deleting, "CHUNK", 2)
    monkeypatch.setattr(deleting, "STEP_S", 3)
    monkeypatch.setattr(deleting, "ticks", itertools.count().__next__)


def _keep(inside: Inside, *ages: float, bin: str = BIN) -> None:
    """Captures of these ages in days, each with all related rows."""
    for age in ages:
        n = inside.keep(a_raw(received_at=days_ago(age)), bin=bin)
        number = 1 if bin == BIN else 2
        inside.apply(
            jobs.SetOutcomes([jobs.OutcomeRecord(bin, n, 200, 1, False, None, True, None, b"sent")]),
            jobs.SkipCapture(number, n, "reader"),
            jobs.AddAttempt(bin, n, "", 0, 200, 1, None, "", b""),
            jobs.Annotate(bin, [n], AnnotationChange(note="a")),
        )


def _left(inside: Inside, table: str = "captures", number: int = 1) -> list[int]:
    if table in ("attempts", "annotations"):
        text = f"select n from {table} where bin = {number} order by n"
    elif table == "outcomes":
        text = f"select n from outcomes where id >> 40 = {number} order by id"
    else:
        text = f"select id & {MASK} from {table} where id >> 40 = {number} order by id"
    return [row[0] for row in inside.file.connection.execute(text)]


def _deletions(inside: Inside) -> list[tuple[int, bool]]:
    rows = inside.file.connection.execute("select n, through from deletions where id >> 40 = 1 order by id")
    return [(n, bool(through)) for n, through in rows]


def _numbers(inside: Inside) -> tuple[int, int, int]:
    row = inside.file.connection.execute("select floor_n, swept_n, last_n from bins where number = 1").fetchone()
    return tuple(row)


def _sweep(inside: Inside, after: int = 0, keep_s: int = DAY_S, *, erase_only: bool = False) -> Result:
    (result,) = inside.apply(jobs.Sweep(micros(clock.now()), keep_s, after, erase_only))
    assert result.error is None, result
    return result


@on_both_engines
def test_one_capture_goes_at_once_with_its_bytes_and_no_other(inside: Inside) -> None:
    _keep(inside, 0, 0, 0)
    _keep(inside, 0, 0, 0, bin=OTHER)
    assert inside.drop(2)
    for table in BESIDE:
        assert _left(inside, table) == [1, 3], table
        assert _left(inside, table, number=2) == [1, 2, 3], table
    assert _deletions(inside) == [(2, False)]
    assert not inside.drop(2)
    assert not inside.drop(4)
    assert _deletions(inside) == [(2, False)]


def test_some_captures_go_in_steps_that_are_bounded_in_time(inside: Inside, hasty: None) -> None:
    _keep(inside, *[0] * 5)
    _keep(inside, 0, 0, bin=OTHER)
    told = []
    left = [9, 1, 2, 2, 4]
    while left:
        (result,) = inside.apply(jobs.DropSome(BIN, left))
        told.append((result.value, result.next))
        left = left[result.next :] if result.next else []
    assert told == [(2, 3), (1, None)]
    for table in BESIDE:
        assert _left(inside, table) == [3, 5], table
        assert _left(inside, table, number=2) == [1, 2], table
    assert _deletions(inside) == [(1, False), (2, False), (4, False)]
    assert inside.appender.has_erased
    (refused,) = inside.apply(jobs.DropSome("nobody", [1]))
    assert refused.error == "not_found"


@on_both_engines
def test_everything_up_to_a_number_goes_and_later_captures_stay(inside: Inside) -> None:
    _keep(inside, *[0] * 5)
    inside.drop(2)
    inside.apply(jobs.DropCaptures(BIN, 3))
    assert _numbers(inside) == (3, 0, 5)
    assert _deletions(inside) == [(3, True)]
    _sweep(inside, erase_only=True)
    for table in BESIDE:
        assert _left(inside, table) == [4, 5], table
    # A lower number deletes nothing more, and one above the last is the last.
    inside.apply(jobs.DropCaptures(BIN, 2))
    assert _numbers(inside) == (3, 0, 5)
    inside.apply(jobs.DropCaptures(BIN, 99))
    assert _numbers(inside) == (5, 0, 5)


def test_a_capture_may_be_deleted_in_the_batch_that_brings_it(inside: Inside) -> None:
    job = jobs.AddCapture(BIN, 0, "primary", "GET", "/", "", "1.1", b"a: b\r\n", b"", True, None, None, None, False)
    said: list[str] = []
    inside.file.connection.set_trace_callback(said.append)
    assert [result.error for result in inside.apply(job, jobs.DropCapture(BIN, 1))] == [None, None]
    assert said.count("commit") == 1
    assert _left(inside) == []


@on_both_engines
def test_all_of_a_bin_is_gone_at_once_and_from_the_disk_with_the_next_step(inside: Inside) -> None:
    _keep(inside, 0, 0, 0)
    inside.drop(2)
    inside.apply(jobs.DropCaptures(BIN))
    assert _numbers(inside) == (3, 0, 3)
    assert _deletions(inside) == [(3, True)]
    assert not inside.drop(1)
    _keep(inside, 0)
    _keep(inside, 0, bin=OTHER)
    assert _sweep(inside, erase_only=True) == Result(value=2, next=None)
    for table in (*BESIDE, "outcomes"):
        assert _left(inside, table) == [4], table
        assert _left(inside, table, number=2) == [1], table
    assert _sweep(inside, erase_only=True) == Result(value=0, next=None)


def test_in_the_batch_of_a_deletion_of_all_a_capture_is_deleted_or_kept_by_its_place(
    inside: Inside,
) -> None:
    job = jobs.AddCapture(BIN, 0, "primary", "GET", "/", "", "1.1", b"a: b\r\n", b"", True, None, None, None, False)
    inside.apply(job, jobs.DropCaptures(BIN), job)
    assert _numbers(inside)[0] == 1
    _sweep(inside, erase_only=True)
    assert _left(inside) == [2]


@on_both_engines
def test_a_bin_that_is_deleted_leaves_nothing_behind(inside: Inside) -> None:
    _keep(inside, 0, 0)
    inside.apply(
        jobs.RequestReread(BIN), jobs.SetAnswers(BIN, "primary", b"x"), jobs.AddDrill(BIN, "drill", "primary", "{}"),
        jobs.SetFault(BIN, "primary", "f", b"", 0, 0, None, None), jobs.DropCapture(BIN, 1),
    )  # fmt: skip
    _keep(inside, 0, bin=OTHER)
    inside.apply(jobs.DropBin(BIN))
    _sweep(inside, erase_only=True)
    for table in (*BESIDE, "outcomes", "deletions"):
        column = "bin" if table in ("attempts", "annotations") else "id >> 40"
        rows = inside.file.connection.execute(f"select distinct {column} from {table}").fetchall()
        assert [row[0] for row in rows] == ([] if table == "deletions" else [2]), table
    for table in ("rereads", "answers", "drills", "faults"):
        assert inside.file.connection.execute(f"select count(*) from {table}").fetchone()[0] == 0, table
    assert [row[0] for row in inside.file.connection.execute("select id from bins")] == [OTHER]


def test_an_answer_that_is_reported_after_its_capture_was_deleted_goes_with_the_rest(inside: Inside) -> None:
    _keep(inside, 0)
    inside.drop(1)
    inside.apply(jobs.SetOutcomes([jobs.OutcomeRecord(BIN, 1, 200, 1, False, None, True, None, b"late")]))
    inside.apply(jobs.DropCaptures(BIN))
    _sweep(inside, erase_only=True)
    assert _left(inside, "sent_answers") == []


@on_both_engines
def test_outcomes_stay_that_became_known_while_a_capture_that_stays_was_there(inside: Inside) -> None:
    for _ in range(3):
        inside.keep(a_raw())
        inside.keep(a_raw())
        inside.settle(1, Outcome(status=200, after_ms=1))
    inside.apply(jobs.Sweep(micros(clock.now()), 0, 0, True))
    rows = inside.file.connection.execute("select after_n from outcomes order by id")
    assert [row[0] for row in rows] == [2, 4, 6]
    inside.apply(jobs.DropCaptures(BIN))
    inside.keep(a_raw())
    inside.settle(2, Outcome(status=200, after_ms=1))
    _sweep(inside, erase_only=True)
    rows = inside.file.connection.execute("select after_n from outcomes order by id")
    assert [row[0] for row in rows] == [7]


# The retention


@on_both_engines
def test_the_retention_takes_the_oldest_numbers_with_all_their_related_rows(inside: Inside) -> None:
    _keep(inside, 9, 8, 0.5, 0)
    inside.drop(1)
    assert _sweep(inside) == Result(value=1, next=None)
    for table in (*BESIDE, "outcomes"):
        assert _left(inside, table) == [3, 4], table
    assert _numbers(inside) == (2, 2, 4)
    assert _deletions(inside) == [(2, True)]


def test_what_is_not_due_is_left_alone(inside: Inside) -> None:
    _keep(inside, 0.9, 0)
    before = _numbers(inside)
    assert _sweep(inside) == Result(value=0, next=None)
    assert (_numbers(inside), _deletions(inside)) == (before, [])


def test_an_old_date_behind_a_younger_capture_makes_no_hole(inside: Inside) -> None:
    _keep(inside, 9, 0.5, 9, 0)
    assert _sweep(inside).value == 1
    assert _left(inside) == [2, 3, 4]


@on_both_engines
def test_a_capture_that_is_dated_ahead_does_not_stop_the_retention(inside: Inside) -> None:
    _keep(inside, -400, 9, -400, 8, 0)
    _sweep(inside)
    assert _left(inside) == [5]
    assert _deletions(inside) == [(4, True)]


def test_a_capture_that_is_dated_ahead_is_kept_as_long_as_nothing_shows_its_age(inside: Inside) -> None:
    _keep(inside, 9, -400, -400)
    _sweep(inside)
    assert _left(inside) == [2, 3]


def test_a_clock_that_is_a_little_ahead_shows_the_age_all_the_same(inside: Inside) -> None:
    _keep(inside, -30 / DAY_S, 9)
    assert _sweep(inside).value == 0


def test_more_of_them_than_fit_one_chunk_do_not_stop_it_either(inside: Inside, monkeypatch) -> None:
    monkeypatch.setattr(deleting, "CHUNK", 2)
    _keep(inside, *[-400] * 5, 9, 8, 7, 6, 5, 0)
    assert _sweep(inside).value == 10
    assert _left(inside) == [11]


@pytest.mark.parametrize(("own", "left"), [(None, [2]), (0, [1, 2]), (10 * DAY_S, [1, 2]), (1, [])])
def test_a_bins_own_retention_beats_the_servers(inside: Inside, own: int | None, left: list[int]) -> None:
    _keep(inside, 9, 0.5)
    inside.apply(jobs.SetBin(BIN, "", None, own, 300))
    _sweep(inside)
    assert _left(inside) == left


def test_without_a_retention_everything_stays(inside: Inside) -> None:
    _keep(inside, 4_000)
    assert _sweep(inside, keep_s=0) == Result(value=0, next=None)
    assert _left(inside) == [1]


def test_a_step_that_only_erases_takes_nothing_new(inside: Inside) -> None:
    _keep(inside, 9)
    assert _sweep(inside, erase_only=True) == Result(value=0, next=None)
    assert _left(inside) == [1]


def test_it_continues_behind_the_bin_that_is_named(inside: Inside) -> None:
    _keep(inside, 9)
    _keep(inside, 9, bin=OTHER)
    _sweep(inside, after=1)
    assert (_left(inside), _left(inside, number=2)) == ([1], [])


# Steps


def _steps(inside: Inside, *, erase_only: bool = False) -> list[int]:
    """Run all steps; returns how many captures each has erased."""
    removed, after = [], 0
    while True:
        result = _sweep(inside, after, erase_only=erase_only)
        removed.append(result.value)
        if result.next is None:
            return removed
        after = result.next


def test_a_step_of_the_retention_ends_in_time_and_the_next_continues(inside: Inside, hasty) -> None:
    _keep(inside, *[9] * 11, 0)
    _keep(inside, 9, bin=OTHER)
    removed = _steps(inside)
    assert sum(removed) == 12
    assert max(removed) <= 6
    assert (_left(inside), _left(inside, number=2)) == ([12], [])
    assert _numbers(inside)[:2] == (11, 11)


def test_a_step_that_erases_ends_in_time_and_the_next_continues(inside: Inside, hasty) -> None:
    _keep(inside, *[0] * 11)
    inside.apply(jobs.DropCaptures(BIN))
    _keep(inside, 9, bin=OTHER)
    removed = _steps(inside, erase_only=True)
    assert sum(removed) == 11
    assert max(removed) <= 8
    assert _left(inside, number=2) == [1]
    assert inside.file.connection.execute("select count(*) from bins where leftovers").fetchone()[0] == 0


def test_a_step_whose_time_is_over_before_it_begins_erases_a_chunk(inside: Inside, monkeypatch) -> None:
    """As with a database server that takes long for each query."""
    monkeypatch.setattr(deleting, "STEP_S", 0)
    monkeypatch.setattr(deleting, "CHUNK", 2)
    _keep(inside, *[9] * 5, 0)
    assert [_sweep(inside).value for _ in range(4)] == [2, 2, 1, 0]
    inside.apply(jobs.DropCaptures(BIN))
    assert [_sweep(inside, erase_only=True).value for _ in range(2)] == [1, 0]


def test_while_bytes_wait_to_be_erased_the_retention_waits(inside: Inside, hasty) -> None:
    _keep(inside, *[0] * 11)
    inside.apply(jobs.DropCaptures(BIN))
    _keep(inside, 9, bin=OTHER)
    first = _sweep(inside)
    assert first.next == 0
    assert _left(inside, number=2) == [1]
    _steps(inside)
    assert _left(inside, number=2) == []


@on_both_engines
def test_every_state_between_two_steps_is_whole(inside: Inside, hasty) -> None:
    _keep(inside, *[9] * 9)
    after: int | None = 0
    while after is not None:
        after = _sweep(inside, after).next
        floor = _numbers(inside)[0]
        assert all(n > floor for table in BESIDE for n in _left(inside, table))
        assert _deletions(inside) in ([], [(floor, True)])
    assert _left(inside) == []
