"""Saved filters: how many, how they are named, how long and how often they are counted; and completions."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from app import clock
from app.domain.bins import Bin
from app.domain.saved_filters import MAX_FILTER_NAME, MAX_SAVED, name_problem
from app.errors import Conflict
from app.live.hub import Hub
from app.services import saved_filters
from app.services.completions import COUNTED, complete_in
from app.services.saved_filters import (
    COUNT_S,
    COUNTING_S,
    FRESH_S,
    KEPT_S,
    MOST_COUNTS,
    MOST_FOUND,
    FilterCount,
    SavedFilters,
)
from app.storage.opening import open_store
from app.store import Store
from tests.storage.builders import a_bin


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    async with open_store(tmp_path) as opened:
        yield opened


def test_a_name_has_so_many_characters() -> None:
    assert name_problem("x" * MAX_FILTER_NAME) is None
    assert name_problem("x" * (MAX_FILTER_NAME + 1))


async def test_a_bin_has_so_many_saved_filters(store: Store) -> None:
    bin, filters = await a_bin(store), SavedFilters(store, Hub())
    for number in range(MAX_SAVED):
        await filters.set(bin.id, f"f{number}", f"F{number}", "x")
    with pytest.raises(Conflict):
        await filters.set(bin.id, "more", "More", "x")


async def test_completions_look_at_so_many_captures(store: Store, monkeypatch) -> None:
    asked = []

    async def recent(*_: object, among: int) -> dict[str, int]:
        asked.append(among)
        return {}

    monkeypatch.setattr(store, "recent_values", recent)
    await complete_in(store, "any", "status:", 7)
    assert asked == [COUNTED]


@pytest.mark.parametrize(
    ("found", "seq", "age", "is_fresh"),
    [
        (5, 7, KEPT_S - 0.1, True), (5, 7, KEPT_S + 0.1, False),
        (5, 6, FRESH_S - 0.1, True), (5, 6, FRESH_S + 0.1, False),
        (None, 6, KEPT_S - 0.1, True), (None, 6, KEPT_S + 0.1, False),
    ],
)  # fmt: skip
async def test_a_count_is_fresh_for_so_long(
    store: Store, monkeypatch, found: int | None, seq: int, age: float, is_fresh: bool
) -> None:
    bin = await a_bin(store)
    monkeypatch.setattr(clock, "ticks", lambda: 100.0 + age)
    count = FilterCount(found, bin.seq - 7 + seq, 100.0)
    assert count.is_fresh(bin) == is_fresh


async def _timed(store: Store, bin: Bin, monkeypatch, takes_s: float, filters: int) -> list[int | None]:
    """The counts of filters, each of which takes so long."""
    limits: list[int] = []

    async def slow(_id: str, _query: object, most: int) -> int:
        limits.append(most)
        await asyncio.sleep(takes_s)
        return 1

    monkeypatch.setattr(store, "count_captures", slow)
    service = SavedFilters(store, Hub())
    saved = [await service.set(bin.id, f"f{n}", f"F{n}", f"size:{n}") for n in range(filters)]
    await service.count(bin, "captures", saved)
    assert set(limits) == {MOST_FOUND}
    return [count.found for count in service.counts(bin.id, "captures", saved).values()]


async def test_one_filter_is_counted_for_so_long(store: Store, monkeypatch) -> None:
    bin = await a_bin(store)
    monkeypatch.setattr(saved_filters, "COUNTING_S", 30.0)
    assert await _timed(store, bin, monkeypatch, COUNT_S / 5, 1) == [1]
    assert await _timed(store, bin, monkeypatch, COUNT_S * 10, 1) == [None]


async def test_all_filters_of_a_bin_are_counted_for_so_long(store: Store, monkeypatch) -> None:
    bin = await a_bin(store)
    monkeypatch.setattr(saved_filters, "COUNT_S", 30.0)
    assert await _timed(store, bin, monkeypatch, COUNTING_S / 10, 2) == [1, 1]
    assert await _timed(store, bin, monkeypatch, COUNTING_S * 2 / 3, 2) == [1]


async def test_so_many_counts_are_kept(store: Store, monkeypatch) -> None:
    async def count(*_: object) -> int:
        return 1

    monkeypatch.setattr(store, "count_captures", count)
    service = SavedFilters(store, Hub())
    bin = await a_bin(store)
    saved = [await service.set(bin.id, "f", "F", f"size:{n}") for n in range(MOST_COUNTS // 10 + 1)]
    monkeypatch.setattr(saved_filters, "MOST_COUNTS", MOST_COUNTS // 10)
    await service.count(bin, "captures", saved[:-1])
    assert service.counts(bin.id, "captures", saved[:1])
    await service.count(bin, "captures", saved[-1:])
    assert not service.counts(bin.id, "captures", saved[:1])
    assert service.counts(bin.id, "captures", saved[1:])
