"""A wrong clock deletes nothing: neither at the start nor while the server runs."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from app import clock
from app.errors import StoreUnavailable
from app.services.leases import LEASE_S
from app.services.upkeep.retention import MAX_SKEW, Sweeping
from app.store import SweepResult
from app.tasks import start_periodic, stop
from tests.several import LeaseTable, Passing

NOW = datetime(2026, 11, 29, 12, 0, tzinfo=UTC)
HOUR, DAY, INSTANT = timedelta(hours=1), timedelta(days=1), timedelta(microseconds=1)


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


class SeveralStore(Store):
    """With other servers: the holder of the lease, and how far the clock of the store is behind."""

    is_shared = True

    def __init__(self, name: str, table: LeaseTable, skew: timedelta = timedelta()) -> None:
        super().__init__(NOW)
        self.name, self.table, self.skew = name, table, skew

    async def hold_lease(self, name: str, seconds: float) -> bool:
        return self.table.hold(self.name, name, seconds)

    async def clock_skew(self) -> timedelta:
        return self.skew


async def _several(table: LeaseTable, *skews: timedelta) -> list[tuple[Sweeping, SeveralStore]]:
    """After each of them has asked for the lease and made one step."""
    found = []
    for number, skew in enumerate(skews):
        store = SeveralStore(f"server {number}", table, skew)
        sweeping = Sweeping(store, timedelta(days=30))  # type: ignore[arg-type]
        sweeping.start()
        found.append((sweeping, store))
    for sweeping, _ in found:
        await sweeping.step()
        await sweeping.lease.step()
        await sweeping.step()
    return found


async def test_one_of_several_servers_sweeps(time: Time) -> None:
    (_, first), (_, second) = await _several(LeaseTable(), timedelta(), timedelta())
    assert (first.swept, second.swept) == ([time.wall, time.wall], [])
    assert (first.noted, second.noted) == ([time.wall], [])


async def test_a_server_whose_clock_is_not_that_of_the_store_leaves_it_to_another_one(time: Time) -> None:
    table = LeaseTable()
    (wrong, first), (right, second) = await _several(table, -MAX_SKEW - INSTANT, MAX_SKEW)
    assert None in first.swept, "what users have deleted is erased all the same"
    assert (set(first.swept), second.swept) == ({None}, [time.wall, time.wall])
    await wrong.step()
    assert (wrong.held, wrong.is_trusted, right.held) == (None, False, None), "it is done elsewhere"
    await right.lease.release()
    await wrong.step()
    assert "differ by 0:01:00" in (wrong.held or "")
    assert wrong.held_for is None
    first.skew = timedelta()
    await wrong.step()
    assert (wrong.held, wrong.is_trusted) == (None, True)


async def test_a_server_whose_clock_jumps_gives_the_lease_up(time: Time) -> None:
    (first, _), (second, store) = await _several(LeaseTable(), timedelta(), timedelta())
    time.wall += timedelta(hours=2)
    await first.step()
    await first.lease.step()
    second.confirm()
    await second.lease.step()
    await second.step()
    assert store.noted == [time.wall]
    await first.step()
    assert (first.held, first.is_trusted) == (None, False)


async def test_a_sweep_ends_when_the_lease_does(time: Time, monkeypatch: pytest.MonkeyPatch) -> None:
    passing = Passing(monkeypatch)
    ((sweeping, store),) = await _several(LeaseTable(), timedelta())
    store.swept.clear()
    sweep = store.sweep

    async def slow(now: datetime, retention: timedelta, after: int = 0) -> SweepResult:
        passing.ahead += LEASE_S
        return await sweep(now, retention, after)

    monkeypatch.setattr(store, "sweep", slow)
    await sweeping.step()
    assert store.swept == [time.wall], "there was a second step to do"
