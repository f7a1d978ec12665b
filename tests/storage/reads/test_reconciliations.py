"""When a bin could receive: what a reconciliation needs to know before it calls something lost."""

from datetime import timedelta
from pathlib import Path

import pytest

from app import clock
from app.domain.units import micros
from app.errors import NotFound
from app.storage.log import jobs
from app.storage.opening import open_store
from app.store import Store
from tests.storage.builders import a_bin, a_capture, days_ago, sweep
from tests.storage.inside import BIN, Inside


async def test_a_bin_on_a_server_that_always_ran_was_never_down(store: Store) -> None:
    bin = await a_bin(store)
    found = await store.get_availability(bin.id)
    assert (found.down, found.key_changed_at, found.deleted) == ((), None, 0)
    assert found.made_at == found.kept_since == bin.created_at
    with pytest.raises(NotFound):
        await store.get_availability("nobody")


async def test_the_time_between_two_runs_is_down_time(tmp_path: Path) -> None:
    data = tmp_path / "data"
    async with open_store(data) as store:
        bin = await a_bin(store)
        before = clock.now()
    async with open_store(data) as store:
        after = clock.now()
        ((start, end),) = (await store.get_availability(bin.id)).down
        assert before <= start <= end <= after
        younger = await a_bin(store)
        assert (await store.get_availability(younger.id)).down == (), "it did not exist then"


async def test_after_a_crash_the_down_time_begins_at_the_last_trusted_time(tmp_path: Path) -> None:
    killed, seen_at = Inside(tmp_path), clock.now()
    killed.apply(jobs.NoteTime(micros(seen_at)))
    killed.close()
    async with open_store(tmp_path) as store:
        ((start, end),) = (await store.get_availability(BIN)).down
    assert seen_at == start <= end <= clock.now()


async def test_a_clock_that_was_set_back_leaves_no_gap(tmp_path: Path) -> None:
    killed = Inside(tmp_path)
    killed.apply(jobs.NoteTime(micros(clock.now() + timedelta(hours=1))))
    killed.close()
    async with open_store(tmp_path) as store:
        assert (await store.get_availability(BIN)).down == ()


async def test_deleted_captures_move_the_time_since_when_all_are_kept(store: Store) -> None:
    bin = await a_bin(store, created_at=days_ago(9))
    kept_at = days_ago(3)
    for at in (days_ago(5), days_ago(4), kept_at):
        await store.add_capture(a_capture(bin, received_at=at))
    assert (await store.get_availability(bin.id)).kept_since == bin.created_at
    await sweep(store, timedelta(days=3.5))
    found = await store.get_availability(bin.id)
    assert (found.kept_since, found.deleted) == (kept_at, 0)
    await store.add_capture(a_capture(bin))
    await store.drop_capture(bin.id, 4)
    assert (await store.get_availability(bin.id)).deleted == 1
    await store.drop_captures(bin.id)
    assert (await store.get_availability(bin.id)).kept_since > kept_at


async def test_a_new_capture_key_is_recorded(store: Store) -> None:
    bin, since = await a_bin(store), clock.now()
    await store.rotate_key(bin.id, clock.new_key())
    changed_at = (await store.get_availability(bin.id)).key_changed_at
    assert changed_at is not None
    assert since <= changed_at <= clock.now()


async def test_the_record_mapping_of_a_bin_is_kept_until_it_is_removed(store: Store) -> None:
    bin, other = await a_bin(store), await a_bin(store)
    assert await store.get_record_mapping(bin.id) is None
    for text in ("{}", '{"a": 1}'):
        await store.set_record_mapping(bin.id, text)
        assert await store.get_record_mapping(bin.id) == text
    assert await store.get_record_mapping(other.id) is None
    await store.set_record_mapping(bin.id, None)
    assert await store.get_record_mapping(bin.id) is None
    with pytest.raises(NotFound):
        await store.set_record_mapping("nobody", "{}")
