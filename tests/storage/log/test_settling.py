"""After an unplanned stop: which captures get an unknown outcome."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from app import clock
from app.domain.captures import Outcome
from app.storage.log import jobs, settling
from tests.storage.builders import a_raw
from tests.storage.engines import Engine, on_both_engines
from tests.storage.inside import BIN, Inside

OTHER = "bin00002"
NOW = clock.now()


@pytest.fixture
def inside(tmp_path: Path, engine: Engine) -> Iterator[Inside]:
    made = Inside(tmp_path, engine)
    made.add_bin(OTHER)
    yield made
    made.close()


def _keep(inside: Inside, *ages_s: float, bin: str = BIN) -> None:
    for age_s in ages_s:
        inside.keep(a_raw(received_at=_before(age_s)), bin=bin)


def _before(seconds: float) -> datetime:
    return NOW - timedelta(seconds=seconds)


def _settle(inside: Inside, upto: dict[int, int], within_s: int = 60) -> list[tuple[int, int]]:
    """The captures that were given an outcome: number of the bin, and n."""
    (before,) = inside.file.connection.execute("select count(*) from outcomes").fetchone()
    (result,) = inside.apply(jobs.SettleUnanswered(within_s * 1_000_000, "nobody knows", upto))
    assert result.error is None, result
    rows = inside.file.connection.execute("select id >> 40, n from outcomes where note = 'nobody knows' order by id")
    told = [tuple(row) for row in rows]
    (after,) = inside.file.connection.execute("select count(*) from outcomes").fetchone()
    assert after - before == len(told)
    return told


@on_both_engines
def test_those_without_an_outcome_get_an_unknown_one(inside: Inside) -> None:
    _keep(inside, 4, 3, 2, 1)
    inside.settle(2, Outcome(status=200, after_ms=1))
    inside.settle(4, Outcome(status=200, after_ms=1))
    assert _settle(inside, {1: 4}) == [(1, 1), (1, 3)]
    row = inside.file.connection.execute("select * from outcomes where n = 3").fetchone()
    assert (row["status"], row["after_ms"], row["sender_left"], row["well_formed"]) == (None, None, 0, 1)


def test_a_second_time_there_is_nothing_left_to_say(inside: Inside) -> None:
    _keep(inside, 2, 1)
    assert _settle(inside, {1: 2}) == [(1, 1), (1, 2)]
    (result,) = inside.apply(jobs.SettleUnanswered(60_000_000, "again", {1: 2}))
    assert result.error is None
    assert inside.file.connection.execute("select count(*) from outcomes where note = 'again'").fetchone()[0] == 0


def test_only_those_shortly_before_the_newest_whatever_the_clock_shows_now(inside: Inside) -> None:
    day = 86_400
    _keep(inside, day + 61, day + 60, day + 1, day)
    assert _settle(inside, {1: 4}) == [(1, 2), (1, 3), (1, 4)]


def test_the_newest_of_all_bins_decides(inside: Inside) -> None:
    _keep(inside, 500, 400)
    _keep(inside, 30, 0, bin=OTHER)
    assert _settle(inside, {1: 2, 2: 2}) == [(2, 1), (2, 2)]


def test_those_that_came_after_the_start_are_still_on_their_way(inside: Inside) -> None:
    _keep(inside, 3, 2, 1)
    _keep(inside, 1, bin=OTHER)
    assert _settle(inside, {1: 2}) == [(1, 1), (1, 2)]


def test_those_that_came_after_the_start_do_not_decide_which_are_old(inside: Inside) -> None:
    _keep(inside, 500, 499, 0)
    assert _settle(inside, {1: 2}) == [(1, 1), (1, 2)]


def test_an_outcome_that_was_known_before_the_next_capture_came_counts(inside: Inside) -> None:
    _keep(inside, 2)
    inside.settle(1, Outcome(status=200, after_ms=1))
    _keep(inside, 1)
    assert _settle(inside, {1: 2}) == [(1, 2)]


def test_what_is_deleted_is_not_spoken_of(inside: Inside) -> None:
    _keep(inside, 4, 3)
    inside.apply(jobs.DropCaptures(BIN))
    _keep(inside, 2, 1)
    assert _settle(inside, {1: 4}) == [(1, 3), (1, 4)]


@pytest.mark.parametrize("job", [jobs.DropCaptures(BIN), jobs.DropBin(BIN)])
def test_a_bin_that_is_empty_or_gone_is_left_out_and_does_not_decide(inside: Inside, job: jobs.Job) -> None:
    _keep(inside, 0)
    _keep(inside, 500, bin=OTHER)
    inside.apply(job)
    assert _settle(inside, {1: 1, 2: 1}) == [(2, 1)]


def test_a_capture_whose_bytes_only_wait_to_be_erased_does_not_decide(inside: Inside) -> None:
    _keep(inside, 0)
    inside.apply(jobs.DropCaptures(BIN))
    _keep(inside, 0, 0)
    inside.drop(2)
    _keep(inside, 500, bin=OTHER)
    assert _settle(inside, {1: 2, 2: 1}) == [(2, 1)]


def test_nothing_at_all_is_no_error(inside: Inside) -> None:
    assert _settle(inside, {}) == []
    assert _settle(inside, {1: 0, 2: 0}) == []


def test_a_clock_that_jumped_back_in_between_hides_no_capture(inside: Inside) -> None:
    _keep(inside, 30, 500, 0)
    assert _settle(inside, {1: 3}) == [(1, 1), (1, 3)]


@on_both_engines
@pytest.mark.parametrize("step", [1, 2, 3])
def test_it_goes_through_more_than_one_step(inside: Inside, monkeypatch, step: int) -> None:
    monkeypatch.setattr(settling, "STEP", step)
    _keep(inside, 500, 9, 8, 7, 6, 5, 4, 3)
    for n in (3, 5, 6, 8):
        inside.settle(n, Outcome(status=200, after_ms=1))
    assert _settle(inside, {1: 8}) == [(1, 2), (1, 4), (1, 7)]


def test_it_looks_at_no_more_than_it_may(inside: Inside, monkeypatch) -> None:
    monkeypatch.setattr(settling, "STEP", 2)
    monkeypatch.setattr(settling, "MAX_CAPTURES", 4)
    _keep(inside, *range(8, 0, -1))
    assert _settle(inside, {1: 8}) == [(1, n) for n in (5, 6, 7, 8)]


def test_outcomes_older_than_the_first_candidate_are_not_read(inside: Inside, monkeypatch) -> None:
    monkeypatch.setattr(settling, "STEP", 1)
    _keep(inside, 500, 499, 498)
    for n in (1, 2, 3):
        inside.settle(n, Outcome(status=200, after_ms=1))
    _keep(inside, 1)
    said: list[str] = []
    inside.file.connection.set_trace_callback(said.append)
    assert _settle(inside, {1: 4}) == [(1, 4)]
    assert sum("from outcomes where id >" in each for each in said) == 1
