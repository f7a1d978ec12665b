"""Waiting for the new reading of a bin: until readers see it, and never longer than allowed."""

from dataclasses import dataclass, field

import pytest

from app import keys
from app.errors import NotFound, StoreUnavailable
from app.live.hub import Hub
from app.services.rereading import wait_until_reread
from app.store import LedgerStatus
from tests.conftest import Running


@dataclass
class Scripted:
    """A store that gives these states, one for each call, and notifies in between as the ledger does."""

    hub: Hub
    states: list[str]
    calls: list[str] = field(default_factory=list)

    async def rereading(self, bin_id: str) -> LedgerStatus:
        self.calls.append(bin_id)
        state = self.states.pop(0) if len(self.states) > 1 else self.states[0]
        if state == "closed":
            raise StoreUnavailable("no ledger")
        self.hub.notify(bin_id)
        return LedgerStatus(state=state)


async def test_after_it_a_reader_sees_the_new_result(server: Running) -> None:
    store, hub = server.app[keys.STORE], server.app[keys.HUB]
    await (await server.client.post(f"{server.capture_url}/status", data={"MessageSid": "SM" + "0" * 32})).read()
    async with server.client.patch(server.bin_api, json={"provider": "plivo"}) as answer:
        assert answer.status == 200
    await store.reread(server.bin.id)
    assert await wait_until_reread(store, hub, server.bin.id, 20.0)
    assert (await store.rereading(server.bin.id)).state == "ok"


async def test_each_notification_is_a_reason_to_look_again() -> None:
    hub = Hub()
    store = Scripted(hub, ["building", "building", "ok"])
    assert await wait_until_reread(store, hub, "bin", 20.0)
    assert store.calls == ["bin"] * 3


async def test_it_gives_up_in_time_and_when_the_server_stops() -> None:
    hub = Hub()
    assert not await wait_until_reread(Scripted(hub, ["building"]), hub, "bin", 0.01)
    hub.close()
    assert not await wait_until_reread(Scripted(hub, ["building"]), hub, "bin", 20.0)


async def test_it_does_not_wait_for_a_ledger_that_cannot_be_read() -> None:
    hub = Hub()
    store = Scripted(hub, ["closed"])
    assert not await wait_until_reread(store, hub, "bin", 20.0)
    assert store.calls == ["bin"]


async def test_an_unknown_bin_is_not_found(server: Running) -> None:
    with pytest.raises(NotFound):
        await wait_until_reread(server.app[keys.STORE], server.app[keys.HUB], "nothing0")
