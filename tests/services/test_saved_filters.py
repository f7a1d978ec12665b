"""Saved filters are checked before they are stored; their counts are kept, renewed calmly, and never waited for."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from app import clock
from app.domain.bins import Bin
from app.domain.roles import Role
from app.domain.saved_filters import SavedFilter
from app.errors import Conflict, Invalid, NotFound, NotReadable, TooSlow
from app.live.hub import Hub
from app.services.saved_filters import SavedFilters
from app.storage.opening import open_store
from app.store import Store
from tests.storage.builders import a_bin, a_capture

FORM_TYPE = b"application/x-www-form-urlencoded"


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    async with open_store(tmp_path) as opened:
        yield opened


@pytest.fixture
def filters(store: Store) -> SavedFilters:
    return SavedFilters(store, Hub())


async def counted(filters: SavedFilters, store: Store, bin: Bin, *saved: SavedFilter) -> list[int | None]:
    """What the filters find, after counting."""
    now = await store.get_bin(bin.id)
    await filters.count(now, "captures", saved)
    found = filters.counts(bin.id, "captures", saved)
    return [found[each.id].found if each.id in found else -1 for each in saved]


async def test_a_filter_is_saved_without_blanks_around_it(store: Store, filters: SavedFilters) -> None:
    bin = await a_bin(store)
    saved = await filters.set(bin.id, "f1", " Failed ", " status:failed ")
    assert (saved.name, saved.text) == ("Failed", "status:failed")
    assert await filters.of(bin.id) == [saved]
    await filters.drop(bin.id, "f1")
    assert await filters.of(bin.id) == []


async def test_all_that_is_wrong_is_named(store: Store, filters: SavedFilters) -> None:
    bin = await a_bin(store)
    for id, name, text, fields in (
        ("", "", "", ["name", "id", "q"]),
        ("a b", "x\ny", "stat:failed", ["name", "id", "q"]),
        ("é", " ", "status:failed", ["name", "id"]),
    ):
        with pytest.raises(Invalid) as error:
            await filters.set(bin.id, id, name, text)
        assert [field for field, _ in error.value.problems] == fields
    assert "Did you mean status:?" in str(await _problem(filters, bin, "stauts:failed"))
    with pytest.raises(NotFound):
        await filters.set("nobody", "f1", "Failed", "status:failed")
    await filters.set(bin.id, "f1", "Failed", "status:failed")
    with pytest.raises(Conflict):
        await filters.set(bin.id, "f2", "Failed", "status:sent")


async def _problem(filters: SavedFilters, bin: Bin, text: str) -> Invalid:
    with pytest.raises(Invalid) as error:
        await filters.set(bin.id, "f1", "Name", text)
    return error.value


async def test_viewers_are_notified(store: Store) -> None:
    hub = Hub()
    bin, filters = await a_bin(store), SavedFilters(store, hub)
    with hub.subscribe(bin.id) as subscription:
        await filters.set(bin.id, "f1", "Failed", "status:failed")
        assert await subscription.wait(60)
        subscription.clear()
        await filters.drop(bin.id, "f1")
        assert await subscription.wait(60)


async def test_filters_of_captures_and_of_messages_are_counted(store: Store, filters: SavedFilters) -> None:
    bin = await a_bin(store)
    for sid in (b"a", b"b", b"b"):
        body, headers = b"MessageSid=%b&MessageStatus=sent&AccountSid=AC" % sid, ((b"Content-Type", FORM_TYPE),)
        await store.add_capture(a_capture(bin, Role.STATUS, body=body, headers=headers))
    post = await filters.set(bin.id, "f1", "POST", "method:POST")
    get = await filters.set(bin.id, "f2", "GET", "method:GET")
    assert filters.counts(bin.id, "captures", [post, get]) == {}
    assert await counted(filters, store, bin, post, get) == [3, 0]
    await filters.count(await store.get_bin(bin.id), "messages", [post, get])
    assert [count.found for count in filters.counts(bin.id, "messages", [post, get]).values()] == [2, 0]


async def test_a_count_is_kept_for_a_moment_and_then_renewed_if_the_bin_has_changed(
    store: Store, filters: SavedFilters, monkeypatch
) -> None:
    now = 1_000.0
    monkeypatch.setattr(clock, "ticks", lambda: now)
    bin = await a_bin(store)
    saved = await filters.set(bin.id, "f1", "Primary", "role:primary")
    assert await counted(filters, store, bin, saved) == [0]
    await store.add_capture(a_capture(bin))
    now += 2.9
    assert await counted(filters, store, bin, saved) == [0]
    changed = await store.get_bin(bin.id)
    assert filters.counts(bin.id, "captures", [saved])["f1"].is_behind(changed)
    now += 0.2
    assert await counted(filters, store, bin, saved) == [1]
    assert not filters.counts(bin.id, "captures", [saved])["f1"].is_behind(changed)


async def test_a_search_that_takes_too_long_is_not_repeated_at_once(
    store: Store, filters: SavedFilters, monkeypatch
) -> None:
    asked = []

    async def slow(*_: object) -> int:
        asked.append(1)
        if len(asked) == 1:
            raise TooSlow(("q", "too slow"))
        await asyncio.Event().wait()
        return 0

    now = 1_000.0
    monkeypatch.setattr("app.services.saved_filters.COUNT_S", 0.01)
    monkeypatch.setattr(clock, "ticks", lambda: now)
    monkeypatch.setattr(store, "count_captures", slow)
    bin = await a_bin(store)
    saved = await filters.set(bin.id, "f1", "Slow", "-role:primary")
    for _ in range(2):
        assert await counted(filters, store, bin, saved) == [None]
        now += 3.1
    assert len(asked) == 1
    now += 30.1
    assert await counted(filters, store, bin, saved) == [None]
    assert len(asked) == 2


async def test_while_the_ledger_cannot_be_read_there_is_no_count(
    store: Store, filters: SavedFilters, monkeypatch
) -> None:
    async def unreadable(*_: object) -> int:
        raise NotReadable("The ledger is being opened.")

    bin = await a_bin(store)
    saved = await filters.set(bin.id, "f1", "POST", "method:POST")
    with monkeypatch.context() as patch:
        patch.setattr(store, "count_captures", unreadable)
        assert await counted(filters, store, bin, saved) == [-1]
    assert await counted(filters, store, bin, saved) == [0]


async def test_a_filter_of_another_version_is_not_counted(store: Store, filters: SavedFilters) -> None:
    bin = await a_bin(store)
    saved = SavedFilter(id="f1", name="Later", text="later:yes", saved_at=clock.now())
    await store.set_filter(bin.id, saved)
    assert await counted(filters, store, bin, saved) == [None]


async def test_one_filter_is_counted_at_a_time_and_those_without_time_left_later(
    store: Store, filters: SavedFilters, monkeypatch
) -> None:
    running = 0

    async def slow(*_: object) -> int:
        nonlocal running
        running += 1
        assert running == 1
        try:
            await asyncio.sleep(0.05)
        finally:
            running -= 1
        return 7

    monkeypatch.setattr("app.services.saved_filters.COUNTING_S", 0.12)
    monkeypatch.setattr(store, "count_captures", slow)
    bin = await a_bin(store)
    saved = [await filters.set(bin.id, f"f{n}", f"F{n}", f"method:GET size:{n}") for n in range(6)]
    await asyncio.gather(*(counted(filters, store, bin, *saved) for _ in range(2)))
    first = filters.counts(bin.id, "captures", saved)
    assert 0 < len(first) < 6
    while len(filters.counts(bin.id, "captures", saved)) < 6:
        await counted(filters, store, bin, *saved)
