"""Durability (P2, P3) when processes are killed: a short form of `make proof`."""

from pathlib import Path

from tests.proof import kill9


def test_what_was_acknowledged_survives_kill_9_of_each_process_and_of_all(tmp_path: Path) -> None:
    counts = kill9.Counts()
    kill9.round_of(tmp_path / "data", 1, counts, lives=2)
    assert counts.problems == []
    assert counts.total > 10
    assert counts.acknowledged > 100


def test_the_kills_catch_a_log_process_that_confirms_what_it_keeps_in_memory(tmp_path: Path) -> None:
    counts = kill9.Counts()
    kill9.round_of(tmp_path / "data", 1, counts, lives=1, module="tests.proof.planted")
    assert counts.problems
