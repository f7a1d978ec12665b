"""Several servers share a store: one watches and delivers, the others show what it finds and change what it does."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import pytest
from msgspec import structs

from app.domain.alerts.model import AlertKind, StoredAlert
from app.domain.reader import ReaderContext
from app.live.hub import Hub
from app.services import leases
from app.services.alerts import delivering, registry, watching
from app.services.alerts.registry import Alerts
from app.services.alerts.sending import AlertSender
from app.services.leases import LEASE_S
from app.services.secrets import Secrets
from app.storage.opening import open_store
from app.store import Store
from tests.services.forwards.target import Target
from tests.several import LeaseTable, Passing, SharedStore
from tests.storage.builders import a_bin

from .watched import Watched, said, types


@dataclass
class Server:
    """One of them: `place` as in tests with a single server, and its view of the store."""

    place: Watched
    view: SharedStore

    @property
    def alerts(self) -> Alerts:
        return self.place.alerts


@pytest.fixture(autouse=True)
def passing(monkeypatch: pytest.MonkeyPatch) -> Passing:
    for module, name in (
        (leases, "TAKE_S"), (leases, "EXTEND_S"), (registry, "FOLLOW_S"), (registry, "LOOK_S"),
        (watching, "AGAIN_S"), (delivering, "AGAIN_S"),
    ):  # fmt: skip
        monkeypatch.setattr(module, name, 0.05)
    return Passing(monkeypatch)


@pytest.fixture
async def servers(tmp_path: Path, passing: Passing) -> AsyncIterator[list[Server]]:
    """The first one watches."""
    async with AsyncExitStack() as stack:
        store = await stack.enter_async_context(open_store(tmp_path / "data"))
        bin, table, servers = await a_bin(store), LeaseTable(), []
        for number in range(3):
            view, hub = SharedStore(store, table, f"server {number}"), Hub()
            shared = cast(Store, view)
            secrets = Secrets(shared, hub, ReaderContext())
            alerts = Alerts(shared, hub, secrets, AlertSender(["127.0.0.1"], None), own="bin.example")
            store.on_change(hub.notify)
            store.on_change(alerts.bin_changed)
            await alerts.start()
            stack.push_async_callback(alerts.close)
            servers.append(Server(Watched(shared, hub, secrets, alerts, bin), view))
        yield servers
        for server in servers:
            server.view.is_away = False


async def until(holds: Callable[[], object]) -> None:
    async with asyncio.timeout(60):
        while not holds():
            await asyncio.sleep(0.01)


async def test_one_of_them_fires_and_all_of_them_show_it(servers: list[Server], target: Target) -> None:
    first, second, third = servers
    alert = await second.place.add(target.url, filter="status:failed", browser=True)
    await third.place.status("SM1", "failed")
    await target.got(1)
    for server in servers:
        await server.place.until_kinds(alert, "firing")
        await server.place.until_delivered(alert, 1)
        await until(lambda server=server: [each.number for each in server.alerts.recent(alert.bin_id)] == [1])
    await third.place.status("SM2", "delivered")
    await first.place.until_looked(alert)
    assert types(target.seen) == ["alert.firing"]
    assert first.view.flushed
    assert second.view.flushed == third.view.flushed == 0


async def test_what_users_change_elsewhere_reaches_the_one_that_watches(servers: list[Server], target: Target) -> None:
    first, second, third = servers
    alert = await second.place.add(target.url, filter="status:failed")
    await until(lambda: first.alerts.of(alert.bin_id))
    await third.alerts.refresh()
    await third.alerts.pause(alert.bin_id, alert.id)
    await until(lambda: _get(first, alert).state.paused)
    await first.place.status("SM1", "failed")
    await second.alerts.refresh()
    await second.alerts.resume(alert.bin_id, alert.id)
    changed = structs.replace(alert.alert, name="B")
    await second.alerts.change(alert.bin_id, alert.id, changed)
    await until(lambda: _get(first, alert).alert.name == "B")
    await first.place.status("SM2", "failed")
    await target.got(1)
    await first.place.until_delivered(alert, 1)
    await third.alerts.drop(alert.bin_id, alert.id)
    for server in servers:
        await until(lambda server=server: not server.alerts.of(alert.bin_id))
    assert types(target.seen) == ["alert.firing"]
    assert str(said(target.seen[0])["data"]["alert"]["name"]) == "B"  # type: ignore[index]


async def test_a_test_of_another_server_is_sent_once_between_real_notices(
    servers: list[Server], target: Target
) -> None:
    first, second, _ = servers
    alert = await first.place.add(target.url, filter="status:failed")
    await second.alerts.refresh()
    notice = await second.alerts.test(alert.bin_id, alert.id)
    assert [each.state.value for each in notice.deliveries] == ["delivered"]
    await first.place.status("SM1", "failed")
    await target.got(2)
    await first.place.until_kinds(alert, "test", "firing")
    await first.place.until_delivered(alert, 2)
    assert types(target.seen) == ["alert.test", "alert.firing"]


async def test_changes_of_two_servers_at_once_are_both_made(servers: list[Server]) -> None:
    first, second, _ = servers
    alert = await first.place.add("", filter="status:failed")
    await second.alerts.refresh()
    changed = structs.replace(alert.alert, name="B")
    await asyncio.gather(
        first.alerts.change(alert.bin_id, alert.id, changed), second.alerts.pause(alert.bin_id, alert.id)
    )
    stored = await first.place.store.get_alert(alert.id)
    assert (stored.alert.name, stored.state.paused) == ("B", True)


async def test_another_one_continues_when_the_one_that_watches_is_gone(
    servers: list[Server], target: Target, passing: Passing
) -> None:
    first, second, _ = servers
    alert = await first.place.add(target.url, filter="status:failed")
    await first.place.status("SM1", "failed")
    await first.place.until_delivered(alert, 1)
    first.view.is_away = True
    await second.place.status("SM2", "delivered")
    await second.place.status("SM3", "failed")
    passing.ahead += LEASE_S + 1
    await until(lambda: second.alerts.lease.is_held or servers[2].alerts.lease.is_held)
    await second.place.until(lambda: _looked(second, alert))
    first.view.is_away = False
    await until(lambda: not first.alerts.lease.is_held)
    assert types(target.seen) == ["alert.firing", "alert.test"], "it fires already"


async def _looked(server: Server, alert: StoredAlert) -> bool:
    """Another server writes what it has looked at when it stops, or with a notice; so this asks for a notice."""
    await server.alerts.test(alert.bin_id, alert.id)
    return (await server.place.store.get_alert(alert.id)).state.made >= 2


async def test_the_last_one_says_that_nothing_can_be_stored(
    servers: list[Server], target: Target, passing: Passing
) -> None:
    """The database is away from all of them, so no other one can take the lease."""
    first, second, third = servers
    alert = await first.place.add(target.url, AlertKind.SMSBIN, within_s=0, more_than=10)
    for server in servers:
        await server.alerts.refresh()
        server.view.is_away = True
    passing.ahead += LEASE_S + 1
    await target.got(1)
    assert types(target.seen) == ["alert.firing"]
    assert not any(server.alerts.lease.is_held for server in (second, third))
    assert alert.bin_name in str(said(target.seen[0]))


def _get(server: Server, alert: StoredAlert) -> StoredAlert:
    return server.alerts.get(alert.bin_id, alert.id)
