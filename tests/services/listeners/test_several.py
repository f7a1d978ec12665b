"""Several servers share a store: the newest connection of a name is the only one, whichever server has it."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import cast

import pytest

from app.services.listeners import registry
from app.services.listeners.connection import ConnectionEnd
from app.services.listeners.registry import Listeners
from app.services.wiretaps.handlers import Handlers
from app.store import Store
from tests.services.forwards.target import forwarding
from tests.several import LeaseTable, Passing, SharedStore

from .conftest import Listening


@pytest.fixture
async def servers(tmp_path: Path) -> AsyncIterator[list[Listening]]:
    async with forwarding(tmp_path / "data") as place:
        table, made = LeaseTable(), []
        for name in ("a", "b"):
            view, handlers = SharedStore(place.store, table, name), Handlers()
            shared = cast(Store, view)
            made.append(Listening(replace(place, store=shared), Listeners(shared, handlers), handlers))
        yield made
        for server in made:
            await server.listeners.close()


async def test_a_newer_connection_to_another_server_takes_over(servers: list[Listening]) -> None:
    first, second = servers
    await first.capture(3)
    old = await first.connect(0)
    assert [n for n, _ in await first.taken(old)] == [1, 2, 3]
    old.acknowledge(1)
    async with asyncio.timeout(60):
        while (await first.stored()).progress.cursor != 1:
            await asyncio.sleep(0.01)
    assert (await second.status()).connected_since == (await first.stored()).connected_at is not None
    new = await second.connect(None)
    assert old.end is None
    assert await first.listeners.follow() == registry.FOLLOW_S
    await old.ended.wait()
    assert old.end is ConnectionEnd.REPLACED
    assert (await second.taken(new), await first.taken(old)) == ([(2, 2), (3, 2)], [])
    old.acknowledge(2)
    new.acknowledge(2)
    new.acknowledge(3)
    for server in servers:
        await server.listeners.close()
    assert (await first.stored()).progress.cursor == 3
    assert first.place.store.flushed >= 3  # type: ignore[attr-defined]


async def test_a_listener_that_was_away_continues_where_another_server_left_it(servers: list[Listening]) -> None:
    first, second = servers
    await first.capture(2)
    old = await first.connect(0)
    await first.taken(old)
    old.acknowledge(1)
    old.left()
    async with asyncio.timeout(60):
        while (await first.stored()).connected_at is not None:
            await asyncio.sleep(0.01)
    new = await second.connect(None)
    assert await second.taken(new) == [(2, 2)]
    new.acknowledge(2)
    new.left()
    async with asyncio.timeout(60):
        while (await second.stored()).connected_at is not None:
            await asyncio.sleep(0.01)
    again = await first.connect(None)
    assert await first.taken(again) == []
    assert (await second.status()).stored.progress.cursor == 2


async def test_one_that_is_taken_off_on_another_server_ends(servers: list[Listening]) -> None:
    first, second = servers
    connection = await first.connect(0)
    await second.listeners.drop(first.place.bin.id, "laptop")
    await first.listeners.follow()
    await connection.ended.wait()
    assert connection.end is ConnectionEnd.REMOVED
    assert await first.listeners.of(first.place.bin.id) == []


async def test_a_server_writes_now_and_then_that_a_listener_is_connected(
    servers: list[Listening], monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = servers
    passing = Passing(monkeypatch)
    await first.connect(0)
    await first.listeners.follow()
    before = (await first.stored()).seen_at
    passing.ahead += registry.SEEN_S
    await first.listeners.follow()
    async with asyncio.timeout(60):
        while (await first.stored()).seen_at <= before:
            await asyncio.sleep(0.01)
    monkeypatch.setattr(registry, "LOST_AFTER", registry.timedelta())
    assert (await second.status()).connected_since is None, "its server has not written for long"
    assert (await first.status()).connected_since is not None


async def test_without_other_servers_nothing_is_looked_for(listening: Listening) -> None:
    assert await listening.listeners.follow() is None
