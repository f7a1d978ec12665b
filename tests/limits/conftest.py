"""A clock that stands still, for time-outs that are tested to the millisecond."""

from datetime import UTC, datetime

import pytest

from app import clock
from tests.ingress.conftest import shared

__all__ = ["Ticks", "shared"]

INSTANT = 0.001


class Ticks:
    """The clock that never jumps, held still. Seconds."""

    def __init__(self) -> None:
        # Of another beginning the sums would be rounded, differently with each uptime of the machine.
        self.now = 0.0

    def almost(self, seconds: float) -> None:
        """On to the last moment within a time-out that has just begun."""
        self.now += seconds - INSTANT

    def over(self) -> None:
        """On behind the end of that time-out."""
        self.now += 2 * INSTANT


@pytest.fixture
def ticks(monkeypatch: pytest.MonkeyPatch) -> Ticks:
    """`clock.ticks` moves by hand."""
    held = Ticks()
    monkeypatch.setattr(clock, "ticks", lambda: held.now)
    return held


class Wall:
    """The wall clock, held still."""

    def __init__(self) -> None:
        self.now = datetime(2026, 11, 29, 12, 0, tzinfo=UTC)


@pytest.fixture
def wall(monkeypatch: pytest.MonkeyPatch) -> Wall:
    """`clock.now` moves by hand."""
    held = Wall()
    monkeypatch.setattr(clock, "now", lambda: held.now)
    return held
