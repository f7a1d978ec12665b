"""Faults in memory: counted at once, uncounted, spared by chance, ended by count and by time, and removed."""

import asyncio
from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from app import clock
from app.domain.faults import ActiveFault, Fault, FaultKind
from app.domain.roles import Role
from app.errors import Invalid
from app.live.hub import Hub
from app.services import faults as service
from app.services.faults import Faults

NOW = datetime(2026, 11, 27, 12, tzinfo=UTC)


class Rows:
    """The part of the store that is used."""

    def __init__(self, *faults: ActiveFault) -> None:
        self.faults = {fault.id: fault for fault in faults}

    async def list_faults(self) -> list[ActiveFault]:
        return list(self.faults.values())

    async def set_fault(self, fault: ActiveFault) -> None:
        self.faults = {key: kept for key, kept in self.faults.items() if kept.role is not fault.role}
        self.faults[fault.id] = fault

    async def drop_fault(self, _: str, fault_id: str) -> None:
        self.faults.pop(fault_id, None)


@pytest.fixture(autouse=True)
def wall(monkeypatch) -> list[datetime]:
    """The time, set by the test."""
    hands = [NOW]
    monkeypatch.setattr(clock, "now", lambda: hands[0])
    return hands


def a_fault(kind: FaultKind = FaultKind.STATUS, **values: object) -> ActiveFault:
    fault = Fault(kind=kind, **{"until": NOW + timedelta(minutes=10)} | values)
    return ActiveFault(id="f1", bin_id="b", role=Role.PRIMARY, fault=fault, started_at=NOW, left=fault.count)


async def test_it_is_taken_as_often_as_it_reports_and_counts_in_turn() -> None:
    faults = Faults(Rows(), Hub())
    await faults.set(a_fault(statuses=(500, 429), count=3))
    said = []
    while taken := faults.count_hit("b", Role.PRIMARY, NOW):
        said.append((taken[1].said, taken[1].left, taken[1].hits))
    assert said == [("status 500", 2, 1), ("status 429", 1, 2), ("status 500", 0, 3)]
    assert faults.of("b", Role.PRIMARY) is None
    assert faults.count_hit("b", Role.FALLBACK, NOW) is None
    assert faults.count_hit("other", Role.PRIMARY, NOW) is None


async def test_what_could_not_be_stored_is_given_back_the_last_one_too() -> None:
    faults = Faults(Rows(), Hub())
    await faults.set(a_fault(count=1))
    taken = faults.count_hit("b", Role.PRIMARY, NOW)
    assert taken is not None
    assert faults.of_bin("b") == []
    faults.uncount("b", Role.PRIMARY, taken[1])
    assert [fault.left for fault in faults.of_bin("b")] == [1]
    await faults.clear("b", Role.PRIMARY)
    faults.uncount("b", Role.PRIMARY, taken[1])
    assert faults.of_bin("b") == []


async def test_what_comes_back_late_is_not_given_to_the_fault_that_took_its_place() -> None:
    faults = Faults(Rows(), Hub())
    await faults.set(a_fault(count=1))
    taken = faults.count_hit("b", Role.PRIMARY, NOW)
    assert taken is not None
    await faults.set(msgspec.structs.replace(a_fault(count=2), id="f2"))
    faults.uncount("b", Role.PRIMARY, taken[1])
    assert [(fault.id, fault.left, fault.hits) for fault in faults.of_bin("b")] == [("f2", 2, 0)]


async def test_a_request_that_is_spared_by_chance_is_not_counted() -> None:
    faults = Faults(Rows(), Hub())
    await faults.set(a_fault(count=2, chance=30))
    assert faults.count_hit("b", Role.PRIMARY, NOW, lambda: 0.30) is None
    assert faults.count_hit("b", Role.PRIMARY, NOW, lambda: 0.99) is None
    taken = faults.count_hit("b", Role.PRIMARY, NOW, lambda: 0.29)
    assert taken is not None
    assert taken[1].left == 1


async def test_who_followed_a_redirect_is_not_sent_on() -> None:
    faults = Faults(Rows(), Hub())
    await faults.set(a_fault(FaultKind.REDIRECT, count=1))
    assert faults.count_hit("b", Role.PRIMARY, NOW, target="/key/redirected?a=/x") is None
    assert faults.count_hit("b", Role.PRIMARY, NOW, target="/key?a=/redirected") is not None


async def test_viewers_are_notified_of_one_that_has_ended_and_it_is_removed_a_little_later(
    wall: list[datetime], monkeypatch
) -> None:
    rows, hub = Rows(), Hub()
    faults = Faults(rows, hub)
    await faults.set(a_fault(until=NOW + timedelta(seconds=5)))
    await asyncio.sleep(0.06)  # the hub's tick after the first notification
    with hub.subscribe("b") as subscription:
        await faults.sweep()
        assert not await subscription.wait(0.01)
        wall[0] = NOW + timedelta(seconds=5)
        assert faults.of("b", Role.PRIMARY) is None
        await faults.sweep()
        assert await subscription.wait(60)
    assert rows.faults
    monkeypatch.setattr(service, "REMOVE_AFTER_S", -1.0)
    await faults.sweep()
    assert rows.faults == {}


async def test_what_a_stop_has_left_continues_or_is_over(wall: list[datetime]) -> None:
    faults = Faults(Rows(a_fault(count=2).with_hit()[0]), Hub())
    await faults.start()
    assert [(fault.left, fault.hits) for fault in faults.of_bin("b")] == [(1, 1)]
    wall[0] = NOW + timedelta(minutes=11)
    later = Faults(Rows(a_fault()), Hub())
    await later.start()
    assert later.of_bin("b") == []
    assert later.count_hit("b", Role.PRIMARY, wall[0]) is None


async def test_a_fault_without_an_end_cannot_be_set() -> None:
    rows = Rows()
    for until in (NOW, NOW + timedelta(hours=25)):
        with pytest.raises(Invalid):
            await Faults(rows, Hub()).set(a_fault(until=until))
    assert rows.faults == {}


async def test_a_forgotten_bin_has_none() -> None:
    faults = Faults(Rows(), Hub())
    await faults.set(a_fault())
    faults.forget("b")
    assert faults.count_hit("b", Role.PRIMARY, NOW) is None
