"""The state of the log: doubt remains after every process and every error, until the file was checked."""

from pathlib import Path

import pytest

from app.storage.log.results import Result
from app.storage.log.state import LogState


@pytest.fixture
def mark(tmp_path: Path) -> Path:
    return tmp_path / "log.suspect"


def test_the_worst_is_reported_first(mark: Path) -> None:
    state = LogState(mark)
    assert state.health(0).state == "ok"
    state.recent.refused(0, 10, "it does not answer", is_unanswered=True)
    assert (state.health(0).state, state.health(0).reason) == ("stopped", "it does not answer")
    state.recent.refused(0, 10, "the disk is full")
    assert (state.health(0).state, state.health(0).reason) == ("full", "the disk is full")
    state.ended("it was killed", in_doubt=False)
    assert state.health(0).state == "stopped"
    state.note([Result("away", "no route to host")])
    assert (state.health(0).state, state.health(0).reason) == ("away", "no route to host")
    state.note([Result(), Result("suspect", "a sync failed")])
    assert state.health(0).state == "suspect"
    state.note([Result("gone", "log.db was deleted")])
    assert (state.health(0).state, state.health(0).reason) == ("gone", "log.db was deleted")


def test_doubt_ends_with_the_opening_that_has_checked_the_file(mark: Path) -> None:
    state = LogState(mark)
    state.set_doubt("a sync failed")
    assert mark.exists()
    assert "a sync failed" in (state.refusal or "")
    state.open_failed("the file is damaged")
    assert state.refusal == "the file is damaged"
    state.opened()
    assert state.refusal is None
    assert not mark.exists()


def test_a_mark_of_an_earlier_server_is_doubt(mark: Path) -> None:
    mark.touch()
    state = LogState(mark)
    state.read_suspect_file()
    assert "before the last stop" in (state.refusal or "")


def test_a_disk_that_takes_no_mark_does_not_make_it_forget(tmp_path: Path) -> None:
    state = LogState(tmp_path / "there is no such folder" / "log.suspect")
    state.note([Result("suspect", "a sync failed")])
    state.ended("it ended with code 9", in_doubt=True)
    assert "a sync failed" in (state.refusal or "")
    state.opened()
    assert state.refusal is None


def test_a_process_that_ends_in_doubt_before_it_could_say_why(mark: Path) -> None:
    state = LogState(mark)
    state.ended("it ended with code 9", in_doubt=True)
    assert "it ended with code 9" in (state.refusal or "")
    assert mark.exists()


@pytest.mark.parametrize("error", [None, "not_found", "conflict", "full"])
def test_a_database_is_back_with_its_first_answer_and_no_size_is_remembered(mark: Path, error: str | None) -> None:
    state = LogState(mark)
    state.recent.refused(0, 100_000, "no route to host")
    state.note([Result("away", "no route to host"), Result("broken", "a bug")])
    assert state.health(0).state == "away"
    state.note([Result(error)])
    assert (state.health(0).state, state.health(0).reason, state.recent.full_size) == ("ok", None, 0)


def test_a_database_that_was_away_at_a_restart_is_back_when_the_log_is_open(mark: Path) -> None:
    state = LogState(mark)
    state.ended("it was killed", in_doubt=False)
    state.open_failed("no route to host", is_unreachable=True)
    state.ended("it ended with code 1", in_doubt=False)
    assert (state.health(0).state, state.refusal) == ("away", None)
    state.opened()
    assert state.health(0).state == "ok"
