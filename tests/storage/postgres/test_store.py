"""Two servers of one database: each shows what the other one has stored, and gets to know what it must read again."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from app import clock
from app.domain.annotations import AnnotationChange
from app.domain.bins import Bin
from app.domain.captures import NewCapture
from app.domain.events import Event
from app.domain.roles import Kind, Role
from app.errors import NotFound, StoreUnavailable
from app.storage import children
from app.storage.ledger.steps import SKIPPED
from app.storage.log import refused
from app.storage.opening import open_store
from app.storage.postgres import notices, polling
from app.storage.postgres.store import PostgresStore
from app.store import COMMIT_WAIT_S, Store
from tests.postgres import Cluster, Database, Pooler
from tests.storage.builders import a_bin, a_capture, reading_of, scripted

from .tables import make_tables


class Received:
    """What a server was notified of."""

    def __init__(self, store: Store) -> None:
        self.changed: list[str] = []
        self.settings: list[str | None] = []
        self.sign_outs = 0
        store.on_change(self.changed.append)
        store.on_settings_change(self.settings.append)
        store.on_sign_out(self._sign_out)

    def _sign_out(self) -> None:
        self.sign_outs += 1

    def forget(self) -> None:
        self.changed.clear()
        self.settings.clear()
        self.sign_outs = 0


async def until(holds: Callable[[], object], within_s: float = 60) -> None:
    async with asyncio.timeout(within_s):
        while not holds():
            await asyncio.sleep(0.01)


async def stored(call: Callable[[], Awaitable[int]], within_s: float = 60) -> int:
    """The result of a write, however often it is refused before."""
    async with asyncio.timeout(within_s):
        while True:
            try:
                return await call()
            except StoreUnavailable:
                await asyncio.sleep(0.05)


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.storage.base_store.FOLLOWER", "tests.storage.scripted")
    monkeypatch.setattr(children, "MIN_PAUSE_S", 0.01)
    monkeypatch.setattr(refused, "RETRY_S", 0.05)


@pytest.fixture
def database(make_database: Callable[..., Database]) -> Database:
    return make_database(make_tables)


@asynccontextmanager
async def opened(folder: Path, *urls: str) -> AsyncIterator[list[PostgresStore]]:
    async with AsyncExitStack() as stack:
        stores = []
        for number, url in enumerate(urls):
            store = await stack.enter_async_context(open_store(folder / str(number), database=url))
            assert isinstance(store, PostgresStore)
            stores.append(store)
        yield stores


@pytest.fixture
async def both(database: Database, tmp_path: Path) -> AsyncIterator[list[PostgresStore]]:
    async with opened(tmp_path, database.url, database.url) as stores:
        await until(lambda: all(store._notices.is_listening for store in stores))
        yield stores


async def _numbers(store: Store, bin: Bin) -> list[int]:
    return [row.n for row in await store.list_captures(bin.id, limit=100)]


async def test_what_one_server_has_stored_is_listed_by_the_other_one_at_once(both: list[PostgresStore]) -> None:
    one, other = both
    bin = await a_bin(one)
    for n in range(1, 11):
        storing, reading = (one, other) if n % 2 else (other, one)
        assert await storing.add_capture(a_capture(bin)) == n
        # Also read: the reading is shown, and not only the row.
        first, *_ = await reading.list_captures(bin.id, limit=100)
        assert (first.n, first.reading.problem) == (n, None)
    await one.annotate(bin.id, [3], AnnotationChange(note="here"))
    assert (await other.get_capture(bin.id, 3)).row.annotation.note == "here"
    await other.drop_capture(bin.id, 7)
    assert 7 not in await _numbers(one, bin)
    assert [(await store.get_bin(bin.id)).captures for store in both] == [9, 9]


async def test_viewers_of_the_other_server_are_called(both: list[PostgresStore]) -> None:
    one, other = both
    bin = await a_bin(one)
    await other.get_bin(bin.id)
    received = Received(other)
    await one.add_capture(a_capture(bin))
    await until(lambda: bin.id in received.changed)
    await one.drop_bin(bin.id)
    await until(lambda: bin.id in received.settings)
    with pytest.raises(NotFound):
        await other.get_bin(bin.id)
    # Nothing of it keeps the other server busy.
    await until(lambda: other.ledger_status().behind == 0)


async def test_settings_and_sign_outs_are_notified_to_the_other_server_only(both: list[PostgresStore]) -> None:
    one, other = both
    own, received = Received(one), Received(other)
    bin = await a_bin(one)
    await until(lambda: bin.id in received.settings)
    received.forget()
    await one.set_answers(bin.id, Role.PRIMARY, None)
    await until(lambda: received.settings == [bin.id])
    await one.drop_session("hash")
    await until(lambda: received.sign_outs == 1)
    assert (own.settings, own.sign_outs) == ([], 0)
    await other.rotate_key(bin.id, clock.new_key())
    await until(lambda: own.settings == [bin.id])


async def test_a_capture_that_ends_the_processes_of_both_servers_is_skipped(both: list[PostgresStore]) -> None:
    one, other = both
    bin = await a_bin(one)
    reading = reading_of(Event(kind=Kind.INBOUND, message_id="m", text="hi"))
    for trouble in ("", "die", ""):
        await one.add_capture(NewCapture(bin_id=bin.id, role=Role.PRIMARY, raw=scripted(reading, trouble=trouble)))
    assert await one._read_passed(1_000) == 0
    async with asyncio.timeout(60):
        while await one._read_passed(1) < 3:
            await asyncio.sleep(0.01)
    rows = await other.list_captures(bin.id, limit=100, after=0)
    assert [row.reading.problem for row in rows] == [None, SKIPPED, None]


async def test_without_notices_everything_is_found_by_polling(
    database: Database, pooler: Pooler, tmp_path: Path
) -> None:
    through = pooler.url(database.name)
    async with opened(tmp_path, through, through) as (one, other):
        bin = await a_bin(one)
        received = Received(other)
        await one.add_capture(a_capture(bin))
        await until(lambda: bin.id in received.changed)
        assert not other._notices.is_listening
        assert await _numbers(other, bin) == [1]
        await other.flush()
        assert await one.hold_lease("work", 60)
        assert not await other.hold_lease("work", 60)


async def test_a_server_that_stops_gives_its_leases_back(database: Database, tmp_path: Path) -> None:
    async with opened(tmp_path / "one", database.url) as (one,):
        async with opened(tmp_path / "other", database.url) as (other,):
            assert await other.hold_lease("work", 600)
            assert not await one.hold_lease("work", 600)
        assert await one.hold_lease("work", 600)


async def test_what_was_read_is_on_the_disk_after_a_flush(both: list[PostgresStore], database: Database) -> None:
    _, other = both
    for _ in range(10):
        database.peek("set synchronous_commit = off; create table if not exists t (n bigint); insert into t values (1)")
        ((position,),) = database.peek("select pg_current_wal_insert_lsn()::text")
        await other.flush()
        assert database.peek("select pg_current_wal_flush_lsn() >= %s::pg_lsn", position) == [(True,)]


async def test_a_database_that_is_away_is_reported_in_time_and_used_again_by_itself(
    durable_postgres: Cluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(notices, "RETRY_S", 0.05)
    monkeypatch.setattr(polling, "POLL_S", 0.1)
    loop = asyncio.get_running_loop()
    async with opened(tmp_path, *[durable_postgres.url("postgres")] * 2) as (one, other):
        bin = await a_bin(one)
        assert await one.add_capture(a_capture(bin)) == 1
        received = Received(other)
        await asyncio.to_thread(durable_postgres.stop, "immediate")
        calls: list[Callable[[], Awaitable[object]]] = [
            lambda: one.add_capture(a_capture(bin)), lambda: one.list_captures(bin.id, limit=1), one.flush,
            lambda: one.hold_lease("work", 1), one.all_bins,
        ]  # fmt: skip
        for call in calls:
            since = loop.time()
            with pytest.raises(StoreUnavailable):
                await call()
            assert loop.time() - since < COMMIT_WAIT_S + 2
        await until(lambda: one.health().state == "away")
        assert one.health().reason
        await asyncio.to_thread(durable_postgres.start)
        n = await stored(lambda: one.add_capture(a_capture(bin)))
        await until(lambda: one.health().state == "ok")
        await until(lambda: received.settings and received.sign_outs)
        await stored(lambda: _length(other, bin, n))
        assert await _numbers(other, bin) == list(range(n, 0, -1))
        await until(lambda: bin.id in received.changed)
        # A store is closed while the server is away, too.
        await asyncio.to_thread(durable_postgres.stop, "immediate")
        since = loop.time()
    assert loop.time() - since < 30


async def _length(store: Store, bin: Bin, wanted: int) -> int:
    if (found := len(await _numbers(store, bin))) < wanted:
        raise StoreUnavailable("not yet")
    return found


async def test_the_clock_of_the_database_is_known(both: list[PostgresStore]) -> None:
    assert abs(await both[0].clock_skew()) < timedelta(seconds=5)
    assert [store.is_shared for store in both] == [True, True]
