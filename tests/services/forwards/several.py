"""Several servers whose forwards send from one store."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import cast

from app.domain.reader import ReaderContext
from app.live.hub import Hub
from app.services.forwards.registry import Forwards
from app.services.secrets import Secrets
from app.storage.opening import open_store
from app.store import Store
from tests.several import LeaseTable, SharedStore
from tests.storage.builders import a_bin

from .target import Forwarding


@dataclass
class Server:
    """One of them: `place` as in tests with a single server, and its view of the store."""

    place: Forwarding
    view: SharedStore

    @property
    def forwards(self) -> Forwards:
        return self.place.forwards

    def cut_off(self) -> None:
        """It cannot reach the store any more."""
        self.view.is_away = True


@asynccontextmanager
async def several_servers(folder: Path, count: int = 2) -> AsyncIterator[list[Server]]:
    """The first one sends. Nothing is sent a second time by itself."""
    async with AsyncExitStack() as stack:
        store = await stack.enter_async_context(open_store(folder))
        bin, table = await a_bin(store), LeaseTable()
        servers = []
        for number in range(count):
            view = SharedStore(store, table, f"server {number}")
            hub, shared = Hub(), cast(Store, view)
            secrets = Secrets(shared, hub, ReaderContext())
            forwards = Forwards(shared, hub, secrets, ("127.0.0.1",), "bin.example", (timedelta(hours=1),) * 8)
            store.on_change(hub.notify)
            store.on_change(forwards.bin_changed)
            await forwards.start()
            stack.push_async_callback(forwards.close)
            place = Forwarding(shared, hub, secrets, forwards, bin)
            servers.append(Server(replace(place), view))
        yield servers
