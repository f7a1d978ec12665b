"""A search that takes too long is stopped and reported as a problem of the filter; nothing else waits for it."""

import asyncio

import pytest

from app import clock
from app.domain.bins import Bin
from app.domain.roles import Role
from app.domain.search import Phrases, parse_query
from app.errors import TooSlow
from app.services import exports as exporting
from app.storage.sqlite import readers as module
from app.storage.sqlite import store as engine
from app.store import Store

from .builders import a_bin, stating
from .ledger.events import an_inbound

QUERY = parse_query("-nothing")
ROWS = 30


@pytest.fixture(autouse=True)
def looked_at(monkeypatch) -> list[object]:
    """The texts of rows that were looked at. Each takes 40 ms, and a search may take 400."""
    looked_at: list[object] = []

    def slowly(self: Phrases, text: object) -> bool:
        looked_at.append(text)
        clock.pause(0.04)
        return False

    monkeypatch.setattr(Phrases, "occur_in", slowly)
    monkeypatch.setattr(module, "STEPS", 10)
    monkeypatch.setattr(engine, "LEDGER_READ_S", 0.4)
    return looked_at


@pytest.fixture
def database_of_engine() -> None:
    """SQLite, which runs the searched words in Python; `postgres/test_readers.py` stops reads of the other engine."""


@pytest.fixture
async def bin(store: Store) -> Bin:
    made = await a_bin(store)
    for n in range(ROWS):
        await store.add_capture(stating(made, Role.PRIMARY, an_inbound(f"m{n}")))
    return await store.get_bin(made.id)


async def test_it_is_reported_as_the_fault_of_the_filter(store: Store, bin: Bin, looked_at: list[object]) -> None:
    for search in (
        store.list_captures(bin.id, limit=100, query=QUERY),
        store.list_captures(bin.id, limit=100, after=0, query=QUERY),
        store.list_messages(bin.id, limit=100, query=QUERY),
        store.messages_from(bin.id, limit=100, after=0, query=QUERY),
        store.matching(bin.id, QUERY, range(1, ROWS + 1)),
        store.matching_messages(bin.id, QUERY, range(1, ROWS + 1)),
    ):
        looked_at.clear()
        with pytest.raises(TooSlow) as caught:
            await search
        assert [field for field, _ in caught.value.problems] == ["q"]
        assert len(looked_at) < 0.7 * ROWS


async def test_what_is_few_is_found_all_the_same(store: Store, bin: Bin) -> None:
    assert [row.n for row in await store.list_captures(bin.id, limit=2, query=QUERY)] == [ROWS, ROWS - 1]
    assert [row.n for row in await store.list_captures(bin.id, limit=100, after=4, upto=6, query=QUERY)] == [5, 6]
    found = await store.messages_from(bin.id, limit=100, after=4, upto=6, query=QUERY)
    assert [message.id for message in found] == [5, 6]


async def test_an_export_looks_through_everything_in_short_steps(store: Store, bin: Bin) -> None:
    captures = [row.n async for rows in exporting.each_page(store, bin.id, bin.last_n, QUERY) for row in rows]
    assert captures == list(range(1, ROWS + 1))
    messages = [one.message_id async for page in exporting.each_message_page(store, bin, QUERY) for one in page]
    assert messages == [f"m{n}" for n in range(ROWS)]


async def test_a_search_that_was_left_keeps_no_reader(
    store: Store, bin: Bin, looked_at: list[object], monkeypatch
) -> None:
    monkeypatch.setattr(store._ledger, "_limit_s", None)
    everything = parse_query("-nothing -text~more")
    left = [
        asyncio.ensure_future(store.list_captures(bin.id, limit=100, query=everything))
        for _ in range(engine.LEDGER_READERS)
    ]
    async with asyncio.timeout(60):
        while not looked_at:
            await asyncio.sleep(0.01)
    for one in left:
        one.cancel()
    assert await store.list_captures(bin.id, limit=1)
    assert len(looked_at) < ROWS, "all of them together looked at less than one would have"
    await asyncio.gather(*left, return_exceptions=True)
