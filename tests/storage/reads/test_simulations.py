"""Simulations come back as they were written."""

import pytest
from msgspec.structs import replace

from app import clock
from app.domain.roles import Role
from app.domain.simulations import Progress, SimulationAttempt, SimulationSpec, StoredRun, Targets, Traffic, Trouble
from app.errors import NotFound
from app.store import Store
from tests.storage.builders import a_bin


def a_run(bin_id: str, id: str = "r") -> StoredRun:
    now = clock.now()
    attempt = SimulationAttempt(message_id="m", role=Role.PRIMARY.value, at=now, status=None, ms=3, ok=False)
    spec = SimulationSpec(provider="ytel", what=Traffic.VOICE, trouble=frozenset({Trouble.LOSE}), text="hé")
    return StoredRun(
        id=id, bin_id=bin_id, spec=spec, started_at=now, written_at=now, ended_at=None, is_played=True,
        progress=Progress(total=9, sent=2, results=[attempt]), own=Targets(primary="http://x", named=Targets()),
    )  # fmt: skip


async def test_a_run_comes_back_as_it_was_written(store: Store) -> None:
    bin = await a_bin(store)
    first, second = a_run(bin.id), a_run(bin.id, "s")
    assert [await store.put_simulation(run) for run in (first, second)] == [False, False]
    assert await store.get_simulation(bin.id, "r") == first
    assert await store.list_simulations(bin.id) == [second, first]
    await store.stop_simulation(bin.id, "r")
    ended = replace(first, ended_at=clock.now())
    assert await store.put_simulation(ended)
    assert await store.get_simulation(bin.id, "r") == ended


async def test_what_is_unknown_is_not_found(store: Store) -> None:
    bin = await a_bin(store)
    await store.put_simulation(a_run(bin.id))
    for call in (store.get_simulation("other", "r"), store.stop_simulation(bin.id, "none")):
        with pytest.raises(NotFound):
            await call
    assert await store.list_simulations("other") == []
