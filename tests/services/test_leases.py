"""One server at a time has a lease; it stops before another one may begin."""

import asyncio
from typing import Any, cast

import pytest

from app.errors import StoreUnavailable
from app.services import leases
from app.services.leases import EXTEND_S, LEASE_S, MARGIN_S, TAKE_S, Lease, lease_metrics
from app.store import Store
from tests.several import LeaseTable, Passing, SharedStore


class Servers:
    """Servers with a lease of the same name each, and what it has told them."""

    def __init__(self, passing: Passing) -> None:
        self.passing = passing
        self.table = LeaseTable()
        self.told: list[tuple[str, str]] = []
        self.wanted = True

    def server(self, name: str) -> tuple[SharedStore, Lease]:
        store = SharedStore(cast(Store, None), self.table, name)

        async def gained() -> None:
            self.told.append((name, "gained"))

        async def lost(is_elsewhere: bool) -> None:
            self.told.append((name, "taken" if is_elsewhere else "lapsed"))

        return store, Lease(cast(Store, store), "work", gained, lost, lambda: self.wanted)


@pytest.fixture
def servers(monkeypatch: pytest.MonkeyPatch) -> Servers:
    return Servers(Passing(monkeypatch))


async def test_one_server_has_it_and_extends_it(servers: Servers) -> None:
    (_, first), (_, second) = servers.server("a"), servers.server("b")
    assert (await first.step(), await second.step()) == (EXTEND_S, TAKE_S)
    for _ in range(5):
        servers.passing.ahead += LEASE_S - MARGIN_S - 0.5
        assert (await first.step(), await second.step()) == (EXTEND_S, TAKE_S)
        assert (first.may_begin, first.is_held, second.may_begin, second.is_held) == (True, True, False, False)
    assert servers.told == [("a", "gained")]


async def test_a_holder_that_cannot_extend_it_stops_before_another_server_begins(servers: Servers) -> None:
    (store, first), (_, second) = servers.server("a"), servers.server("b")
    await first.step()
    store.is_away = True
    servers.passing.ahead += LEASE_S - MARGIN_S + 0.1
    assert (first.may_begin, first.is_held) == (False, True), "what was begun may still be written"
    assert (await first.step(), await second.step()) == (TAKE_S, TAKE_S)
    assert servers.told == [("a", "gained"), ("a", "lapsed")]
    servers.passing.ahead += MARGIN_S
    assert not first.is_held
    assert await second.step() == EXTEND_S
    store.is_away = False
    assert await first.step() == TAKE_S
    assert servers.told[2:] == [("b", "gained"), ("a", "taken")]


async def test_a_process_that_was_frozen_begins_again_or_learns_that_another_one_has_it(servers: Servers) -> None:
    (_, first), (_, second) = servers.server("a"), servers.server("b")
    await first.step()
    servers.passing.ahead += LEASE_S + 1
    assert not first.may_begin, "before it has noticed anything"
    await first.step()
    assert servers.told == [("a", "gained"), ("a", "lapsed"), ("a", "gained")]
    servers.passing.ahead += LEASE_S + 1
    await second.step()
    await first.step()
    assert servers.told[3:] == [("b", "gained"), ("a", "taken")]


async def test_an_answer_that_comes_late_counts_from_before_the_question(
    servers: Servers, monkeypatch: pytest.MonkeyPatch
) -> None:
    store, lease = servers.server("a")
    hold_lease = store.hold_lease

    async def slow(name: str, seconds: float) -> bool:
        is_ours = await hold_lease(name, seconds)
        servers.passing.ahead += LEASE_S
        return is_ours

    monkeypatch.setattr(store, "hold_lease", slow)
    await lease.step()
    assert not lease.may_begin
    assert not lease.is_held


async def test_a_server_that_stops_leaves_it_to_another_one_at_once(servers: Servers) -> None:
    (_, first), (_, second) = servers.server("a"), servers.server("b")
    await first.start()
    await first.stop()
    await first.release()
    assert not first.is_held
    assert await second.step() == EXTEND_S
    await first.release()
    assert servers.table.holder("work") == "b", "what was released is not released again"


async def test_a_server_that_does_not_want_it_leaves_it_to_others(servers: Servers) -> None:
    (_, first), (_, second) = servers.server("a"), servers.server("b")
    await first.step()
    servers.wanted = False
    assert await first.step() == TAKE_S
    assert servers.told == [("a", "gained"), ("a", "lapsed")]
    assert not await first.is_elsewhere()
    servers.wanted = True
    await second.step()
    assert await first.is_elsewhere()


async def test_a_work_that_could_not_begin_is_begun_later(servers: Servers) -> None:
    calls = 0

    async def gained() -> None:
        nonlocal calls
        calls += 1
        if calls == 1:
            raise StoreUnavailable("busy")

    store, _ = servers.server("a")
    lease = Lease(cast(Store, store), "work", gained)
    with pytest.raises(StoreUnavailable):
        await lease.step()
    await lease.step()
    await lease.step()
    assert calls == 2


async def test_a_store_that_is_not_shared_gives_it_once_for_good(monkeypatch: pytest.MonkeyPatch) -> None:
    store: Any = type("Alone", (), {"is_shared": False})()
    told: list[str] = []

    async def gained() -> None:
        told.append("gained")

    lease = Lease(store, "work", gained)
    await lease.start()
    assert (told, lease.may_begin, lease.is_held) == (["gained"], True, True)
    assert not await lease.is_elsewhere()
    await lease.stop()
    await lease.release()
    assert lease.may_begin


async def test_it_is_asked_for_again_and_again(servers: Servers, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(leases, "TAKE_S", 0.001)
    (_, first), (_, second) = servers.server("a"), servers.server("b")
    await first.step()
    await second.start()
    await first.release()
    async with asyncio.timeout(60):
        while servers.table.holder("work") != "b":
            await asyncio.sleep(0)
    await second.stop()


async def test_the_metrics_say_which_leases_are_held(servers: Servers) -> None:
    (_, first), (_, second) = servers.server("a"), servers.server("b")
    await first.step()
    await second.step()
    for lease, held in ((first, 1.0), (second, 0.0)):
        ((sample,),) = (family.samples for family in lease_metrics(lease))
        assert (sample.name, sample.labels, sample.value) == ("smsbin_lease_held", {"name": "work"}, held)
