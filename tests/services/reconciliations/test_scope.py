"""Where a missing message may be called lost."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from app import clock
from app.domain.drills import Drill, DrillStep, StepState, plain_steps
from app.domain.faults import ActiveFault, Fault, FaultKind
from app.domain.reconciliation.model import Interval
from app.domain.roles import Role
from app.domain.units import micros
from app.services.reconciliations import scope
from app.services.reconciliations.scope import joined, known_times
from app.storage.opening import open_store
from app.store import Store
from tests.storage.builders import a_bin, days_ago

MONTH = timedelta(days=30)


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    async with open_store(tmp_path) as opened:
        yield opened


async def test_captures_are_only_kept_since_the_retention(store: Store) -> None:
    now = clock.now()
    for retention, kept in ((None, MONTH), (timedelta(days=1), timedelta(days=1)), (timedelta(0), timedelta(days=90))):
        bin = await a_bin(store, created_at=now - timedelta(days=90), retention=retention)
        times = await known_times(store, bin.id, MONTH, now)
        assert (times.made_us, times.kept_us, times.now_us) == (
            micros(now - timedelta(days=90)), micros(now - kept), micros(now),
        )  # fmt: skip
    assert (await known_times(store, bin.id, timedelta(0), now)).moved_us == ()
    await store.rotate_key(bin.id, clock.new_key())
    assert len((await known_times(store, bin.id, MONTH, now)).moved_us) == 1


async def test_faults_and_the_steps_of_drills_are_intervals(store: Store, monkeypatch) -> None:
    now = clock.now()
    bin, other = await a_bin(store, created_at=days_ago(9)), await a_bin(store)
    until = now + timedelta(minutes=5)
    fault = Fault(kind=FaultKind.STATUS, statuses=(500,), until=until)
    started = now - timedelta(minutes=1)
    for each in (bin, other):
        await store.set_fault(
            ActiveFault(id=f"f{each.id}", bin_id=each.id, role=Role.PRIMARY, fault=fault, started_at=started, left=None)
        )
    for number, day in enumerate((3, 2)):
        (step,) = plain_steps(fault, now)
        begun = days_ago(day)
        ran = DrillStep(
            title=step.title, fault=fault, lasts_s=60, state=StepState.DONE, started_at=begun,
            off_at=begun + timedelta(minutes=1),
        )  # fmt: skip
        drill = Drill(
            id=f"d{number}",
            bin_id=bin.id,
            role=(Role.PRIMARY, Role.FALLBACK)[number],
            measuring=False,
            started_at=begun,
            steps=(ran, step),
        )
        await store.add_drill(drill)
    found = (await known_times(store, bin.id, MONTH, now)).faults
    assert len(found) == 3
    assert found[-1] == Interval(micros(started), micros(now)), "it is still on"
    assert found[0].end_us - found[0].start_us == 60_000_000
    assert scope.MOST_DRILLS == 500
    monkeypatch.setattr(scope, "MOST_DRILLS", 1)
    assert len((await known_times(store, bin.id, MONTH, now)).faults) == 2


def test_intervals_are_joined_in_their_order() -> None:
    given = [Interval(5, 9), Interval(1, 3), Interval(3, 4), Interval(6, 7)]
    assert joined(given) == (Interval(1, 4), Interval(5, 9))
