"""Wrong tokens are answered late when there are many, and soon again after a while."""

import asyncio
from types import SimpleNamespace

import pytest

from app import clock
from app.services import failed_sign_ins
from app.services.failed_sign_ins import AT_ONCE, EVERY_S, LOG_EVERY_S, LONGEST_S, FailedSignIns

INSTANT = 1e-6


class Time:
    """The clock that never jumps; a wait moves it when `passes`."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now, self.passes = clock.ticks(), False
        self.waits: list[float] = []
        monkeypatch.setattr(clock, "ticks", lambda: self.now)
        monkeypatch.setattr(failed_sign_ins, "asyncio", SimpleNamespace(sleep=self._sleep))

    async def _sleep(self, seconds: float) -> None:
        self.waits.append(seconds)
        self.now += seconds if self.passes else 0
        await asyncio.sleep(0)


@pytest.fixture
def time(monkeypatch: pytest.MonkeyPatch) -> Time:
    return Time(monkeypatch)


async def test_the_first_ones_are_answered_at_once_and_then_a_few_each_second(time: Time) -> None:
    failed, time.passes = FailedSignIns(), True
    for _ in range(AT_ONCE):
        await failed.slow_down("192.0.2.1")
    assert sum(time.waits) < INSTANT
    for _ in range(100):
        await failed.slow_down("192.0.2.2")
    assert sum(time.waits) == pytest.approx(100 * EVERY_S, abs=INSTANT)
    assert failed.count == AT_ONCE + 100


async def test_many_at_the_same_time_wait_for_the_longest_time_each(time: Time) -> None:
    failed = FailedSignIns()
    for _ in range(2_000):
        await failed.slow_down("192.0.2.1")
    assert max(time.waits) == pytest.approx(LONGEST_S)
    assert time.waits[-1_000:] == pytest.approx([LONGEST_S] * 1_000)


async def test_after_a_while_without_any_the_next_ones_are_immediate_again(time: Time) -> None:
    failed = FailedSignIns()
    for _ in range(2_000):
        await failed.slow_down("192.0.2.1")
    time.now += LONGEST_S + AT_ONCE * EVERY_S
    time.waits.clear()
    for _ in range(AT_ONCE):
        await failed.slow_down("192.0.2.1")
    assert sum(time.waits) < INSTANT


async def test_they_are_logged_once_in_a_while_with_their_number(time: Time, monkeypatch) -> None:
    lines: list[tuple[str, dict[str, object]]] = []
    monkeypatch.setattr(
        failed_sign_ins, "_log", SimpleNamespace(warning=lambda event, **more: lines.append((event, more)))
    )
    failed = FailedSignIns()
    for peer in ("192.0.2.1", "192.0.2.2", "192.0.2.3"):
        await failed.slow_down(peer)
    time.now += LOG_EVERY_S
    await failed.slow_down("192.0.2.4")
    assert lines == [
        ("sign_in.failed", {"count": 1, "last_peer": "192.0.2.1"}),
        ("sign_in.failed", {"count": 3, "last_peer": "192.0.2.4"}),
    ]
