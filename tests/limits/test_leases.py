"""How long one server waits for another one, and how far what several servers share is bounded."""

import asyncio
from datetime import timedelta
from pathlib import Path
from typing import Any, cast

import pytest

from app import clock
from app.domain.roles import Role
from app.domain.simulations import Progress, SimulationAttempt, SimulationSpec, Traffic
from app.errors import Stale, StoreUnavailable
from app.services import leases
from app.services.alerts import delivering
from app.services.alerts import registry as alerting
from app.services.forwards import registry as forwarding_registry
from app.services.forwards import runner
from app.services.leases import Lease
from app.services.simulations import shared
from app.services.simulations.runs import Run
from app.services.upkeep import settling
from app.services.upkeep.settling import Settling
from app.storage.opening import open_store
from app.store import Store
from tests.services.alerts.watched import watching
from tests.services.forwards.several import several_servers
from tests.services.forwards.target import a_target
from tests.several import LeaseTable, SharedStore
from tests.storage.builders import a_bin, a_capture

INSTANT = timedelta(microseconds=1)


def test_another_server_continues_within_15_seconds_after_the_first_one_has_stopped() -> None:
    assert leases.LEASE_S + leases.TAKE_S + leases.ANSWER_S <= 15
    assert max(runner.STOP_S, delivering.STOP_S) < leases.MARGIN_S
    assert leases.EXTEND_S + leases.ANSWER_S + leases.TAKE_S < leases.LEASE_S - leases.MARGIN_S, "one try may fail"


async def test_an_answer_of_the_store_is_waited_for_so_long(monkeypatch: pytest.MonkeyPatch) -> None:
    store: Any = SharedStore(cast(Store, None), LeaseTable(), "a")

    async def never(*_: object) -> bool:
        return await asyncio.Event().wait()

    monkeypatch.setattr(store, "hold_lease", never)
    monkeypatch.setattr(leases, "ANSWER_S", 0.01)
    lease = Lease(store, "work")
    assert await lease.step() == leases.TAKE_S
    assert not lease.is_held


async def test_a_change_of_an_alert_is_tried_so_often(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with watching(tmp_path / "data") as place:
        alert = await place.add(filter="status:failed")
        tries = 0

        async def stale(*_: object, **__: object) -> None:
            nonlocal tries
            tries += 1
            raise Stale("changed")

        monkeypatch.setattr(place.store, "set_alert", stale)
        with pytest.raises(StoreUnavailable):
            await place.alerts.pause(alert.bin_id, alert.id)
        assert tries == alerting.TRIES
        assert await place.alerts._follow() == alerting.FOLLOW_S
        assert alerting.LOOK_S < alerting.TEST_S


async def test_so_many_dispatches_are_shown_again_when_another_server_sends(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    limits: list[int] = []
    async with several_servers(tmp_path / "data") as (first, second), a_target() as target:
        assert await second.forwards._follow() == forwarding_registry.FOLLOW_S
        forward = await first.place.add(target.url)
        last_dispatches = second.view._store.last_dispatches

        async def last(forward_id: str, limit: int) -> Any:
            limits.append(limit)
            return await last_dispatches(forward_id, limit)

        monkeypatch.setattr(second.view, "last_dispatches", last, raising=False)
        await second.forwards.refresh()
        await first.place.capture()
        await first.place.until_stored(forward, 1, "delivered")
        await second.forwards.refresh()
        assert second.forwards.recent.since(forward.bin_id, 0) == [1]
    assert set(limits) == {forwarding_registry.FOLLOWED}


def test_so_many_results_of_a_simulation_are_shown_by_other_servers() -> None:
    run = Run("r", "b", SimulationSpec(provider="ytel", what=Traffic.INBOUND), "mark", clock.now())
    attempt = SimulationAttempt(message_id="m", role=Role.PRIMARY, at=clock.now(), status=200, ms=1, ok=True)
    results = [attempt] * (shared.WRITTEN_RESULTS + 1)
    run.progress = Progress(total=9, results=results)
    assert len(shared._stored(run).progress.results) == shared.WRITTEN_RESULTS
    assert len(run.progress.results) == shared.WRITTEN_RESULTS + 1


async def test_clocks_of_servers_may_differ_by_so_much_when_answers_are_settled(tmp_path: Path) -> None:
    async with open_store(tmp_path / "data") as store:
        bin, ended_at = await a_bin(store), clock.now() - timedelta(hours=1)
        since = ended_at - timedelta(seconds=settling.SERVER_S) - settling.LONGEST_WAIT - settling.SLACK
        for at in (since - INSTANT, since, ended_at + settling.SLACK, ended_at + settling.SLACK + INSTANT):
            await store.add_capture(a_capture(bin, received_at=at))
        view: Any = SharedStore(store, LeaseTable(), "a")

        async def lapsed(*_: object) -> dict[str, Any]:
            return {f"{settling.SERVER}1": ended_at}

        view.lapsed_leases, view.forget_lease = lapsed, lapsed
        settled = Settling(view)
        await settled.lease.step()
        await settled.step()
        rows = await store.list_captures(bin.id, limit=9)
        assert sorted(row.n for row in rows if row.outcome is not None) == [2, 3]
