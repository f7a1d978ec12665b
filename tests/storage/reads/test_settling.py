"""Captures without an outcome are found step by step, in the bins that have captures of that time."""

from datetime import datetime, timedelta

import pytest

from app import clock
from app.domain.bins import Bin
from app.domain.captures import NewOutcome, Outcome
from app.storage.reads import settling
from app.store import Store
from tests.storage.builders import a_bin, a_capture

SECOND = timedelta(seconds=1)


async def _keep(store: Store, bin: Bin, at: datetime, *, is_answered: bool = False) -> int:
    n = await store.add_capture(a_capture(bin, received_at=at))
    if is_answered:
        store.note_outcome(NewOutcome(bin.id, n, Outcome(status=200, after_ms=1)))
    return n


async def _settled(store: Store, bin: Bin) -> list[int]:
    rows = await store.list_captures(bin.id, limit=50)
    return sorted(row.n for row in rows if row.outcome is not None and row.outcome.note == "gone")


@pytest.mark.parametrize("step", [2, 2_000])
async def test_those_of_the_time_without_an_outcome_get_one(
    store: Store, monkeypatch: pytest.MonkeyPatch, step: int
) -> None:
    monkeypatch.setattr(settling, "STEP", step)
    monkeypatch.setattr(settling, "WRITTEN", 2)
    since = clock.now() - timedelta(hours=1)
    until = since + 10 * SECOND
    bin, old, empty = await a_bin(store), await a_bin(store), await a_bin(store)
    await _keep(store, old, since - SECOND)
    await _keep(store, bin, since - SECOND)
    await _keep(store, bin, since)
    await _keep(store, bin, since + SECOND, is_answered=True)
    # Of requests that arrive together the later one may have the lower number.
    await _keep(store, bin, since - SECOND)
    await _keep(store, bin, since + 2 * SECOND)
    await _keep(store, bin, until)
    await _keep(store, bin, until + SECOND)
    await _keep(store, bin, clock.now(), is_answered=True)
    assert await store.settle_between(since, until, "gone") == 3
    assert await _settled(store, bin) == [2, 5, 6]
    assert await store.settle_between(since, until, "gone") == 0, "once"
    assert await _settled(store, old) == await _settled(store, empty) == []


async def test_deleted_captures_and_bins_are_passed_over(store: Store) -> None:
    at = clock.now()
    bin, deleted = await a_bin(store), await a_bin(store)
    for each in (bin, deleted):
        await _keep(store, each, at)
        await _keep(store, each, at)
    await store.drop_captures(bin.id, 1)
    await store.drop_bin(deleted.id)
    assert await store.settle_between(at - SECOND, at + SECOND, "gone") == 1
    assert await _settled(store, bin) == [2]
