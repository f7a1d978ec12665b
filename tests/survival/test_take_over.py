"""Two servers of one PostgreSQL database. The one that sends is killed, or frozen: the other one continues from where
it was, and nothing is sent twice when the first one is back.
"""

import asyncio
import signal
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from ..postgres.clusters import Database
from ..process import TOKEN, Process, serving
from ..services.forwards.target import Target, a_target

WITHIN_S = 40


@dataclass
class Servers:
    """The first one sends."""

    first: Process
    second: Process
    database: Database
    client: aiohttp.ClientSession

    async def send(self, server: Process, method: str, path: str, **json: Any) -> Any:
        given = {"json": json} if json else {}
        async with self.client.request(method, f"{server.bin_api}/{path}", **given) as answer:
            assert answer.status in (200, 201), await answer.text()
            return await answer.json()

    async def capture(self, server: Process, body: bytes = b"MessageSid=SM1&MessageStatus=failed") -> None:
        async with self.client.post(f"{server.ready['url']}{server.key}", data=body) as answer:
            assert answer.status == 200

    async def until_delivered(self, count: int) -> None:
        """The results are stored, so that nothing is sent again."""
        query = "select sum(delivered) from smsbin_log.forwards"
        notices = "select count(*) from smsbin_log.alert_deliveries where state <> 'delivered'"
        async with asyncio.timeout(WITHIN_S):
            while self.database.peek(query) != [(count,)] or self.database.peek(notices) != [(0,)]:
                await asyncio.sleep(0.05)

    def end_leases(self) -> None:
        """As if the time of the leases had passed."""
        self.database.peek("update smsbin_log.leases set until = until - interval '1 minute'")

    def holder(self, name: str) -> list[tuple]:
        return self.database.peek("select holder from smsbin_log.leases where name = %s", name)


@pytest.fixture
def processes(database: Database, tmp_path: Path) -> Iterator[list[Process]]:
    with ExitStack() as stack:
        yield [
            stack.enter_context(serving(tmp_path / name, "--database", database.url, "--allow-targets", "127.0.0.1"))
            for name in ("first", "second")
        ]


@pytest.fixture
async def servers(processes: list[Process], database: Database) -> AsyncIterator[Servers]:
    first, second = processes
    async with aiohttp.ClientSession(headers={"Authorization": f"Bearer {TOKEN}"}) as client:
        yield Servers(first, second, database, client)


@pytest.fixture
async def target() -> AsyncIterator[Target]:
    async with a_target() as opened:
        yield opened


async def test_another_server_sends_when_the_first_one_was_killed(servers: Servers, target: Target) -> None:
    first, second = servers.first, servers.second
    assert first.ready["bin"] == second.ready["bin"], "there is one first bin"
    await servers.send(second, "POST", "forwards", name="F", url=target.url)
    alert = await servers.send(
        second, "POST", "alerts", name="A", kind="matches", filter="role:primary", webhook={"url": target.url}
    )
    await servers.capture(second)
    await target.until(lambda: len(target.seen) >= 2, WITHIN_S)
    await servers.until_delivered(1)
    first.kill()
    before = servers.holder("forwards")
    await servers.capture(second)
    assert len(target.seen) == 2, "the lease has not ended"
    servers.end_leases()
    await target.until(lambda: len(target.seen) >= 3, WITHIN_S)
    assert servers.holder("forwards") != before
    tested = await servers.send(second, "POST", f"alerts/{alert['id']}/test")
    assert [each["state"] for each in tested["deliveries"]] == ["delivered"]
    assert sorted(each.n for each in target.seen if each.n) == [1, 2], "each request once"
    assert len(target.seen) == 4, "two requests, the alert, and its test"


async def test_a_server_that_was_frozen_sends_nothing_when_it_continues(servers: Servers, target: Target) -> None:
    first, second = servers.first, servers.second
    await servers.send(second, "POST", "forwards", name="F", url=target.url)
    await servers.capture(second)
    await target.until(lambda: len(target.seen) >= 1, WITHIN_S)
    await servers.until_delivered(1)
    first.popen.send_signal(signal.SIGSTOP)
    servers.end_leases()
    for _ in range(10):
        await servers.capture(second)
    await target.until(lambda: len(target.seen) >= 11, WITHIN_S)
    first.popen.send_signal(signal.SIGCONT)
    for _ in range(10):
        await servers.capture(first)
    await target.until(lambda: len(target.seen) >= 21, WITHIN_S)
    await servers.until_delivered(21)
    assert sorted(target.numbers) == list(range(1, 22))
