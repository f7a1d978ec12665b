"""The contract of all stores. One suite for all engines; a store is never mocked."""

import asyncio
import hashlib
from datetime import timedelta

import pytest

from app import clock
from app.domain.bins import STUCK_AFTER
from app.domain.captures import Captured, Deleted, NewOutcome, Outcome
from app.domain.roles import Role
from app.errors import Conflict, NotFound
from app.store import Session, Store

from .builders import a_bin, a_capture, a_raw, days_ago, sweep
from .conftest import read_again


async def test_a_bin_without_a_name_is_numbered(store: Store) -> None:
    first, second = await a_bin(store), await a_bin(store)
    assert (first.name, second.name) == ("Bin 1", "Bin 2")


async def test_bins_come_newest_first_and_page_by_id(store: Store) -> None:
    made = [await a_bin(store) for _ in range(5)]
    newest = [bin.id for bin in reversed(made)]
    page = await store.list_bins(limit=2)
    assert [bin.id for bin in page] == newest[:2]
    rest = await store.list_bins(limit=10, before=page[-1].id)
    assert [bin.id for bin in rest] == newest[2:]


async def test_a_key_that_is_taken_is_a_conflict(store: Store) -> None:
    bin = await a_bin(store)
    with pytest.raises(Conflict):
        await a_bin(store, key=bin.key)


async def test_a_rotated_key_is_unknown_at_once(store: Store) -> None:
    bin = await a_bin(store)
    fresh = await store.rotate_key(bin.id, clock.new_key())
    assert {found.key: found.id for found in await store.all_bins()} == {fresh.key: bin.id}
    assert fresh.key != bin.key


async def test_all_bins_are_those_that_were_not_deleted(store: Store) -> None:
    bins = [await a_bin(store, provider="ytel") for _ in range(3)]
    await store.drop_bin(bins[1].id)
    found = await store.all_bins()
    assert {(bin.id, bin.key, bin.provider) for bin in found} == {(bin.id, bin.key, "ytel") for bin in bins[::2]}


async def test_every_change_of_a_bin_makes_its_version_higher(store: Store) -> None:
    made = await a_bin(store)
    rotated = await store.rotate_key(made.id, clock.new_key())
    changed = await store.set_bin(made.id, name="x", provider=None, retention=None, stuck_after=STUCK_AFTER)
    assert made.version < rotated.version < changed.version


async def test_a_changed_bin_reports_it(store: Store) -> None:
    bin = await a_bin(store, name="Old", provider="ytel", retention=timedelta(days=7))
    changed = await store.set_bin(bin.id, name="New", provider=None, retention=timedelta(0), stuck_after=STUCK_AFTER)
    assert (changed.name, changed.provider, changed.retention) == ("New", None, timedelta(0))
    assert await store.get_bin(bin.id) == changed


@pytest.mark.parametrize(
    "call",
    [
        lambda store: store.get_bin("nobody"),
        lambda store: store.set_bin("nobody", name="x", provider=None, retention=None, stuck_after=STUCK_AFTER),
        lambda store: store.rotate_key("nobody", clock.new_key()),
        lambda store: store.drop_bin("nobody"),
        lambda store: store.list_captures("nobody", limit=1),
        lambda store: store.first_since("nobody", clock.now()),
        lambda store: store.get_capture("nobody", 1),
        lambda store: store.drop_capture("nobody", 1),
        lambda store: store.drop_captures("nobody"),
        lambda store: store.changes_after("nobody", 0),
    ],
)
async def test_an_unknown_bin_is_not_found(store: Store, call) -> None:
    with pytest.raises(NotFound):
        await call(store)


async def test_a_capture_comes_back_as_it_went_in(store: Store) -> None:
    bin = await a_bin(store)
    new = a_capture(bin, Role.FALLBACK, body=bytes(range(256)), body_complete=False)
    n = await store.add_capture(new)
    kept = await store.get_capture(bin.id, n)
    assert kept.raw == new.raw
    assert (kept.sha256, kept.damaged) == (hashlib.sha256(new.raw.body).hexdigest(), False)
    assert (kept.row.role, kept.row.size, kept.row.body_complete) == (Role.FALLBACK, 256, False)
    assert kept.row.outcome is None


