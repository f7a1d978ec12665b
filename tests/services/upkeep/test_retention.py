"""A wrong clock deletes nothing: neither at the start nor while the server runs."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from app import clock
from app.errors import StoreUnavailable
from app.services.upkeep.retention import Sweeping
from app.store import SweepResult
from app.tasks import start_periodic, stop

NOW = datetime(2026, 11, 29, 12, 0, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


class Time:
    """A wall clock and a monotonic one."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.wall, self.passed = NOW, 1_000.0
        monkeypatch.setattr(clock, "now", lambda: self.wall)
        monkeypatch.setattr(clock, "uptime", lambda: self.passed)

    def goes_on(self, by: timedelta) -> None:
        self.wall += by
        self.passed += by.total_seconds()


class Store:
    """Records calls: sweeps with their time, and `None` where only deleted bytes are erased."""

    is_shared = False

    def __init__(self, seen: datetime | None) -> None:
        self.seen = seen
        self.swept: list[datetime | None] = []
        self.noted: list[datetime] = []

    def last_seen(self) -> datetime | None:
        return self.seen

    async def note_time(self, now: datetime) -> None:
        self.noted.append(now)

    async def sweep(self, now: datetime, retention: timedelta, after: int = 0) -> SweepResult:
        self.swept.append(now)
        return SweepResult(removed=0, next=None if after else 1)

    async def erase(self) -> SweepResult:
        self.swept.append(None)
        return SweepResult(removed=0, next=None)


@pytest.fixture
def time(monkeypatch) -> Time:
    return Time(monkeypatch)


def _started(seen: datetime | None) -> tuple[Sweeping, Store]:
    store = Store(seen)
    sweeping = Sweeping(store, timedelta(days=30))
    sweeping.start()
    return sweeping, store


@pytest.mark.parametrize("seen", [None, NOW, NOW - DAY, NOW + HOUR])
async def test_a_time_that_can_be_explained_is_swept_by_and_noted(time: Time, seen: datetime | None) -> None:
    sweeping, store = _started(seen)
    await sweeping.step()
    assert sweeping.held is None
    assert store.swept == [time.wall, time.wall]
    assert store.noted == [time.wall]


async def test_a_start_years_ahead_deletes_nothing_and_is_not_noted(time: Time) -> None:
    sweeping, store = _started(NOW - timedelta(days=3650))
    await sweeping.step()
    assert "2016-12-01" in (sweeping.held or "")
    assert sweeping.held_for == DAY
    assert (store.swept, store.noted) == ([None], [])


async def test_a_person_who_confirms_the_time_ends_it(time: Time) -> None:
    sweeping, store = _started(NOW - timedelta(days=60))
    sweeping.confirm()
    await sweeping.step()
    assert (sweeping.held, sweeping.held_for) == (None, timedelta())
    assert store.noted == [time.wall]


async def test_a_day_without_another_jump_ends_it(time: Time) -> None:
    sweeping, store = _started(NOW - timedelta(days=60))
    time.goes_on(DAY - HOUR)
    await sweeping.step()
    assert store.swept == [None]
    time.goes_on(HOUR)
    await sweeping.step()
    assert sweeping.held is None
    assert store.noted == [time.wall]


@pytest.mark.parametrize("jump", [timedelta(hours=2), timedelta(hours=-2)])
async def test_a_jump_while_it_runs_holds_it_again(time: Time, jump: timedelta) -> None:
    sweeping, store = _started(NOW)
    time.goes_on(timedelta(minutes=1))
    time.wall += jump
    await sweeping.step()
    assert "jumped" in (sweeping.held or "")
    assert (store.swept, store.noted) == ([None], [])


async def test_a_machine_that_slept_continues_as_before(time: Time) -> None:
    sweeping, store = _started(NOW)
    time.goes_on(timedelta(hours=10))
    await sweeping.step()
    assert sweeping.held is None
    assert store.noted == [time.wall]


async def test_what_a_person_deleted_is_erased_at_once_even_while_the_clock_is_not_trusted(time: Time) -> None:
    sweeping, store = _started(NOW - timedelta(days=3650))
    task = start_periodic(sweeping.erase_step, name="erasing")
    await asyncio.sleep(0)
    assert store.swept == []
    for count in (1, 2):
        sweeping.erase_soon()
        for _ in range(5):
            await asyncio.sleep(0)
        assert store.swept == [None] * count
    await stop(task)


async def test_a_deletion_that_comes_while_another_one_is_erased_is_not_forgotten(time: Time) -> None:
    sweeping, store = _started(NOW)

    async def erase() -> SweepResult:
        store.swept.append(None)
        if len(store.swept) == 1:
            sweeping.erase_soon()
        return SweepResult(removed=0, next=None)

    store.erase = erase
    sweeping.erase_soon()
    await sweeping.erase_step()
    await asyncio.wait_for(sweeping.erase_step(), 1)
    assert store.swept == [None, None]


async def test_a_disk_that_fails_while_erasing_leaves_it_to_the_next_sweep(time: Time) -> None:
    sweeping, store = _started(NOW)

    async def erase() -> SweepResult:
        raise StoreUnavailable("The disk is full.")

    store.erase = erase
    sweeping.erase_soon()
    assert await sweeping.erase_step() == 0
