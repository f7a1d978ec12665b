"""Parsing a capture is cut off after a second of processor time, whatever parses it."""

import re
import time
from collections.abc import Iterator
from contextlib import suppress

import pytest

from app.storage.ledger import read_timer as module
from app.storage.ledger.read_timer import ReadTimer, TakesTooLong


@pytest.fixture
def budget(monkeypatch) -> Iterator[ReadTimer]:
    monkeypatch.setattr(module, "READ_S", 0.1)
    monkeypatch.setattr(module, "TICK_S", 0.02)
    made = ReadTimer()
    made.start()
    yield made
    made.stop()


def _spin() -> None:
    while True:
        pass


def _spin_and_swallow() -> None:
    while True:
        with suppress(Exception):
            _spin()


def _match_for_ever() -> None:
    re.match(r"(a+)+b", "a" * 60)


@pytest.mark.parametrize("endless", [_spin, _spin_and_swallow, _match_for_ever])
def test_what_does_not_end_is_cut_off(budget: ReadTimer, endless) -> None:
    since = time.process_time()
    with pytest.raises(TakesTooLong):
        budget.over(endless)()
    assert 0.08 <= time.process_time() - since < 1.0


def test_each_capture_has_a_budget_of_its_own(budget: ReadTimer) -> None:
    def work() -> int:
        since = time.process_time()
        while time.process_time() - since < 0.05:
            pass
        return 7

    assert [budget.over(work)() for _ in range(6)] == [7] * 6


def test_nothing_but_reading_is_cut_off(budget: ReadTimer) -> None:
    since = time.process_time()
    while time.process_time() - since < 0.3:
        pass
    with pytest.raises(ValueError, match="planted"):
        budget.over(_raise)()
    since = time.process_time()
    while time.process_time() - since < 0.3:
        pass


def _raise() -> None:
    raise ValueError("planted")


def test_waiting_for_a_processor_or_a_disk_does_not_count(budget: ReadTimer) -> None:
    budget.over(time.sleep)(0.4)
