"""Opening the store of a data directory."""

from pathlib import Path

import pytest

from app.errors import CannotStart, StoreUnavailable
from app.storage.opening import open_store
from app.storage.sqlite.store import SqliteStore

from .builders import a_bin


async def test_a_new_directory_is_made_and_a_second_opening_finds_what_the_first_one_stored(tmp_path: Path) -> None:
    folder = tmp_path / "new" / "data"
    async with open_store(folder) as store:
        assert isinstance(store, SqliteStore)
        made = await a_bin(store)
    assert {"log.db", "ledger.db"} <= {path.name for path in folder.iterdir()}
    async with open_store(folder) as store:
        assert [bin.id for bin in await store.all_bins()] == [made.id]


async def test_a_directory_that_is_in_use_is_refused(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr("app.storage.lock.LOCK_WAIT_S", 0.1)
    async with open_store(tmp_path):
        with pytest.raises(CannotStart, match="Another smsbin is using"):
            await open_store(tmp_path).__aenter__()


async def test_a_store_that_is_closed_takes_nothing_more(tmp_path: Path) -> None:
    async with open_store(tmp_path) as store:
        pass
    with pytest.raises(StoreUnavailable):
        await a_bin(store)
