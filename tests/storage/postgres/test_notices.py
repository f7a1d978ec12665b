"""ServerNotices between servers: they only make something sooner, and none of them ends the listening."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from functools import partial

import pytest

from app.errors import StoreUnavailable
from app.storage.postgres import notices as module
from app.storage.postgres.connections import AsyncConnection, connect_async
from app.storage.postgres.engine import ENGINE
from app.storage.postgres.notices import MAX_BYTES, ServerNotices
from app.storage.postgres.readers import PostgresReads
from tests.postgres import CuttingProxy, Database, Pooler


class Received:
    """Everything that was received, in its order."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, object]] = []
        self._grown = asyncio.Event()

    def _add(self, what: str, which: object = None) -> None:
        self.calls.append((what, which))
        self._grown.set()

    def bins_grew(self, numbers: list[int]) -> None:
        self._add("grew", numbers)

    def bins_changed(self, ids: list[str]) -> None:
        self._add("changed", ids)

    def settings_changed(self, bin_id: str | None) -> None:
        self._add("settings", bin_id)

    def signed_out(self) -> None:
        self._add("signed out")

    def may_have_missed(self) -> None:
        self._add("missed")

    async def until_received(self) -> None:
        """Until anything has been received."""
        async with asyncio.timeout(60):
            while not self.calls:
                self._grown.clear()
                await self._grown.wait()

    async def until(self, *calls: tuple[str, object]) -> None:
        """Until exactly these have been received; then they are forgotten."""
        with suppress(TimeoutError):
            async with asyncio.timeout(60):
                while len(self.calls) < len(calls):
                    self._grown.clear()
                    await self._grown.wait()
        assert self.calls == list(calls)
        self.calls.clear()


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "RETRY_S", 0.01)


@asynccontextmanager
async def server(url: str, name: str) -> AsyncIterator[tuple[ServerNotices, Received]]:
    """The notices of one server, when it listens."""
    received = Received()
    direct = PostgresReads(partial(connect_async, url, "direct"), 1)
    made = ServerNotices(
        name, partial(connect_async, url, "notices"), lambda name, values: direct.run(ENGINE[name], values), received
    )
    made.start()
    try:
        yield made, received
    finally:
        await made.close()
        await direct.close()


async def test_each_kind_is_heard_by_the_others_and_not_by_its_sender(database: Database) -> None:
    async with server(database.url, "one") as (one, own), server(database.url, "other") as (other, received):
        for each in (own, received):
            await each.until(("missed", None))
        assert one.is_listening
        assert other.is_listening
        one.grew([7, 1])
        await received.until(("grew", [7, 1]))
        one.changed(["bin1", "bin2"])
        await received.until(("changed", ["bin1", "bin2"]))
        one.settings(["bin1", "bin2"])
        await received.until(("settings", "bin1"), ("settings", "bin2"))
        one.settings([])
        await received.until(("settings", None))
        one.signed_out()
        await received.until(("signed out", None))
        other.signed_out()
        await own.until(("signed out", None))
        assert received.calls == []


async def test_notices_of_a_moment_are_gathered(database: Database) -> None:
    async with server(database.url, "one") as (one, _), server(database.url, "other") as (_, received):
        await received.until(("missed", None))
        for n in (1, 2, 1, 3):
            one.grew([n])
        one.settings(["a"])
        one.settings(["a"])
        await received.until(("grew", [1, 2, 3]), ("settings", "a"))


@pytest.mark.parametrize("kind", ["grew", "changed", "settings"])
async def test_more_bins_than_fit_are_everything(database: Database, kind: str) -> None:
    def send(count: int) -> None:
        names = range(10**6, 10**6 + count) if kind == "grew" else [f"{n:07}" for n in range(count)]
        getattr(one, kind)(names)

    fitting = (MAX_BYTES - len(f"one {kind}")) // 8
    async with server(database.url, "one") as (one, _), server(database.url, "other") as (_, received):
        await received.until(("missed", None))
        send(fitting + 1)
        await received.until(("settings", None) if kind == "settings" else ("missed", None))
        send(fitting)
        await received.until_received()
        received_of = len(received.calls) if kind == "settings" else len(received.calls[0][1])
        assert (received.calls[0][0], received_of) == (kind, fitting)


async def test_after_a_lost_connection_it_listens_again_and_something_may_have_been_missed(
    database: Database, cutting_proxy: CuttingProxy
) -> None:
    async with server(cutting_proxy.url(database.name), "one") as (one, received), server(database.url, "other") as (
        other, _,
    ):  # fmt: skip
        await received.until(("missed", None))
        for _ in range(2):
            cutting_proxy.cut_all()
            await received.until(("missed", None))
            assert one.is_listening
            other.grew([1])
            await received.until(("grew", [1]))


@pytest.mark.parametrize("text", ["", "alone", "x grew one", "x grew", "x of-a-later-version 1", "x settings", "  "])
async def test_a_notice_that_is_not_understood_ends_nothing(database: Database, text: str) -> None:
    """Of another program, or of a later version of smsbin."""
    async with server(database.url, "one") as (one, received), server(database.url, "other") as (other, _):
        await received.until(("missed", None))
        database.peek("select pg_notify('smsbin', %s)", text)
        other.signed_out()
        async with asyncio.timeout(60):
            while ("signed out", None) not in received.calls:
                await asyncio.sleep(0.01)
        assert one.is_listening


async def test_behind_a_pooler_it_sends_and_does_not_listen(database: Database, pooler: Pooler) -> None:
    async with (
        server(pooler.url(database.name), "one") as (one, own),
        server(database.url, "other") as (other, received),
    ):
        await received.until(("missed", None))
        one.grew([3])
        await received.until(("grew", [3]))
        other.grew([4])
        async with asyncio.timeout(60):
            while not all(task.done() for task in one._tasks[:1]):
                await asyncio.sleep(0.01)
        assert (one.is_listening, own.calls) == (False, [])


async def test_what_cannot_be_sent_is_given_up_and_later_notices_are_sent(database: Database) -> None:
    failures = iter([StoreUnavailable("away"), ValueError("a mistake")])
    received = Received()
    sent: list[str] = []

    async def send(_: str, values: dict[str, object]) -> None:
        sent.append(str(values["text"]))
        for error in failures:
            raise error

    made = ServerNotices("one", _away, send, received)
    made.start()
    try:
        for count in (1, 2, 3):
            made.grew([count])
            async with asyncio.timeout(60):
                while len(sent) < count:
                    await asyncio.sleep(0.01)
        assert sent == ["one grew 1", "one grew 2", "one grew 3"]
        assert not made.is_listening
    finally:
        await made.close()


async def _away() -> AsyncConnection:
    return await connect_async("postgresql://smsbin@127.0.0.1:1/smsbin", "notices")


async def test_it_is_closed_at_once_while_the_server_is_away() -> None:
    async def send(*_: object) -> None:
        raise StoreUnavailable("away")

    made = ServerNotices("one", _away, send, Received())
    made.start()
    made.signed_out()
    await asyncio.sleep(0)
    async with asyncio.timeout(60):
        await made.close()
