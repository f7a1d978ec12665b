"""A process that is late because it gets no processor is told from one that is hung."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.storage import starved
from app.storage.starved import MOST_SHARE, StarvedProcess

TICK_S = 1 / os.sysconf("SC_CLK_TCK")


class Ticks:
    """The clock of the process."""

    now = 100.0


@pytest.fixture
def ticks(monkeypatch) -> Ticks:
    made = Ticks()
    monkeypatch.setattr(starved, "ticks", lambda: made.now)
    return made


@pytest.fixture
def told(monkeypatch) -> list[tuple[bool, float]]:
    """What the system tells about the process, the next one first."""
    readings: list[tuple[bool, float]] = []
    monkeypatch.setattr(starved, "_read", lambda _: readings.pop(0))
    return readings


def test_one_that_gets_little_of_a_processor_is_starved(told, ticks: Ticks) -> None:
    process = StarvedProcess(7, 10.0)
    told += [(True, 50.0), (True, 50.0 + MOST_SHARE), (True, 50.0 + MOST_SHARE + 0.01)]
    assert process.is_starved()
    ticks.now += 1.0
    assert process.is_starved()
    ticks.now += 1.0
    assert process.is_starved()


def test_one_that_runs_all_the_time_is_hung(told, ticks: Ticks) -> None:
    process = StarvedProcess(7, 10.0)
    told += [(True, 50.0), (True, 50.0 + MOST_SHARE + 0.01)]
    assert process.is_starved()
    ticks.now += 1.0
    assert not process.is_starved()


def test_one_that_waits_for_anything_else_is_hung(told) -> None:
    told.append((False, 50.0))
    assert not StarvedProcess(7, 10.0).is_starved()


def test_one_that_has_used_its_time_is_hung_however_long_that_took(told, ticks: Ticks) -> None:
    process = StarvedProcess(7, 2.0)
    told += [(True, 50.0), (True, 51.99), (True, 52.0)]
    assert process.is_starved()
    ticks.now += 60.0
    assert process.is_starved()
    ticks.now += 60.0
    assert not process.is_starved()


@pytest.fixture
def spinning() -> Iterator[int]:
    """A process that never waits for anything."""
    with subprocess.Popen(
        [sys.executable, "-c", "print(flush=True)\nwhile True: pass"], stdout=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        process.stdout.readline()
        yield process.pid
        process.kill()


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="only Linux reports it")
def test_the_state_and_the_time_of_a_real_process_are_read(spinning: int) -> None:
    ready, spent_s = starved._read(spinning)
    assert ready
    while starved._read(spinning)[1] < spent_s + 2 * TICK_S:
        pass
    os.kill(spinning, signal.SIGSTOP)
    while starved._read(spinning)[0]:
        pass


def test_a_process_that_is_gone_is_not_starved() -> None:
    assert starved._read(2**22 + 1) == (False, 0.0)
