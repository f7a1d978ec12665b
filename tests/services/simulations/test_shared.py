"""Simulations of several servers: each shows and ends those of the others, and recognises their requests."""

import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from pathlib import Path
from typing import cast

import pytest

from app import clock
from app.domain.bins import Bin
from app.domain.captures import NewCapture
from app.domain.roles import Role
from app.domain.simulations import RunState, SimulationSpec, Targets, Traffic, mark_hash
from app.errors import NotFound
from app.services.simulations import runs, shared
from app.services.simulations.runs import Simulating
from app.services.simulations.shared import LOST, LOST_AFTER, MARKED, SharedRuns
from app.storage.opening import open_store
from app.store import Store
from tests.several import LeaseTable, SharedStore
from tests.storage.builders import a_bin, a_raw

from .test_runs import Player

SPEC = SimulationSpec(provider="ytel", what=Traffic.INBOUND, count=7)


class Servers:
    """Two servers, and what they share."""

    def __init__(self, store: Store, bin: Bin) -> None:
        table = LeaseTable()
        self.store, self.bin = store, bin
        self.views = [SharedStore(store, table, name) for name in ("a", "b")]
        self.simulating = [Simulating(), Simulating()]
        pairs = zip(self.views, self.simulating, strict=True)
        self.runs = [SharedRuns(cast(Store, view), simulating) for view, simulating in pairs]


@pytest.fixture
async def servers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Servers]:
    monkeypatch.setattr(runs, "Player", Player)
    monkeypatch.setattr(shared, "WRITE_S", 0.02)
    async with open_store(tmp_path / "data") as store:
        made = Servers(store, await a_bin(store))
        yield made
        for each in made.runs:
            await each.close()


async def until(holds: Callable[[], object]) -> None:
    async with asyncio.timeout(60):
        while not holds():
            await asyncio.sleep(0.01)


async def test_another_server_shows_a_run_and_ends_it(servers: Servers) -> None:
    first, second = servers.runs
    run = servers.simulating[0].begin(servers.bin.id, SPEC, Targets())
    run.progress.sent = 3
    async with asyncio.timeout(60):
        while not (found := await second.of_bin(servers.bin.id)) or found[0].progress.sent != 3:
            await asyncio.sleep(0.01)
    shown = await second.find(servers.bin.id, run.id)
    assert (shown.spec, shown.is_running, shown.started_at, shown.mark) == (SPEC, True, run.started_at, "")
    await second.stop(shown)
    await until(lambda: run.progress.state is RunState.STOPPED)
    async with asyncio.timeout(60):
        while (await second.find(servers.bin.id, run.id)).is_running:
            await asyncio.sleep(0.01)
    assert await first.find(servers.bin.id, run.id) is run
    assert [each.id for each in await first.of_bin(servers.bin.id)] == [run.id]
    with pytest.raises(NotFound):
        await second.find("other", run.id)


async def test_requests_of_a_run_are_recognised_by_every_server(servers: Servers) -> None:
    run = servers.simulating[0].announce(servers.bin.id, SPEC)
    await servers.runs[0].publish(run)
    marks = (run.mark.encode(), b"guess", None)
    for mark in marks:
        hash = None if mark is None else mark_hash(mark)
        raw = a_raw(received_at=clock.now())
        await servers.store.add_capture(NewCapture(bin_id=servers.bin.id, role=Role.PRIMARY, raw=raw, mark=hash))
    late = a_raw(received_at=clock.now() + MARKED)
    await servers.store.add_capture(
        NewCapture(bin_id=servers.bin.id, role=Role.PRIMARY, raw=late, mark=mark_hash(run.mark.encode()))
    )
    rows = await servers.store.list_captures(servers.bin.id, limit=9)
    assert [row.simulated for row in reversed(rows)] == [True, False, False, False]
    assert await servers.runs[1].of_bin(servers.bin.id) == [], "the client plays it"
    assert not (await servers.runs[1].find(servers.bin.id, run.id)).is_running


async def test_a_run_ends_with_its_server(servers: Servers, monkeypatch: pytest.MonkeyPatch) -> None:
    run = servers.simulating[0].begin(servers.bin.id, SPEC, Targets())
    async with asyncio.timeout(60):
        while not await servers.runs[1].of_bin(servers.bin.id):
            await asyncio.sleep(0.01)
    now = clock.now
    monkeypatch.setattr(clock, "now", lambda: now() + LOST_AFTER + timedelta(minutes=1))
    servers.views[0].is_away = True
    lost = await servers.runs[1].find(servers.bin.id, run.id)
    assert (lost.progress.state, lost.progress.problem) == (RunState.FAILED, LOST)
    await servers.runs[1].stop(lost)
    servers.views[0].is_away = False
    await servers.runs[0].close()
    assert (await servers.runs[1].find(servers.bin.id, run.id)).progress.state is RunState.STOPPED


async def test_a_run_whose_mark_cannot_be_written_sends_nothing(servers: Servers) -> None:
    servers.views[0].is_away = True
    run = servers.simulating[0].begin(servers.bin.id, SPEC, Targets())
    await until(lambda: run.progress.state is RunState.FAILED)
    servers.views[0].is_away = False


async def test_without_other_servers_nothing_is_written(servers: Servers) -> None:
    simulating = Simulating()
    alone = SharedRuns(servers.store, simulating)
    run = simulating.begin(servers.bin.id, SPEC, Targets())
    await asyncio.sleep(0)
    assert await alone.of_bin(servers.bin.id) == [run]
    await alone.stop(run)
    assert await servers.store.list_simulations(servers.bin.id) == []
    with pytest.raises(NotFound):
        await alone.find(servers.bin.id, "none")
    await alone.close()
