"""Opening the store of a data directory."""

import importlib.abc
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from app.errors import CannotStart, StoreUnavailable
from app.storage.opening import open_archive, open_store
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


class WithoutDriver(importlib.abc.MetaPathFinder):
    """Importing the store on PostgreSQL fails because this module is not installed."""

    def __init__(self, missing: str | None) -> None:
        self._missing = missing

    def find_spec(self, fullname: str, path: Sequence[str] | None, target: object = None) -> None:
        if fullname == "app.storage.postgres.store":
            raise ModuleNotFoundError("it is not there", name=self._missing)


def _without(monkeypatch: pytest.MonkeyPatch, missing: str | None) -> None:
    monkeypatch.delitem(sys.modules, "app.storage.postgres.store", raising=False)
    monkeypatch.setattr(sys, "meta_path", [WithoutDriver(missing), *sys.meta_path])


@pytest.mark.parametrize("missing", ["psycopg", "psycopg.pq", None])
def test_without_the_driver_the_error_says_how_to_install_it(tmp_path: Path, monkeypatch, missing: str | None) -> None:
    _without(monkeypatch, missing)
    with pytest.raises(CannotStart, match=r"pip install 'smsbin\[postgresql\]'") as error:
        open_store(tmp_path, database="postgresql://u:secret@h/a")
    assert "secret" not in str(error.value)


def test_a_module_of_smsbin_that_is_missing_is_not_taken_for_the_driver(tmp_path: Path, monkeypatch) -> None:
    _without(monkeypatch, "app.storage.postgres.other")
    with pytest.raises(ModuleNotFoundError):
        open_store(tmp_path, database="postgresql://h/a")


async def test_a_database_that_cannot_be_reached_is_named_without_its_password(tmp_path: Path) -> None:
    url = "postgresql://smsbin:secret@127.0.0.1:1/smsbin"
    with pytest.raises(CannotStart, match=r"postgresql://smsbin@127\.0\.0\.1:1/smsbin cannot be opened") as error:
        await open_store(tmp_path, database=url).__aenter__()
    assert "secret" not in str(error.value)


def test_the_archive_makes_its_directory_or_says_what_to_change(tmp_path: Path) -> None:
    open_archive(tmp_path / "new" / "data")
    assert (tmp_path / "new" / "data" / "reconciliations" / "key").exists()
    (tmp_path / "file").touch()
    with pytest.raises(CannotStart, match="give another --data-dir"):
        open_archive(tmp_path / "file")
