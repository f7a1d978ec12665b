"""Running drills: a fault is set and cleared, and the next step follows from what is stored."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest

from app import clock
from app.domain.captures import CaptureRow
from app.domain.drills import SERIES, Drill, StepState
from app.domain.faults import ActiveFault, Fault, FaultKind
from app.domain.pairings.model import Hit, Pairing
from app.domain.roles import Role
from app.errors import Conflict, NotFound, StoreUnavailable
from app.live.hub import Hub
from app.services.drills import FOLLOW_EVERY_S, UNDER_WAY, Drilling
from app.services.faults import Faults
from tests.several import LeaseTable

NOW = datetime(2026, 11, 27, 12, tzinfo=UTC)
FAULT = Fault(kind=FaultKind.STATUS, statuses=(500,), count=1, until=NOW + timedelta(minutes=10))


class Rows:
    """The part of the store that is used; `pairings` by the name of a step."""

    is_shared = False

    def __init__(self) -> None:
        self.drills: dict[str, Drill] = {}
        self.pairings: dict[str, list[Pairing]] = {}
        self.is_full = False

    async def running_drills(self) -> list[Drill]:
        return [drill for drill in self.drills.values() if drill.ended_at is None]

    async def add_drill(self, drill: Drill) -> None:
        self.drills[drill.id] = drill

    async def set_drill(self, drill: Drill) -> bool:
        if drill.id not in self.drills or self.drills[drill.id].ended_at is not None:
            return False
        self.drills[drill.id] = drill
        return True

    async def get_drill(self, bin_id: str, drill_id: str) -> Drill:
        drill = self.drills.get(drill_id)
        if drill is None or drill.bin_id != bin_id:
            raise NotFound("There is no such drill.")
        return drill

    async def pairings_of_drill(self, _: str, run: str) -> list[Pairing]:
        if self.is_full:
            raise StoreUnavailable("The disk is full.")
        return self.pairings.get(run, [])

    async def list_captures(self, *_: object, **__: object) -> Sequence[CaptureRow]:
        return ()

    async def list_faults(self) -> list[ActiveFault]:
        return []

    async def set_fault(self, _: ActiveFault) -> None: ...

    async def drop_fault(self, _: str, __: str) -> None: ...


class Bench:
    """A drilling with its store, its faults, and the time, which tests move."""

    def __init__(self) -> None:
        self.rows = Rows()
        self.faults = Faults(self.rows, Hub())  # type: ignore[arg-type]
        self.drilling = Drilling(self.rows, self.faults, Hub())  # type: ignore[arg-type]
        self.now = NOW

    def met(self, drill: Drill, step: int = 0, *, ok: bool = True) -> None:
        """One message met the fault of a step; the fallback took it, or failed."""
        run = drill.run_of(step)
        first = Hit(n=1, at=self.now, fallback=False, method="POST", ok=False, status=500, drill=run)
        second = Hit(n=2, at=self.now, fallback=True, method="POST", ok=ok)
        self.rows.pairings[run] = [Pairing(message_id="m", voice=False, hits=(first, second))]

    async def look(self, after: timedelta = timedelta(seconds=1)) -> None:
        self.now += after
        await self.drilling.step()


@pytest.fixture
def bench(monkeypatch: pytest.MonkeyPatch) -> Bench:
    made = Bench()
    monkeypatch.setattr(clock, "now", lambda: made.now)
    return made


async def test_a_drill_sets_its_fault_and_clears_it_when_its_message_is_settled(bench: Bench) -> None:
    drill = await bench.drilling.begin("b", Role.PRIMARY, FAULT)
    active = bench.faults.of("b", Role.PRIMARY)
    assert active is not None
    assert active.drill == drill.run_of(0)
    assert bench.faults.count_hit("b", Role.PRIMARY, bench.now) is not None
    await bench.look()
    assert bench.rows.drills[drill.id].steps[0].state is StepState.WATCHING
    bench.met(drill)
    await bench.look()
    step = bench.rows.drills[drill.id].steps[0]
    assert (step.state, step.card.recovered) == (StepState.DONE, 1)
    done = bench.rows.drills[drill.id]
    assert (done.ended_at, done.card.recovered) == (bench.now, 1), "the drill ends with its last step, not a look later"
    assert bench.faults.of("b", Role.PRIMARY) is None


async def test_a_fault_that_nothing_met_is_waited_out(bench: Bench) -> None:
    drill = await bench.drilling.begin("b", Role.PRIMARY, FAULT)
    await bench.faults.clear("b", Role.PRIMARY)
    await bench.look()
    await bench.look(UNDER_WAY - timedelta(microseconds=1))
    assert bench.rows.drills[drill.id].steps[0].state is StepState.WATCHING
    await bench.look(timedelta(microseconds=1))
    assert bench.rows.drills[drill.id].steps[0].state is StepState.DONE


async def test_measuring_takes_one_step_after_the_other(bench: Bench) -> None:
    drill = await bench.drilling.begin("b", Role.PRIMARY, None)
    bench.met(drill)
    await bench.look()
    await bench.look()
    steps = bench.rows.drills[drill.id].steps
    assert [step.state for step in steps[:3]] == [StepState.DONE, StepState.RUNNING, StepState.WAITING]
    assert len(steps) == len(SERIES)
    active = bench.faults.of("b", Role.PRIMARY)
    assert active is not None
    assert (active.drill, active.fault.statuses) == (drill.run_of(1), (404,))


async def test_one_drill_at_a_time_on_a_url_and_none_beside_a_fault(bench: Bench) -> None:
    await bench.drilling.begin("b", Role.PRIMARY, FAULT)
    with pytest.raises(Conflict, match="drill is running"):
        await bench.drilling.begin("b", Role.PRIMARY, FAULT)
    fault = ActiveFault(id="f", bin_id="b", role=Role.VOICE, fault=FAULT, started_at=NOW, left=1)
    await bench.faults.set(fault)
    with pytest.raises(Conflict, match="fault is active"):
        await bench.drilling.begin("b", Role.VOICE, FAULT)
    await bench.drilling.begin("other", Role.PRIMARY, FAULT)


async def test_stopping_clears_the_fault_and_skips_the_rest(bench: Bench) -> None:
    drill = await bench.drilling.begin("b", Role.PRIMARY, None)
    stopped = await bench.drilling.stop("b", drill.id)
    assert [step.state for step in stopped.steps] == [StepState.DONE, *[StepState.SKIPPED] * (len(SERIES) - 1)]
    assert (stopped.stopped, stopped.ended_at, bench.faults.of("b", Role.PRIMARY)) == (True, NOW, None)
    assert await bench.drilling.stop("b", drill.id) == stopped
    with pytest.raises(NotFound):
        await bench.drilling.stop("other", drill.id)


async def test_a_drill_of_an_earlier_server_is_continued(bench: Bench) -> None:
    drill = await bench.drilling.begin("b", Role.PRIMARY, FAULT)
    again = Drilling(bench.rows, bench.faults, Hub())  # type: ignore[arg-type]
    await again.start()
    with pytest.raises(Conflict):
        await again.begin("b", Role.PRIMARY, FAULT)
    assert (await again.stop("b", drill.id)).stopped


async def test_a_full_disk_ends_no_drill_and_a_deleted_one_is_forgotten(bench: Bench) -> None:
    drill = await bench.drilling.begin("b", Role.PRIMARY, FAULT)
    bench.rows.is_full = True
    await bench.look()
    bench.rows.is_full = False
    bench.met(drill)
    await bench.faults.clear("b", Role.PRIMARY)
    del bench.rows.drills[drill.id]
    await bench.look()
    assert await bench.drilling.begin("b", Role.PRIMARY, FAULT)


async def test_one_of_several_servers_takes_the_steps_and_each_can_stop_a_drill(bench: Bench) -> None:
    bench.rows.is_shared = True
    table = LeaseTable()
    drillings = []
    for name in ("a", "b"):
        rows = ViewedRows(bench.rows, table, name)
        drillings.append(Drilling(rows, bench.faults, Hub()))  # type: ignore[arg-type]
    first, second = drillings
    await first.lease.step()
    drill = await second.begin("b", Role.PRIMARY, FAULT)
    assert await second.step() == FOLLOW_EVERY_S
    assert bench.faults.of("b", Role.PRIMARY) is None, "the server with the lease takes the first step"
    await first.step()
    active = bench.faults.of("b", Role.PRIMARY)
    assert active is not None
    assert active.drill == drill.run_of(0)
    stopped = await second.stop("b", drill.id)
    assert (stopped.stopped, bench.faults.of("b", Role.PRIMARY)) == (True, None)
    await first.step()
    assert bench.rows.drills[drill.id] == stopped


async def test_a_step_that_crosses_a_stop_on_another_server_changes_nothing(bench: Bench) -> None:
    bench.rows.is_shared = True
    table = LeaseTable()
    first, second = (
        Drilling(ViewedRows(bench.rows, table, name), bench.faults, Hub())  # type: ignore[arg-type]
        for name in ("a", "b")
    )
    await first.lease.step()
    drill = await first.begin("b", Role.PRIMARY, None)
    bench.met(drill)
    stopped = await second.stop("b", drill.id)
    fault = ActiveFault(
        id="f", bin_id="b", role=Role.PRIMARY, fault=FAULT, started_at=NOW, left=1, drill=drill.run_of(1)
    )
    await bench.faults.set(fault)
    await first._look(drill)
    assert bench.rows.drills[drill.id] == stopped
    assert bench.faults.of("b", Role.PRIMARY) is None, "set by the step that was too late"
    assert await first.begin("b", Role.PRIMARY, FAULT), "nothing runs any more"


class ViewedRows:
    """What one server sees of the store."""

    def __init__(self, rows: Rows, table: LeaseTable, name: str) -> None:
        self._rows, self._table, self._name = rows, table, name

    def __getattr__(self, name: str) -> object:
        return getattr(self._rows, name)

    async def hold_lease(self, name: str, seconds: float) -> bool:
        return self._table.hold(self._name, name, seconds)