@pytest.mark.parametrize(
    "headers",
    [
        (),
        ((b"X-Empty", b""),),
        ((b"", b""),),
        ((b"Folded", b"one\n two"), (b"After", b"it")),
        ((b"[", b"]"),),
        ((b"X", b"\x00\r\xff"), (b"x", b"\xc3\xbc")),
    ],
    ids=["none", "empty-value", "empty", "line-break", "bracket", "odd-bytes"],
)
async def test_headers_come_back_byte_for_byte(store: Store, headers: tuple[tuple[bytes, bytes], ...]) -> None:
    bin = await a_bin(store)
    n = await store.add_capture(a_capture(bin, headers=headers))
    assert (await store.get_capture(bin.id, n)).raw.headers == headers


async def test_a_capture_of_a_deleted_bin_is_not_found(store: Store) -> None:
    bin = await a_bin(store)
    await store.drop_bin(bin.id)
    with pytest.raises(NotFound):
        await store.add_capture(a_capture(bin))


async def test_two_hundred_at_once_get_consecutive_numbers(store: Store) -> None:
    bins = [await a_bin(store), await a_bin(store)]
    stamps = await asyncio.gather(*(store.add_capture(a_capture(bins[i % 2])) for i in range(200)))
    for index, bin in enumerate(bins):
        numbers = sorted(stamps[index::2])
        assert numbers == list(range(1, 101))
        assert (await store.get_bin(bin.id)).captures == 100


async def test_one_bad_job_fails_no_other(store: Store) -> None:
    bin, gone = await a_bin(store), await a_bin(store)
    await store.drop_bin(gone.id)
    jobs = [store.add_capture(a_capture(gone if i == 5 else bin)) for i in range(10)]
    results = await asyncio.gather(*jobs, return_exceptions=True)
    assert isinstance(results[5], NotFound)
    assert sorted(n for i, n in enumerate(results) if i != 5) == list(range(1, 10))


async def test_numbers_continue_after_deletion(store: Store) -> None:
    bin = await a_bin(store)
    for _ in range(3):
        await store.add_capture(a_capture(bin))
    await store.drop_capture(bin.id, 3)
    await store.drop_captures(bin.id)
    n = await store.add_capture(a_capture(bin))
    assert n == 4
    assert (await store.get_bin(bin.id)).captures == 1


async def test_lists_page_by_number_in_both_directions(store: Store) -> None:
    bin = await a_bin(store)
    for _ in range(7):
        await store.add_capture(a_capture(bin))
    numbers = [row.n for row in await store.list_captures(bin.id, limit=3)]
    assert numbers == [7, 6, 5]
    assert [row.n for row in await store.list_captures(bin.id, limit=3, before=5)] == [4, 3, 2]
    assert [row.n for row in await store.list_captures(bin.id, limit=3, after=0)] == [1, 2, 3]
    assert [row.n for row in await store.list_captures(bin.id, limit=3, after=6)] == [7]


async def test_the_first_capture_since_a_time_is_found_across_gaps(store: Store) -> None:
    bin = await a_bin(store)
    began = clock.now()
    for second in range(40):
        await store.add_capture(a_capture(bin, received_at=began + timedelta(seconds=second)))
    for n in (1, 12, 13, 14, 40):
        await store.drop_capture(bin.id, n)
    for second in range(-1, 42):
        at = began + timedelta(seconds=second)
        later = [row.n for row in await store.list_captures(bin.id, limit=50, after=0) if row.received_at >= at]
        assert await store.first_since(bin.id, at) == (later[0] if later else None)
    assert await store.first_since((await a_bin(store)).id, began) is None


async def test_a_time_is_found_although_requests_were_numbered_in_another_order(store: Store) -> None:
    bin = await a_bin(store)
    began = clock.now()
    for second in (0, 3, 1, 2, 9, 8):
        await store.add_capture(a_capture(bin, received_at=began + timedelta(seconds=second)))
    assert await store.first_since(bin.id, began + timedelta(seconds=5)) == 5
    assert await store.first_since(bin.id, began + timedelta(seconds=2)) in (2, 4)


async def test_counts_by_role_are_kept(store: Store) -> None:
    bin = await a_bin(store)
    for role in (Role.PRIMARY, Role.PRIMARY, Role.STATUS, Role.VOICE_FALLBACK):
        await store.add_capture(a_capture(bin, role))
    await store.drop_capture(bin.id, 1)
    counted = await store.get_bin(bin.id)
    assert counted.by_role[Role.PRIMARY] == 1
    assert counted.by_role[Role.STATUS] == 1
    assert counted.by_role[Role.VOICE_FALLBACK] == 1
    assert counted.captures == 3


