"""Concurrent callers share one write, and there are only a few writes a second."""

import asyncio
from typing import cast

import pytest

from app.errors import StoreUnavailable
from app.services.upkeep import probe as probing
from app.services.upkeep.probe import Probing
from app.store import Health, Store


class SlowStore:
    """A store whose writes end when the test says so."""

    def __init__(self) -> None:
        self.writes = 0
        self.state = "ok"
        self.gate = asyncio.Event()
        self.refusal: Exception | None = None

    async def probe(self) -> None:
        self.writes += 1
        await self.gate.wait()
        if self.refusal is not None:
            raise self.refusal

    def health(self) -> Health:
        return Health(state=self.state)


@pytest.fixture
async def store() -> SlowStore:
    return SlowStore()


@pytest.fixture
async def asked(store: SlowStore) -> Probing:
    return Probing(cast(Store, store))


async def test_one_write_serves_all_who_call_while_it_is_in_progress(store: SlowStore, asked: Probing) -> None:
    all_of_them = [asyncio.ensure_future(asked.probe()) for _ in range(200)]
    await asyncio.sleep(0.01)
    store.gate.set()
    await asyncio.gather(*all_of_them)
    assert store.writes == 1


async def test_a_flood_costs_a_few_writes_a_second(store: SlowStore, asked: Probing) -> None:
    store.gate.set()
    end = asyncio.get_running_loop().time() + 1
    while asyncio.get_running_loop().time() < end:
        await asked.probe()
        await asyncio.sleep(0)
    assert 2 <= store.writes <= 5


async def test_a_cancelled_caller_does_not_affect_the_others(store: SlowStore, asked: Probing) -> None:
    first, second = asyncio.ensure_future(asked.probe()), asyncio.ensure_future(asked.probe())
    await asyncio.sleep(0.01)
    first.cancel()
    await asyncio.sleep(0.01)
    store.gate.set()
    await second
    assert first.cancelled()


async def test_a_refusal_is_reported_to_all_and_not_remembered(store: SlowStore, asked: Probing) -> None:
    store.refusal = StoreUnavailable("The disk is full.")
    both = [asyncio.ensure_future(asked.probe()) for _ in range(2)]
    await asyncio.sleep(0.01)
    store.gate.set()
    assert [str(error) for error in await asyncio.gather(*both, return_exceptions=True)] == ["The disk is full."] * 2
    store.refusal = None
    await asked.probe()
    assert store.writes == 2


async def test_a_write_that_worked_counts_only_while_all_is_well(store: SlowStore, asked: Probing) -> None:
    store.gate.set()
    await asked.probe()
    store.state = "full"
    await asked.probe()
    assert store.writes == 2


async def test_a_store_that_does_not_answer_is_reported_in_time(store: SlowStore, asked: Probing, monkeypatch) -> None:
    monkeypatch.setattr(probing, "COMMIT_WAIT_S", 0.05)
    with pytest.raises(StoreUnavailable, match="does not respond"):
        await asked.probe()


async def test_a_fault_of_ours_is_no_silence(store: SlowStore, asked: Probing) -> None:
    store.refusal = RuntimeError("a bug")
    store.gate.set()
    with pytest.raises(RuntimeError):
        await asked.probe()
    store.refusal = None
    await asked.probe()
