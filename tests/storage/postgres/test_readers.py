"""Read connections: each is used by one query at a time and is never lost, whatever happens to the query."""

import asyncio
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress

import pytest

from app.errors import DatabaseUnreachable, NotReadable, ReadTooLong
from app.storage.postgres.connections import AsyncConnection, connect_async
from app.storage.postgres.readers import PostgresReads
from tests.postgres import Cluster, Database, Pooler

from .tables import make_tables

ONE = "select 1 as found"
SETTINGS = {
    "jit": "off", "max_parallel_workers_per_gather": "0", "gin_fuzzy_search_limit": "0", "statement_timeout": "1min",
}  # fmt: skip
SET = "select " + ", ".join(f"current_setting('{name}')" for name in SETTINGS)
# Longer than any test waits.
ENDLESS = "select pg_sleep(600)"
_HERE = "select count(*) from pg_stat_activity where datname = current_database() and "
BUSY = f"{_HERE} query = '{ENDLESS}' and state = 'active'"
OPEN = f"{_HERE} application_name = 'smsbin reads'"


@asynccontextmanager
async def reading(url: str, count: int = 2, limit_s: float | None = None) -> AsyncIterator[PostgresReads]:
    async def connect() -> AsyncConnection:
        return await connect_async(url, "reads", read_only=True)

    made = PostgresReads(connect, count, limit_s=limit_s)
    try:
        yield made
    finally:
        await made.close()


async def until(holds: Callable[[], object]) -> None:
    async with asyncio.timeout(60):
        while not await asyncio.to_thread(holds):
            await asyncio.sleep(0.01)


async def leave(readers: PostgresReads, after_s: float) -> None:
    """Ask for something endless, and do not wait for it."""
    with suppress(TimeoutError):
        async with asyncio.timeout(after_s):
            await readers.run(ENDLESS, {})


async def test_more_queries_than_connections_wait_for_their_turn(database: Database) -> None:
    async with reading(database.url) as readers:
        texts = ["select pg_backend_pid() as process, %(n)s as n"] * 20
        rows = await asyncio.gather(*(readers.run(text, {"n": n}) for n, text in enumerate(texts)))
    assert [row[0]["n"] for row in rows] == list(range(20))
    assert len({row[0]["process"] for row in rows}) == 2


async def test_a_named_query_is_asked_for_all_rows_one_or_the_ids(database: Database) -> None:
    make_tables(database.url)
    database.peek("insert into smsbin_ledger.spaces (bin, state, reader, rereads, n, k, d, a, first_seq, last_seq)"
                  " select 1, 'building', '', 0, 7, 0, 0, 0, 1, 1 from generate_series(1, 2)")  # fmt: skip
    async with reading(database.url) as readers:
        assert [row["n"] for row in await readers.all("building_spaces", {})] == [7, 7]
        assert await readers.ids("building_spaces", {}) == [1, 2]
        row = await readers.one("building_space", {"bin": 1})
        assert row is not None
        assert (row["number"], row[0]) == (1, 1)
        assert await readers.one("building_space", {"bin": 2}) is None


async def test_a_wrong_query_is_a_mistake_of_ours_and_frees_the_connection(database: Database) -> None:
    async with reading(database.url, 1) as readers:
        for _ in range(3):
            with pytest.raises(Exception, match='column "nothing" does not exist'):
                await readers.run("select nothing", {})
        assert (await readers.run(ONE, {}))[0]["found"] == 1


async def test_without_a_ledger_nothing_is_readable(database: Database) -> None:
    async with reading(database.url) as readers:
        with pytest.raises(NotReadable, match="not been made"):
            await readers.all("building_spaces", {})


async def test_a_query_that_takes_too_long_is_stopped_and_others_continue(database: Database) -> None:
    async with reading(database.url, 1, 0.2) as readers, asyncio.timeout(60):
        await readers.run(ONE, {})
        with pytest.raises(ReadTooLong, match=r"longer than 0\.2 s"):
            await readers.run(ENDLESS, {})
        await until(lambda: database.peek(BUSY) == [(0,)])
        async with reading(database.url, 1) as patient:
            assert (await patient.run("select pg_sleep(0.3)", {})) != []


async def test_a_limit_of_the_server_counts_as_well(database: Database) -> None:
    async with reading(database.url, 1, 30) as readers:
        await readers.run("select set_config('statement_timeout', '1', false)", {})
        with pytest.raises(ReadTooLong):
            await readers.run(ENDLESS, {})
    async with reading(database.url, 1) as readers:
        await readers.run("select set_config('statement_timeout', '1', false)", {})
        with pytest.raises(NotReadable, match="57014"):
            await readers.run(ENDLESS, {})


async def test_the_queries_of_one_search_share_their_time(database: Database) -> None:
    async with reading(database.url, 1, 0.4) as readers, asyncio.timeout(60):
        search = readers.sharing_time_limit()
        await search.run(ONE, {})
        for _ in range(2):
            with pytest.raises(ReadTooLong):
                await search.run(ENDLESS, {})
        # Nothing is left for another one, and another search has its own time.
        with pytest.raises(ReadTooLong):
            await search.run(ONE, {})
        assert (await readers.sharing_time_limit().run(ONE, {}))[0]["found"] == 1


