"""Privacy settings in a store: one text for each bin, gone with it."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from app.errors import NotFound
from app.storage.opening import open_store
from app.store import Store
from tests.storage.builders import a_bin


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    async with open_store(tmp_path) as opened:
        yield opened


async def test_the_settings_of_a_bin_are_replaced_and_removed(store: Store) -> None:
    bin, other = await a_bin(store), await a_bin(store)
    await store.set_privacy(bin.id, "{}")
    await store.set_privacy(bin.id, '{"mask":true}')
    await store.set_privacy(other.id, "{}")
    assert dict(await store.list_privacy()) == {bin.id: '{"mask":true}', other.id: "{}"}
    await store.set_privacy(bin.id, None)
    await store.set_privacy(bin.id, None)
    assert dict(await store.list_privacy()) == {other.id: "{}"}


async def test_an_unknown_bin_has_none(store: Store) -> None:
    with pytest.raises(NotFound):
        await store.set_privacy("none", "{}")
