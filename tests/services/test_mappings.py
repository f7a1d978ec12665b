"""The mappings in memory are those of the store, and a bin without one costs nothing."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from app.domain.mappings import read_mapping
from app.live.hub import Hub
from app.services.mappings import Mappings
from app.storage.opening import open_store
from app.store import Store
from tests.storage.builders import a_bin

ACME = read_mapping('{"name": "Acme", "fields": {"id": "ref"}}')


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    async with open_store(tmp_path) as opened:
        yield opened


async def test_what_is_set_is_in_memory_and_in_the_store(store: Store) -> None:
    bin, mappings = await a_bin(store), Mappings(store, Hub())
    await mappings.start()
    assert (mappings.of(bin.id), mappings.reader_of(bin.id)) == (None, None)
    await mappings.set(bin.id, ACME)
    again = Mappings(store, Hub())
    await again.start()
    for each in (mappings, again):
        assert each.of(bin.id) == ACME
        assert each.reader_of(bin.id) is not None
    await mappings.remove(bin.id)
    assert mappings.of(bin.id) is None
    assert await store.list_mappings() == []


async def test_removing_what_is_not_there_does_not_parse_anything_again(store: Store) -> None:
    bin, mappings = await a_bin(store), Mappings(store, Hub())
    before = (await store.get_bin(bin.id)).version
    await mappings.remove(bin.id)
    assert (await store.get_bin(bin.id)).version == before


async def test_viewers_are_notified(store: Store) -> None:
    hub = Hub()
    bin, mappings = await a_bin(store), Mappings(store, hub)
    with hub.subscribe(bin.id) as subscription:
        await mappings.set(bin.id, ACME)
        assert await subscription.wait(60)


async def test_a_mapping_of_another_version_can_be_removed(store: Store) -> None:
    bin, mappings = await a_bin(store), Mappings(store, Hub())
    await store.set_mapping(bin.id, '{"version": 2}')
    await mappings.start()
    assert (mappings.of(bin.id), mappings.is_unreadable(bin.id)) == (None, True)
    await mappings.remove(bin.id)
    assert not mappings.is_unreadable(bin.id)
    assert await store.list_mappings() == []


async def test_a_deleted_bin_is_forgotten(store: Store) -> None:
    bin, mappings = await a_bin(store), Mappings(store, Hub())
    await mappings.set(bin.id, ACME)
    mappings.forget(bin.id)
    assert mappings.of(bin.id) is None
