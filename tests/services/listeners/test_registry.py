"""The listeners of all bins: connecting, taking over, taking off, and what users see."""

from functools import partial

import pytest

from app.domain.listeners import ListenerProgress
from app.errors import NotFound, StoreUnavailable
from app.services.listeners.answering import ProgramAnswer
from app.services.listeners.connection import ConnectionEnd
from app.services.listeners.registry import Listeners

from .conftest import EVERYTHING, Listening


async def test_a_listener_goes_on_where_it_was_in_this_process_and_in_the_next(listening: Listening) -> None:
    await listening.capture(3)
    laptop = await listening.connect()
    assert await listening.taken(laptop) == [(1, 1), (2, 1), (3, 1)]
    laptop.acknowledge(1)
    laptop.acknowledge(3)
    laptop.left()
    status = await listening.status()
    assert (status.connected_since, status.in_flight, status.stored.progress.cursor, status.stored.lag) == (
        None,
        0,
        1,
        1,
    )
    again = await listening.connect(None)
    assert await listening.taken(again) == [(2, 2)]
    assert (await listening.status()).connected_since == again.since
    await listening.listeners.close()
    following = Listeners(listening.place.store, listening.handlers)
    next_one = await following.connect(listening.place.bin.id, "laptop", EVERYTHING, cursor=None)
    assert await listening.taken(next_one) == [(2, 3)]
    next_one.acknowledge(2)
    assert next_one.progress == ListenerProgress(cursor=3)
    await following.close()


async def test_a_cursor_that_is_given_counts_more_than_the_stored_one(listening: Listening) -> None:
    await listening.capture(3)
    laptop = await listening.connect(None)
    assert laptop.stored.progress.cursor == 3
    moved = await listening.connect(1)
    assert (moved.stored.progress.cursor, moved.stored.lag) == (1, 2)
    assert await listening.taken(moved) == [(2, 1), (3, 1)]
    await listening.listeners.close()
    assert (await listening.stored()).progress.cursor == 1


async def test_one_that_is_taken_off_ends_and_its_last_results_are_kept(listening: Listening) -> None:
    await listening.capture()
    laptop = await listening.connect()
    await listening.taken(laptop)
    laptop.answered(1, ProgramAnswer(status=None, ms=1, error="refused"))
    await listening.listeners.drop(listening.place.bin.id, "laptop")
    assert laptop.end is ConnectionEnd.REMOVED
    assert laptop.ended.is_set()
    laptop.left()
    assert await listening.errors(1) == ["refused"]
    assert list(await listening.listeners.of(listening.place.bin.id)) == []
    with pytest.raises(NotFound):
        await listening.listeners.drop(listening.place.bin.id, "laptop")
    assert (await listening.connect(None)).stored.progress.cursor == 1


async def test_a_deleted_bin_and_a_stop_end_the_connections(listening: Listening) -> None:
    laptop, other = await listening.connect(), await listening.connect(name="other")
    listening.listeners.stop()
    assert (laptop.end, other.end) == (ConnectionEnd.STOPPED, ConnectionEnd.STOPPED)
    late = await listening.connect(name="late")
    assert late.end is ConnectionEnd.STOPPED
    fresh = Listeners(listening.place.store, listening.handlers)
    laptop = await fresh.connect(listening.place.bin.id, "laptop", EVERYTHING, cursor=None)
    assert fresh.connected == 1
    await listening.place.store.drop_bin(listening.place.bin.id)
    fresh.forget(listening.place.bin.id)
    assert fresh.connected == 0
    await laptop.ended.wait()
    assert laptop.end is ConnectionEnd.BIN_DELETED
    await fresh.close()
    with pytest.raises(NotFound):
        await listening.connect(name="new")


async def test_a_look_survives_a_store_that_cannot_be_read(
    listening: Listening, monkeypatch: pytest.MonkeyPatch
) -> None:
    await listening.connect()
    await listening.listeners.look()

    async def fails(bin_id: str | None = None) -> None:
        raise StoreUnavailable("planted")

    monkeypatch.setattr(listening.place.store, "list_listeners", fails)
    assert await listening.listeners.look() > 0
    assert [each.stored.name for each in listening.listeners.statuses] == ["laptop"]


async def test_a_change_of_a_bin_wakes_its_answering_connections(listening: Listening) -> None:
    woken: list[str] = []
    for name, is_answering in (("quiet", False), ("answering", True)):
        connection = await listening.connect(name=name, is_answering=is_answering)
        connection.wake = partial(woken.append, name)
    for bin_id in ("other", listening.place.bin.id):
        listening.listeners.bin_changed(bin_id)
    assert woken == ["answering"]
