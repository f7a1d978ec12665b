"""How often the server looks, tries again and believes: periods, pauses, and how far the clock may be wrong."""

import asyncio
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
import structlog
from msgspec.structs import replace

from app import tasks
from app.domain.drills import Drill, Observed, StepState, judge_step, plain_steps
from app.domain.faults import ActiveFault, Fault, FaultKind
from app.domain.roles import Role
from app.errors import NotFound, StoreUnavailable
from app.live.hub import Hub
from app.services import drills as drilling
from app.services import faults, keyring
from app.services.drills import Drilling
from app.services.faults import Faults
from app.services.keyring import Keyring
from app.services.upkeep import disk
from app.services.upkeep import probe as probing
from app.services.upkeep import retention as sweeping
from app.services.upkeep.disk import Disk, DiskSpace
from app.services.upkeep.probe import Probing
from app.services.upkeep.retention import Sweeping, sweep_once
from app.store import COMMIT_WAIT_S, Health, SweepResult
from app.web.site import condition
from app.web.site.condition import ServerCondition, health_notice
from tests.services.test_faults import Rows, a_fault
from tests.services.upkeep.test_retention import Store as SweptStore
from tests.services.upkeep.test_retention import Time

from .conftest import Ticks, Wall

INSTANT = timedelta(microseconds=1)


class Store:
    """Works, or does not."""

    is_shared = False

    def __init__(self, *, works: bool = True) -> None:
        self.works = works
        self.probes = 0

    async def probe(self) -> None:
        self.probes += 1
        if not self.works:
            raise StoreUnavailable("The disk is full.")

    def health(self) -> Health:
        return Health(state="ok")


@pytest.mark.parametrize(
    ("free", "total", "is_low"),
    [
        (disk.LOW_BYTES, 0, False),
        (disk.LOW_BYTES - 1, 0, True),
        (disk.LOW_BYTES * 2, disk.LOW_BYTES * 2 * disk.LOW_SHARE, False),
        (disk.LOW_BYTES * 2 - 1, disk.LOW_BYTES * 2 * disk.LOW_SHARE, True),
    ],
)
def test_a_disk_is_low_below_so_many_bytes_and_below_a_share(free: int, total: int, is_low: bool) -> None:
    assert DiskSpace(free, total).low == is_low


async def test_each_periodic_look_says_when_the_next_one_is(tmp_path) -> None:
    hub: Any = SimpleNamespace(notify_all=lambda: None)
    assert await Disk(tmp_path).step() == disk.EVERY_S
    assert await Sweeping(SweptStore(None), timedelta(0)).step() == sweeping.EVERY_S  # type: ignore[arg-type]
    assert await Faults(Rows(), Hub()).step() == faults.EVERY_S  # type: ignore[arg-type]
    assert await Drilling(Store(), None, hub).step() == drilling.LOOK_EVERY_S  # type: ignore[arg-type]


async def test_a_bin_of_which_nothing_is_sure_is_looked_up_more_often_while_the_store_is_silent() -> None:
    for store, wait_s in ((Store(), keyring.CHECK_S), (Store(works=False), keyring.RETRY_S)):
        known = Keyring(store)  # type: ignore[arg-type]
        known._doubtful.add("b")
        store.get_bin = _not_there  # type: ignore[attr-defined]
        assert await known.step() == wait_s
    assert await Keyring(Store()).step() == keyring.CHECK_S  # type: ignore[arg-type]


async def _not_there(*_: object, **__: object) -> None:
    raise NotFound("There is no such bin.")


@pytest.mark.parametrize(("after_s", "writes"), [(probing.FRESH_S - 0.001, 1), (probing.FRESH_S, 2)])
async def test_a_write_that_was_confirmed_is_believed_so_long(ticks: Ticks, after_s: float, writes: int) -> None:
    store = Store()
    probe = Probing(store)  # type: ignore[arg-type]
    await probe.probe()
    ticks.now += after_s
    await probe.probe()
    assert store.probes == writes


@pytest.mark.parametrize(("late", "is_held"), [(timedelta(0), False), (INSTANT, True)])
async def test_a_stop_so_long_is_taken_for_one(monkeypatch, late: timedelta, is_held: bool) -> None:
    time = Time(monkeypatch)
    swept = Sweeping(SweptStore(time.wall - sweeping.LONGEST_STOP - late), timedelta(days=30))  # type: ignore[arg-type]
    swept.start()
    assert (swept.held is not None) == is_held


@pytest.mark.parametrize("sign", [1, -1])
@pytest.mark.parametrize(("more", "is_held"), [(timedelta(0), False), (INSTANT, True)])
async def test_a_clock_may_drift_so_far(monkeypatch, sign: int, more: timedelta, is_held: bool) -> None:
    time = Time(monkeypatch)
    swept = Sweeping(SweptStore(None), timedelta(days=30))  # type: ignore[arg-type]
    time.wall += sign * (sweeping.MAX_DRIFT + more)
    await swept.step()
    assert (swept.held is not None) == is_held