async def test_a_viewer_who_was_away_gets_everything_once_and_in_order(store: Store) -> None:
    bin = await a_bin(store)
    await store.add_capture(a_capture(bin))
    cursor = (await store.get_bin(bin.id)).seq
    n = await store.add_capture(a_capture(bin))
    store.note_outcome(NewOutcome(bin.id, n, Outcome(status=200, after_ms=3)))
    await store.drop_capture(bin.id, 1)
    changes = await store.changes_after(bin.id, cursor)
    assert [change.seq for change in changes] == sorted({change.seq for change in changes})
    assert changes[0].seq > cursor
    told = [change for change in changes if isinstance(change, Captured)]
    assert [(change.row.n, change.first) for change in told] == [(n, True), *[(n, False)] * (len(told) - 1)]
    assert told[-1].row.outcome == Outcome(status=200, after_ms=3)
    assert [(change.n, change.through) for change in changes if isinstance(change, Deleted)] == [(1, False)]


async def test_changes_can_be_read_in_pieces(store: Store) -> None:
    bin = await a_bin(store)
    for _ in range(20):
        n = await store.add_capture(a_capture(bin))
        # The capture is processed before its outcome is known, and changes afterwards.
        await store.get_bin(bin.id)
        store.note_outcome(NewOutcome(bin.id, n, Outcome(status=200, after_ms=1)))
    await store.get_bin(bin.id)
    cursor, seen = 0, []
    while piece := await store.changes_after(bin.id, cursor, limit=3):
        cursor = piece[-1].seq
        seen += [(change.row.n, change.first) for change in piece if isinstance(change, Captured)]
    assert [n for n, first in seen if first] == list(range(1, 21))
    assert [n for n, first in seen if not first] == list(range(1, 21))


async def test_a_cleared_bin_is_empty_at_once_and_notifies_its_viewers(store: Store) -> None:
    bin = await a_bin(store)
    for _ in range(4):
        await store.add_capture(a_capture(bin))
    await store.drop_captures(bin.id)
    assert await store.list_captures(bin.id, limit=10) == []
    with pytest.raises(NotFound):
        await store.get_capture(bin.id, 2)
    deleted = [change for change in await store.changes_after(bin.id, 0) if isinstance(change, Deleted)]
    assert [(change.n, change.through) for change in deleted] == [(4, True)]
    assert (await store.get_bin(bin.id)).last_capture_at is None


async def test_an_outcome_of_a_capture_that_is_gone_changes_nothing(store: Store) -> None:
    bin = await a_bin(store)
    n = await store.add_capture(a_capture(bin))
    await store.drop_capture(bin.id, n)
    store.note_outcome(NewOutcome(bin.id, n, Outcome(status=200, after_ms=1)))
    left = await store.add_capture(a_capture(bin))
    store.note_outcome(NewOutcome(bin.id, left, Outcome(status=200, after_ms=1)))
    await store.get_bin(bin.id)
    told = [change for change in await store.changes_after(bin.id, 0) if isinstance(change, Captured)]
    assert {change.row.n for change in told} == {left}
    assert told[-1].row.outcome is not None


async def test_the_sweep_takes_what_is_too_old_and_reports_it(store: Store) -> None:
    bin = await a_bin(store)
    for age in (9, 8, 1, 0):
        await store.add_capture(a_capture(bin, received_at=days_ago(age)))
    assert await sweep(store, timedelta(days=7)) == 2
    left = await store.get_bin(bin.id)
    assert (left.captures, left.swept_n) == (2, 2)
    assert [row.n for row in await store.list_captures(bin.id, limit=9)] == [4, 3]
    deleted = [change for change in await store.changes_after(bin.id, 0) if isinstance(change, Deleted)]
    assert [(change.n, change.through) for change in deleted] == [(2, True)]


async def test_a_bins_own_retention_beats_the_servers(store: Store) -> None:
    short = await a_bin(store, retention=timedelta(days=1))
    for_ever = await a_bin(store, retention=timedelta(0))
    for bin in (short, for_ever):
        await store.add_capture(a_capture(bin, received_at=days_ago(2)))
    await sweep(store, timedelta(days=1))
    assert (await store.get_bin(short.id)).captures == 0
    assert (await store.get_bin(for_ever.id)).captures == 1


async def test_a_wrong_clock_makes_no_holes(store: Store) -> None:
    bin = await a_bin(store)
    for age in (1, 9, 0):
        await store.add_capture(a_capture(bin, received_at=days_ago(age)))
    assert await sweep(store, timedelta(days=7)) == 0


