"""Keys that are not in memory: many requests cost few reads, and a key that is found has its bin in memory."""

import asyncio
from collections.abc import Collection
from datetime import UTC, datetime

import pytest

from app.domain.bins import Bin
from app.errors import StoreUnavailable
from app.services.key_lookups import MOST_KEYS, KeyLookups
from app.services.keyring import Keyring

NOW = datetime(2026, 11, 29, tzinfo=UTC)
KNOWN = Bin(id="b", key="0000000000000000", name="", provider=None, retention=None, created_at=NOW)


class Keys:
    """The part of the store that is used. A read ends when the test lets it."""

    def __init__(self) -> None:
        self.reads: list[list[str]] = []
        self.may_end = asyncio.Event()
        self.may_end.set()
        self.is_away = False

    async def find_bins(self, keys: Collection[str]) -> list[Bin]:
        self.reads.append(sorted(keys))
        await self.may_end.wait()
        if self.is_away:
            raise StoreUnavailable("away")
        return [KNOWN] if KNOWN.key in keys else []


@pytest.fixture
async def store() -> Keys:
    return Keys()


@pytest.fixture
async def keyring(store: Keys) -> Keyring:
    made = Keyring(store)  # type: ignore[arg-type]

    async def reload(bin_id: str) -> None:
        assert bin_id == KNOWN.id
        made.put(KNOWN)

    made.reload = reload
    return made


@pytest.fixture
async def lookups(store: Keys, keyring: Keyring) -> KeyLookups:
    return KeyLookups(store, keyring)  # type: ignore[arg-type]


async def test_a_key_that_another_server_has_made_is_known_afterwards(keyring: Keyring, lookups: KeyLookups) -> None:
    await lookups.find("unknown")
    assert keyring.known(KNOWN.key) is None
    await lookups.find(KNOWN.key)
    assert keyring.known(KNOWN.key) == KNOWN


async def test_all_that_is_asked_for_during_a_read_shares_the_next_one(store: Keys, lookups: KeyLookups) -> None:
    store.may_end.clear()
    first = lookups.find("first")
    await asyncio.sleep(0)
    later = [lookups.find(f"key {number % 10}") for number in range(1_000)]
    again = lookups.find("first")
    assert len(set(later)) == 10
    store.may_end.set()
    await asyncio.gather(first, *later, again)
    # The first key was asked for again after its read began, so the answer may be different.
    assert store.reads == [["first"], ["first", *(f"key {number}" for number in range(10))]]


async def test_a_read_has_so_many_keys(store: Keys, lookups: KeyLookups) -> None:
    await asyncio.gather(*(lookups.find(f"key {number}") for number in range(MOST_KEYS)))
    assert [len(read) for read in store.reads] == [MOST_KEYS]
    await asyncio.gather(*(lookups.find(f"key {number}") for number in range(MOST_KEYS + 1)))
    assert [len(read) for read in store.reads] == [MOST_KEYS, MOST_KEYS, 1]


async def test_without_the_store_it_is_not_known_whether_there_is_such_a_bin(store: Keys, lookups: KeyLookups) -> None:
    store.is_away = True
    with pytest.raises(StoreUnavailable):
        await lookups.find("unknown")
    store.is_away = False
    await lookups.find("unknown")


async def test_those_that_wait_when_the_server_stops_are_unavailable(store: Keys, lookups: KeyLookups) -> None:
    store.may_end.clear()
    first = lookups.find("first")
    await asyncio.sleep(0)
    waiting = lookups.find("waiting")
    await lookups.close()
    for each in (first, waiting):
        with pytest.raises(StoreUnavailable, match="stopping"):
            await each


async def test_a_request_that_was_cancelled_does_not_matter_to_the_others(store: Keys, lookups: KeyLookups) -> None:
    store.may_end.clear()
    first, other = lookups.find("first"), lookups.find("other")
    await asyncio.sleep(0)
    first.cancel()
    store.may_end.set()
    await other
