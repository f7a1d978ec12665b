"""A machine that was asleep."""

import asyncio

import pytest

from app import clock
from app.commands.listen.sleeping import JUMP_S, STEP_S, span_text, watch_for_sleep


class _Machine:
    """Its clocks move with each pause: `steps` are the seconds that one takes."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, steps: list[float], *, has_boottime: bool = True) -> None:
        self.steps = steps
        self.up = self.wall = 1_000.0
        self.has_boottime = has_boottime
        monkeypatch.setattr(clock, "uptime", lambda: self.up)
        monkeypatch.setattr(clock, "wall", lambda: self.wall)

    async def pause(self, seconds: float) -> None:
        if not self.steps:
            raise asyncio.CancelledError
        took = self.steps.pop(0)
        self.wall += took
        self.up += took if self.has_boottime else min(took, seconds)


@pytest.mark.parametrize("has_boottime", [True, False])
async def test_a_sleep_is_noticed_and_a_slow_machine_is_none(
    monkeypatch: pytest.MonkeyPatch, has_boottime: bool
) -> None:
    machine = _Machine(
        monkeypatch,
        [STEP_S, STEP_S + JUMP_S, STEP_S + JUMP_S + 1, STEP_S, 600 + STEP_S, STEP_S],
        has_boottime=has_boottime,
    )
    found: list[float] = []
    with pytest.raises(asyncio.CancelledError):
        await watch_for_sleep(found.append, machine.pause)
    assert found == [JUMP_S + 1, 600]


@pytest.mark.parametrize(
    ("seconds", "text"), [(0.4, "0 s"), (89, "89 s"), (90, "2 min"), (600, "10 min"), (5_400, "2 h"), (86_400, "24 h")]
)
def test_spans_are_short(seconds: float, text: str) -> None:
    assert span_text(seconds) == text