async def test_a_capture_that_is_dated_ahead_does_not_stop_the_retention(store: Store) -> None:
    bin = await a_bin(store)
    for age in (9, -400, 8, 0):
        await store.add_capture(a_capture(bin, received_at=days_ago(age)))
    await sweep(store, timedelta(days=7))
    assert [row.n for row in await store.list_captures(bin.id, limit=9)] == [4]


async def test_what_the_retention_took_stays_away_after_a_restart_of_the_ledger(store: Store) -> None:
    bin = await a_bin(store)
    for age in (9, 9, 0):
        await store.add_capture(a_capture(bin, received_at=days_ago(age)))
    await sweep(store, timedelta(days=7))
    await read_again(store, bin)
    assert [row.n for row in await store.list_captures(bin.id, limit=9)] == [3]


async def test_the_rows_of_a_deleted_bin_go_with_the_sweep(store: Store) -> None:
    bin = await a_bin(store)
    for _ in range(3):
        await store.add_capture(a_capture(bin))
    await store.drop_bin(bin.id)
    assert (await store.erase()).removed == 3
    assert (await store.erase()).removed == 0


async def test_sessions_live_until_they_are_dropped(store: Store) -> None:
    session = Session(hash="h", token_hash="t", created_at=days_ago(1), seen_at=days_ago(1))
    await store.add_session(session)
    assert await store.find_session("h") == session
    later = clock.now()
    await store.touch_session("h", later)
    found = await store.find_session("h")
    assert found is not None
    assert found.seen_at == later
    await store.drop_session("h")
    assert await store.find_session("h") is None
    await store.drop_session("h")


async def test_another_token_ends_the_sessions(store: Store) -> None:
    for name, token, age in (("a", "old", 0), ("b", "new", 3), ("c", "new", 0)):
        await store.add_session(Session(hash=name, token_hash=token, created_at=days_ago(age), seen_at=days_ago(age)))
    await store.drop_sessions(other_than_token="new", seen_before=days_ago(1))
    assert [name for name in "abc" if await store.find_session(name)] == ["c"]


async def test_a_probe_writes(store: Store) -> None:
    await store.probe()
    assert store.health().state == "ok"


async def test_text_of_any_kind_survives(store: Store) -> None:
    bin = await a_bin(store)
    name = 'Ünïcode ☂ "quotes" <b>'
    await store.set_bin(bin.id, name=name, provider=None, retention=None, stuck_after=STUCK_AFTER)
    n = await store.add_capture(a_capture(bin, target="/k\xff\x00'\"", method="M-SEARCH"))
    assert (await store.get_bin(bin.id)).name == name
    assert (await store.get_capture(bin.id, n)).raw.target == "/k\xff\x00'\""


async def test_a_large_body_fits(store: Store) -> None:
    bin = await a_bin(store)
    body = bytes(5 << 20)
    n = await store.add_capture(a_capture(bin, body=body))
    assert (await store.get_capture(bin.id, n)).raw == a_raw(
        body, received_at=(await store.get_capture(bin.id, n)).raw.received_at
    )


async def test_a_server_that_has_a_lease_extends_it(store: Store) -> None:
    await store.flush()
    assert await store.hold_lease("sweep", 60)
    assert await store.hold_lease("sweep", 60), "the one that has it extends it"


async def test_the_sum_of_versions_differs_after_each_change_of_a_bin(store: Store) -> None:
    first, second = await a_bin(store), await a_bin(store)
    sums = [await store.sum_of_versions()]
    values = {"name": "x", "provider": None, "retention": None, "stuck_after": first.stuck_after}
    for change in (
        store.rotate_key(first.id, clock.new_key()), store.set_bin(second.id, **values),
        store.set_privacy(second.id, "{}"), store.drop_bin(first.id),
    ):  # fmt: skip
        await change
        sums.append(await store.sum_of_versions())
    third = await a_bin(store)
    sums.append(await store.sum_of_versions())
    assert len(set(sums)) == len(sums)
    assert await store.bin_versions() == {
        bin.id: bin.versions for bin in (await store.get_bin(second.id), await store.get_bin(third.id))
    }
    assert await store.bin_versions(second.id) == {second.id: (1, 1)}
    assert await store.bin_versions(first.id) == {}
    assert {bin.id for bin in await store.find_bins([first.key, second.key, third.key, "0000000000000000"])} == {
        second.id, third.id
    }  # fmt: skip
