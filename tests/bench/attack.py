"""Captures of one bin while all known attacks run at the same time."""

from collections.abc import Iterator
from pathlib import Path

from tests.survival.all_at_once import MOST_BYTES, P99_MS, all_at_once
from tests.survival.probe import Figures

from .measure import Row

SECONDS = 30.0


def attack(folder: Path) -> Iterator[Row]:
    """All attacks at once, with a limit of 1,024 open files."""
    (folder / "attack").mkdir()
    outcome = all_at_once(folder / "attack", SECONDS)
    for name, phase in (("all attacks at once", outcome.during), ("15 s after them", outcome.after)):
        yield Row(f"p99 of the answer, {name}", _said(phase), f"<= {P99_MS:.0f} ms", phase.is_within(P99_MS))
        refused = sum(count for status, count in phase.statuses.items() if status != "200")
        yield Row(f"refused captures, {name}", f"{refused} of {phase.count}", "0", not refused)
    memory = outcome.memory
    yield Row("memory of the server meanwhile", f"{memory >> 20} MB", f"<= {MOST_BYTES >> 20} MB", memory <= MOST_BYTES)


def _said(phase: Figures) -> str:
    return f"{phase.p99:.1f} ms (control {phase.control_p99:.1f} ms)"
