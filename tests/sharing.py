"""Two servers of one store, without PostgreSQL: both use one SQLite store that says it is shared. Each has a view of
it, which notifies the other one of changes, or does not if the test withholds notices. The first one has all leases.
"""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from app.settings import read_settings
from app.storage.opening import open_store
from app.storage.sqlite.store import SqliteStore
from app.store import Store

from .conftest import TOKEN, Running, run_server
from .postgres import Database
from .several import LeaseTable

# Writes after which other servers are notified. The first argument names the bin.
SETTINGS = (
    "set_bin", "rotate_key", "drop_bin", "set_answers", "set_wiretap", "set_privacy", "set_mapping", "drop_fault"
)  # fmt: skip
ENDS = ("drop_session", "drop_token", "end_share")


class SharedStore:
    """The view that one server has of the store. `peers` are the views of all servers."""

    def __init__(self, store: Store, peers: "list[SharedStore]", leases: LeaseTable) -> None:
        self._leases = leases
        self._name = f"server {len(peers)}"
        self._store = store
        self._peers = peers
        self._settings_calls: list[Callable[[str | None], None]] = []
        self._end_calls: list[Callable[[], None]] = []
        self.withholds = False
        peers.append(self)

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._store, name)
        if name in SETTINGS:
            return self._notifying(found, lambda bin_id: bin_id)
        if name in ("set_fault", "add_bin"):
            return self._notifying(found, lambda new: new.bin_id if name == "set_fault" else new.id)
        return self._ending(found) if name in ENDS else found

    async def hold_lease(self, name: str, seconds: float) -> bool:
        return self._leases.hold(self._name, name, seconds)

    async def forget_lease(self, name: str) -> None:
        self._leases.rows.pop(name, None)

    def on_settings_change(self, call: Callable[[str | None], None]) -> None:
        self._settings_calls.append(call)

    def on_sign_out(self, call: Callable[[], None]) -> None:
        self._end_calls.append(call)

    @property
    def _notified(self) -> "list[SharedStore]":
        return [] if self.withholds else [peer for peer in self._peers if peer is not self]

    def _notifying(self, write: Callable[..., Awaitable[Any]], bin_of: Callable[[Any], str]) -> Any:
        async def written(first: Any, *values: Any, **named: Any) -> Any:
            result = await write(first, *values, **named)
            for peer in self._notified:
                for call in peer._settings_calls:
                    call(bin_of(first))
            return result

        return written

    def _ending(self, write: Callable[..., Awaitable[Any]]) -> Any:
        async def written(*values: Any) -> Any:
            result = await write(*values)
            for peer in self._notified:
                for call in peer._end_calls:
                    call()
            return result

        return written


@dataclass(frozen=True, slots=True)
class Shared:
    """Two servers, and what each has of the store."""

    one: Running
    other: Running
    stores: list[SharedStore]

    def withhold(self) -> None:
        """No server gets a notice any more."""
        for store in self.stores:
            store.withholds = True


@asynccontextmanager
async def run_two(folder: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Shared]:
    """Two servers of one store. The first bin is the same."""
    monkeypatch.setattr(SqliteStore, "is_shared", property(lambda _: True))
    values = {"access_token": TOKEN, "allow_targets": "127.0.0.1"}
    stores: list[SharedStore] = []
    leases = LeaseTable()
    async with open_store(folder / "shared") as opened, AsyncExitStack() as stack:

        @asynccontextmanager
        async def open_view(*_: object) -> AsyncIterator[SharedStore]:
            yield SharedStore(opened, stores, leases)

        monkeypatch.setattr("app.main.open_store", open_view)
        for name in ("one", "other"):
            (folder / name).mkdir()
        servers = [
            await stack.enter_async_context(run_server(read_settings({**values, "data_dir": str(folder / name)})))
            for name in ("one", "other")
        ]
        yield Shared(*servers, stores)


@pytest.fixture
async def both(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Shared]:
    """Two servers of one store; a module that uses it imports it."""
    async with run_two(tmp_path, monkeypatch) as running:
        yield running


@asynccontextmanager
async def run_on_postgres(folder: Path, database: Database, *names: str) -> AsyncIterator[list[Running]]:
    """Servers of one PostgreSQL database, each with a data directory of this name."""
    values = {"access_token": TOKEN, "database": database.url}
    async with AsyncExitStack() as stack:
        yield [
            await stack.enter_async_context(run_server(read_settings({**values, "data_dir": str(folder / name)})))
            for name in names
        ]


@pytest.fixture
async def both_on_postgres(tmp_path: Path, database: Database) -> AsyncIterator[tuple[Running, Running]]:
    """Two servers of one PostgreSQL database."""
    async with run_on_postgres(tmp_path, database, "one", "other") as (one, other):
        yield one, other
