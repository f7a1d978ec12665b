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

WITHIN_S = 120


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


async def test_what_a_server_did_that_was_frozen_or_killed_is_done_by_the_other_one(
    servers: Servers, target: Target
) -> None:
    first, second = servers.first, servers.second
    assert first.ready["bin"] == second.ready["bin"], "there is one first bin"
    await servers.send(second, "POST", "forwards", name="F", url=target.url)
    alert = await servers.send(
        second, "POST", "alerts", name="A", kind="matches", filter="role:primary", webhook={"url": target.url}
    )
    await servers.capture(second)
    await target.until(lambda: len(target.seen) >= 2, WITHIN_S)
    await servers.until_delivered(1)
    before = servers.holder("forwards")

    first.popen.send_signal(signal.SIGSTOP)
    for _ in range(10):
        await servers.capture(second)
    # When the leases have ended.
    await target.until(lambda: len(target.seen) >= 12, WITHIN_S)
    assert servers.holder("forwards") != before
    first.popen.send_signal(signal.SIGCONT)
    for _ in range(10):
        await servers.capture(first)
    await target.until(lambda: len(target.seen) >= 22, WITHIN_S)
    await servers.until_delivered(21)

    second.kill()
    await servers.capture(first)
    # It is certain that the other one sends nothing any more, so nothing has to be waited for.
    servers.database.peek("update smsbin_log.leases set until = until - interval '1 minute'")
    await target.until(lambda: len(target.seen) >= 23, WITHIN_S)
    await servers.until_delivered(22)
    assert servers.holder("forwards") == before
    tested = await servers.send(first, "POST", f"alerts/{alert['id']}/test")
    assert [each["state"] for each in tested["deliveries"]] == ["delivered"]
    assert sorted(each.n for each in target.seen if each.n) == list(range(1, 23)), "each request once"
    assert len(target.seen) == 24, "the alert fired once, and was tested"