@pytest.mark.parametrize(("early", "is_held"), [(timedelta(seconds=1), True), (timedelta(0), False)])
async def test_a_clock_that_jumped_is_believed_after_so_long(monkeypatch, early: timedelta, is_held: bool) -> None:
    time = Time(monkeypatch)
    swept = Sweeping(SweptStore(None), timedelta(days=30))  # type: ignore[arg-type]
    time.wall += timedelta(days=400)
    await swept.step()
    time.goes_on(sweeping.HELD - early)
    await swept.step()
    assert (swept.held is not None) == is_held


@pytest.fixture
def slept(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Seconds of each sleep, of which none takes any."""
    found: list[float] = []
    real = asyncio.sleep

    async def sleep(seconds: float) -> None:
        found.append(seconds)
        await real(0)

    monkeypatch.setattr(asyncio, "sleep", sleep)
    return found


async def test_between_two_steps_of_a_sweep_captures_have_so_long(slept: list[float]) -> None:
    class Steps:
        async def sweep(self, _now: object, _retention: object, after: int) -> SweepResult:
            return SweepResult(removed=1, next=after + 1 if after < 2 else None)

    assert await sweep_once(Steps(), timedelta(days=1)) == 3  # type: ignore[arg-type]
    assert slept == [sweeping.PAUSE_S, sweeping.PAUSE_S, 0]


async def test_a_task_that_fails_is_tried_again_after_twice_as_long_up_to_a_bound(slept: list[float]) -> None:
    results: list[Any] = [OSError("no")] * 9 + [1.5, OSError("no"), None]

    async def step() -> float | None:
        result = results.pop(0)
        if isinstance(result, Exception):
            raise result
        return result

    with structlog.testing.capture_logs() as events:
        await tasks.start_periodic(step, name="test")
    doubled = [min(tasks.FIRST_PAUSE_S * 2**n, tasks.LONGEST_PAUSE_S) for n in range(9)]
    assert slept == [*doubled, 1.5, tasks.FIRST_PAUSE_S]
    assert doubled[-1] == tasks.LONGEST_PAUSE_S
    assert [event["again_in_s"] for event in events] == [*doubled, tasks.FIRST_PAUSE_S]


@pytest.mark.parametrize(
    ("after_s", "is_kept"), [(faults.REMOVE_AFTER_S, True), (faults.REMOVE_AFTER_S + 0.001, False)]
)
async def test_a_fault_that_is_over_is_kept_as_long_as_its_count_may_come_back(
    wall: Wall, ticks: Ticks, after_s: float, is_kept: bool
) -> None:
    wall.now = a_fault().started_at
    rows = Rows()
    held = Faults(rows, Hub())  # type: ignore[arg-type]
    await held.set(a_fault(count=1))
    assert held.count_hit("b", Role.PRIMARY, wall.now) is not None
    await held.sweep()
    ticks.now += after_s
    await held.sweep()
    assert bool(rows.faults) == is_kept
    assert faults.REMOVE_AFTER_S >= 2 * COMMIT_WAIT_S


def _drill(wall: Wall) -> Drill:
    """A drill whose fault has just ended."""
    fault = Fault(kind=FaultKind.DROP, until=wall.now + timedelta(minutes=1), count=1)
    (step,) = plain_steps(fault, wall.now)
    step = replace(step, state=StepState.RUNNING, started_at=wall.now, off_at=wall.now)
    return Drill(id="d", bin_id="b", role=Role.PRIMARY, measuring=False, started_at=wall.now, steps=(step,))


@pytest.mark.parametrize(("late", "is_over"), [(-INSTANT, False), (timedelta(0), True)])
def test_a_request_that_met_a_fault_may_be_under_way_so_long(wall: Wall, late: timedelta, is_over: bool) -> None:
    seen = Observed(at=wall.now + drilling.UNDER_WAY + late, is_on=False, pairings=())
    after = judge_step(_drill(wall), 0, seen, drilling.UNDER_WAY)
    assert (after.state is StepState.DONE) == is_over
    assert timedelta(seconds=COMMIT_WAIT_S) < drilling.UNDER_WAY


async def test_so_many_captures_are_looked_at_for_the_one_that_followed_a_redirect() -> None:
    asked: list[Any] = []

    async def list_captures(_bin: str, *, limit: int, after: int) -> list[Any]:
        asked.append((limit, after))
        return []

    store: Any = SimpleNamespace(list_captures=list_captures)
    pairing: Any = SimpleNamespace(hits=[SimpleNamespace(n=7)])
    drill: Any = SimpleNamespace(bin_id="b", role=Role.PRIMARY)
    assert not await Drilling(store, None, None)._has_followed(drill, [pairing])  # type: ignore[arg-type]
    assert asked == [(drilling.SEEN_AFTER, 7)]


async def test_notices_are_looked_at_once_a_second_and_tell_of_a_large_log(server) -> None:
    assert await ServerCondition(server.app).step() == condition.UPDATE_S
    for size, is_told in ((condition.LARGE_WAL_BYTES, False), (condition.LARGE_WAL_BYTES + 1, True)):
        assert (health_notice(Health(state="ok", wal_bytes=size, held=True)) is not None) == is_told


def test_an_active_fault_is_over_with_its_time(wall: Wall) -> None:
    fault = Fault(kind=FaultKind.DROP, until=wall.now)
    active = ActiveFault(id="f", bin_id="b", role=Role.PRIMARY, fault=fault, started_at=wall.now, left=None)
    assert active.is_over(wall.now)
    assert not active.is_over(wall.now - INSTANT)
