"""The contract of all stores about values that occur: those of the newest captures, and those of the index."""

import asyncio
from collections.abc import Callable

import pytest

from app.domain.bins import Bin
from app.domain.events import Event
from app.domain.roles import Kind, Role
from app.domain.search import VALUES
from app.domain.statuses import Status
from app.storage.queries import SQL
from app.store import Store
from tests.storage.builders import a_bin, stating

NUMBERS = (
    "+14155550101",
    "+14155550102",
    "+14155550102",
    "+14155550103",
    "+19495550142",
    "acme",
    "ACME",
    "Zoë's",
    "😀",
)


def _event(index: int, number: str) -> Event:
    return Event(
        kind=Kind.STATUS, message_id=f"SM{index:02d}", sender="24680", recipient=number, status=Status.SENT,
        raw_status="sent",
    )  # fmt: skip


@pytest.fixture
async def bin(store: Store, read_ledger: Callable[[str], list[tuple]]) -> Bin:
    """A bin whose captures are indexed."""
    bin, other = await a_bin(store), await a_bin(store)
    for index, number in enumerate(NUMBERS):
        await store.add_capture(
            stating(bin, Role.STATUS, _event(index, number), findings=("plus_lost", "unknown_role"))
        )
    await store.add_capture(stating(other, Role.STATUS, _event(99, "+14155550199")))
    call = Event(kind=Kind.VOICE, message_id="sm-call", sender="+14155550101", recipient="24680")
    for _ in range(3):
        await store.add_capture(stating(bin, Role.VOICE, call))
    await store.get_capture(bin.id, 1)
    async with asyncio.timeout(60):
        while await asyncio.to_thread(read_ledger, "select sum(indexed_n) from spaces") != [(len(NUMBERS) + 1 + 3,)]:
            await asyncio.sleep(0.02)
    return bin


async def test_values_of_the_newest_captures_are_counted(store: Store, bin: Bin) -> None:
    for key, found in {
        "from": {"24680": 9, "+14155550101": 3},
        "id": {"sm-call": 3, **{f"SM{index:02d}": 1 for index in range(9)}},
        "status": {"sent": 9},
        "role": {"status": 9, "voice": 3},
        "kind": {"status": 9, "voice": 3},
        "provider": {"ytel": 12},
        "method": {"POST": 12},
        "has": {"plus_lost": 9, "unknown_role": 9},
        "is": {},
        "signature": {},
        "result": {"odd": 9},
    }.items():
        counts = await store.recent_values(bin.id, key, among=100)
        assert {value: counts[value] for value in found} == found
        assert list(counts.values()) == sorted(counts.values(), reverse=True), key


def test_every_key_with_fixed_values_can_be_counted() -> None:
    # What became of a forward is not in the row of a capture.
    for key in {*VALUES, "from", "to", "id"} - {"forward"}:
        assert f"when '{key}' then" in SQL["recent_values"]


async def test_only_so_many_captures_are_looked_at(store: Store, bin: Bin) -> None:
    assert await store.recent_values(bin.id, "role", among=3) == {"voice": 3}
    assert await store.recent_values(bin.id, "role", among=4) == {"voice": 3, "status": 1}
    empty = await a_bin(store)
    assert await store.recent_values(empty.id, "role", among=4) == {}


async def test_values_of_the_index_begin_with_what_is_typed_in_any_case(store: Store, bin: Bin) -> None:

    async def values(key: str, *beginnings: str, limit: int = 10) -> list[str]:
        return [*await store.values_from(bin.id, key, beginnings, limit=limit)]

    assert await values("to", "+1415") == ["+14155550101", "+14155550102", "+14155550103"]
    assert await values("to", "+1415", limit=2) == ["+14155550101", "+14155550102"]
    assert await values("to", "+1949", "+14155550103") == ["+19495550142", "+14155550103"]
    assert [value.lower() for value in await values("to", "ac")] == ["acme"]
    assert await values("to", "zoë") == ["Zoë's"]
    assert await values("to", "😀") == ["😀"]
    assert await values("to", "5") == []
    assert await values("from", "") == ["+14155550101", "24680"]
    assert await values("id", "sm0") == [f"SM{index:02d}" for index in range(9)]
    assert await values("id", "sm-") == ["sm-call"]
    assert await values("id", "s", limit=5) == [f"SM{index:02d}" for index in range(5)]
