"""Leases on a real PostgreSQL: one holder at a time, by the clock of the database."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import timedelta
from pathlib import Path

import pytest

from app.errors import StoreUnavailable
from app.storage.opening import open_store
from app.store import Store
from tests.postgres.clusters import Database

SECOND = timedelta(seconds=1)


@pytest.fixture
async def servers(database: Database, tmp_path: Path) -> AsyncIterator[list[Store]]:
    async with AsyncExitStack() as stack:
        yield [
            await stack.enter_async_context(open_store(tmp_path / name, database=database.url)) for name in ("a", "b")
        ]


async def test_one_of_several_servers_has_a_lease(servers: list[Store]) -> None:
    first, second = servers
    assert first.is_shared
    held = await asyncio.gather(*(server.hold_lease("work", 60) for server in servers * 5))
    assert sorted(held[::2] + held[1::2]) == [False] * 5 + [True] * 5
    assert held[::2] in ([True] * 5, [False] * 5), "always the same one"
    holder, other = (first, second) if held[0] else (second, first)
    assert await holder.hold_lease("work", 60), "it is extended"
    assert await other.hold_lease("other work", 60)
    assert await holder.hold_lease("work", 0)
    assert await other.hold_lease("work", 60), "it has been released"


async def test_a_lease_that_has_ended_can_be_taken_and_shows_who_has_died(
    servers: list[Store], database: Database
) -> None:
    first, second = servers
    assert await first.hold_lease("server-1", 60)
    assert await first.hold_lease("work", 60)
    assert await second.lapsed_leases("server-", timedelta()) == {}
    database.peek("update smsbin_log.leases set until = until - interval '90 seconds' where name = 'server-1'")
    (name, ended_at), *others = (await second.lapsed_leases("server-", 20 * SECOND)).items()
    assert (name, others) == ("server-1", [])
    skew = await second.clock_skew()
    assert abs(skew) < 5 * SECOND
    assert await second.lapsed_leases("server-", 40 * SECOND) == {}
    assert ended_at.utcoffset() == timedelta()
    await second.forget_lease("work")
    assert not await second.hold_lease("work", 60), "only one that has ended is forgotten"
    await second.forget_lease("server-1")
    assert await second.lapsed_leases("server-", timedelta()) == {}
    database.peek("update smsbin_log.leases set until = until - interval '90 seconds'")
    assert await second.hold_lease("work", 60)
    assert not await first.hold_lease("work", 60)


async def test_a_server_that_stops_has_no_leases(database: Database, tmp_path: Path) -> None:
    async with open_store(tmp_path / "a", database=database.url) as other:
        async with open_store(tmp_path / "b", database=database.url) as stopped:
            assert await stopped.hold_lease("work", 3_600)
            assert not await other.hold_lease("work", 3_600)
        assert await other.hold_lease("work", 3_600)
    assert database.peek("select count(*) from smsbin_log.leases") == [(0,)]


async def test_a_lease_is_not_known_while_the_database_does_not_answer(
    servers: list[Store], database: Database
) -> None:
    first, _ = servers
    assert await first.hold_lease("work", 60)
    database.peek("alter table smsbin_log.leases rename to gone")
    with pytest.raises(StoreUnavailable):
        await first.hold_lease("work", 60)
    database.peek("alter table smsbin_log.gone rename to leases")
    assert await first.hold_lease("work", 60)