@pytest.mark.parametrize("after_s", [0.0, 0.1])
async def test_a_query_ends_when_its_caller_no_longer_waits(database: Database, after_s: float) -> None:
    async with reading(database.url, 1) as readers, asyncio.timeout(60):
        for _ in range(3):
            await leave(readers, after_s)
            assert (await readers.run(ONE, {}))[0]["found"] == 1
        assert database.peek(BUSY) == [(0,)]
        assert database.peek(OPEN) == [(1,)]


async def test_the_next_query_does_not_end_with_it(database: Database) -> None:
    async with reading(database.url, 1) as readers, asyncio.timeout(60):
        for _ in range(5):
            await leave(readers, 0.02)
            assert await readers.run("select pg_sleep(0.05)", {})


async def test_leaving_while_all_are_busy_takes_no_connection_away(database: Database) -> None:
    async with reading(database.url, 1) as readers, asyncio.timeout(60):
        busy = asyncio.ensure_future(leave(readers, 0.3))
        await asyncio.sleep(0)
        await leave(readers, 0.05)
        await busy
        assert (await readers.run(ONE, {}))[0]["found"] == 1


async def test_a_connection_that_was_ended_is_replaced_without_an_error(database: Database) -> None:
    async with reading(database.url) as readers:
        await asyncio.gather(*(readers.run("select pg_sleep(0.05)", {}) for _ in range(2)))
        ended = "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'smsbin reads'"
        assert database.peek(f"{ended} and datname = current_database()") == [(True,), (True,)]
        await until(lambda: database.peek(OPEN) == [(0,)])
        rows = await asyncio.gather(*(readers.run(ONE, {}) for _ in range(6)))
    assert [row[0]["found"] for row in rows] == [1] * 6


async def test_while_the_server_is_away_the_reason_is_reported(durable_postgres: Cluster) -> None:
    async with reading(durable_postgres.url("postgres")) as readers:
        assert await readers.run(ONE, {})
        await asyncio.to_thread(durable_postgres.stop, "immediate")
        for _ in range(3):
            with pytest.raises(DatabaseUnreachable, match="again as soon as it does"):
                await readers.run(ONE, {})
        await asyncio.to_thread(durable_postgres.start)
        rows = await asyncio.gather(*(readers.run(ONE, {}) for _ in range(6)))
    assert [row[0]["found"] for row in rows] == [1] * 6


async def test_a_server_that_does_not_answer_is_no_search_that_takes_too_long() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"postgresql://smsbin@127.0.0.1:{silent.getsockname()[1]}/smsbin"
        async with reading(url, 1, 0.1) as readers, asyncio.timeout(60):
            with pytest.raises(DatabaseUnreachable, match="does not respond"):
                await readers.run(ONE, {})


async def test_a_ledger_that_was_made_again_is_read_from_then_on(database: Database) -> None:
    database.peek("create schema smsbin_ledger create table things (n bigint)")
    async with reading(database.url, 1) as readers:
        for _ in range(10):  # prepared from some number on
            assert await readers.run("select * from smsbin_ledger.things", {}) == []
        database.peek("drop schema smsbin_ledger cascade")
        with pytest.raises(NotReadable, match="not been made"):
            await readers.run("select * from smsbin_ledger.things", {})
        database.peek("create schema smsbin_ledger create table things (n text, m bigint)")
        assert await readers.run("select * from smsbin_ledger.things", {}) == []


async def test_behind_a_pooler_everything_works_the_same(database: Database, pooler: Pooler) -> None:
    database.peek(f"alter database {database.name} set gin_fuzzy_search_limit = 5")
    async with reading(pooler.url(database.name), 3, 5) as readers, asyncio.timeout(60):
        for _ in range(4):
            rows = await asyncio.gather(*(readers.run("select %(n)s as n", {"n": n}) for n in range(12)))
            assert [row[0]["n"] for row in rows] == list(range(12))
        await leave(readers, 0.1)
        await until(lambda: database.peek(BUSY) == [(0,)])
        with pytest.raises(Exception, match='column "nothing" does not exist'):
            await readers.run("select nothing", {})
        assert (await readers.run(ONE, {}))[0]["found"] == 1
        assert [tuple(row) for row in await readers.run(SET, {})] == [tuple(SETTINGS.values())]


async def test_queries_are_planned_for_short_reads(database: Database) -> None:
    database.peek(f"alter database {database.name} set gin_fuzzy_search_limit = 5")
    async with reading(database.url) as readers:
        assert [tuple(row) for row in await readers.run(SET, {})] == [tuple(SETTINGS.values())]
        with pytest.raises(Exception, match="read-only transaction"):
            await readers.run("create table things ()", {})


async def test_closing_ends_what_runs_and_leaves_no_connection(database: Database) -> None:
    async with reading(database.url) as readers, asyncio.timeout(60):
        running = [asyncio.ensure_future(readers.run(ENDLESS, {})) for _ in range(3)]
        await until(lambda: database.peek(BUSY) == [(2,)])
        await readers.close()
        for query in running:
            with pytest.raises(NotReadable, match="closed"):
                await query
        with pytest.raises(NotReadable, match="closed"):
            await readers.run(ONE, {})
        await until(lambda: database.peek(OPEN) == [(0,)])
