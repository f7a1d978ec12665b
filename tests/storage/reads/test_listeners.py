"""Listeners come back as they went in."""

from dataclasses import replace

import pytest

from app import clock
from app.domain.listeners import ListenerMarks, ListenerProgress, ListenerResult, SentCapture
from app.errors import NotFound
from app.store import Store
from tests.storage.builders import a_bin, a_capture
from tests.storage.conftest import store as store  # noqa: PLC0414
from tests.storage.test_attempts import an_attempt


async def test_a_listener_comes_back_as_it_was_marked(store: Store) -> None:
    bin = await a_bin(store)
    for _ in range(4):
        await store.add_capture(a_capture(bin))
    new = await store.open_listener(bin.id, "laptop", None)
    assert (new.bin_id, new.name, new.progress, new.last) == (bin.id, "laptop", ListenerProgress(cursor=4), None)
    assert (new.last_n, new.floor_n, new.lag, new.made_at) == (4, 0, 0, new.seen_at)
    moved = await store.open_listener(bin.id, "laptop", 0)
    assert (moved.progress, moved.lag, moved.made_at) == (ListenerProgress(cursor=0), 4, new.made_at)
    sent = (SentCapture(2, 3), SentCapture(3, 1, True))
    marks = ListenerMarks(
        progress=ListenerProgress(cursor=1, sent=sent), seen_at=clock.now(),
        last=ListenerResult(n=3, at=clock.now(), status=None, error="refused", ms=4),
        attempts=[replace(an_attempt(1), listener="laptop", url="")], opened=moved.opened, connected_at=clock.now(),
    )  # fmt: skip
    await store.mark_listener(bin.id, "laptop", marks)
    (found,) = await store.list_listeners()
    assert (found.progress, found.seen_at, found.last, found.lag) == (marks.progress, marks.seen_at, marks.last, 2)
    assert [each.listener for each in await store.list_attempts(bin.id, 1, limit=9)] == ["laptop"]
    again = await store.open_listener(bin.id, "laptop", None)
    assert found.connected_at == marks.connected_at
    assert again == replace(found, seen_at=again.seen_at, connected_at=again.seen_at, opened=3)


async def test_deleted_captures_are_no_lag(store: Store) -> None:
    bin = await a_bin(store)
    for _ in range(4):
        await store.add_capture(a_capture(bin))
    await store.open_listener(bin.id, "laptop", 0)
    await store.drop_captures(bin.id)
    await store.add_capture(a_capture(bin))
    (found,) = await store.list_listeners()
    assert (found.floor_n, found.lag) == (4, 1)


async def test_what_is_deleted_is_not_found(store: Store) -> None:
    bin, other = await a_bin(store), await a_bin(store)
    await store.open_listener(bin.id, "laptop", None)
    with pytest.raises(NotFound):
        await store.drop_listener(other.id, "laptop")
    await store.drop_listener(bin.id, "laptop")
    assert await store.list_listeners() == []
    for call in (store.drop_listener(bin.id, "laptop"), store.open_listener("none", "laptop", None)):
        with pytest.raises(NotFound):
            await call
