"""Reading everything again: the same bytes give the same rows, whatever their order, and all of it or nothing."""

import json
import random
import sqlite3
from collections.abc import AsyncIterator, Callable
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace

from app import clock
from app.domain.bins import Bin
from app.domain.captures import Kind, NewCapture, NewOutcome, Outcome, RawRequest, Reading, Role
from app.domain.search import parse_query
from app.errors import Conflict, NotFound
from app.providers import recognise
from app.services.rereading import reread, reread_all
from app.storage import Store, open_store
from tests.providers.requests import read_sample
from tests.storage.builders import a_bin, a_capture, a_raw

SAMPLES = sorted((Path(__file__).parents[1] / "samples").rglob("*.http"))
CAPTURES = "select id, bin, n, seq, received_at, target, peer, size, content_type, body_complete from captures"


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    async with open_store(tmp_path / "smsbin.db") as opened:
        yield opened


@pytest.fixture
def rows(tmp_path: Path) -> Callable[[str], list[tuple]]:
    def read(query: str) -> list[tuple]:
        with closing(sqlite3.connect(f"file:{tmp_path / 'smsbin.db'}?mode=ro", uri=True)) as connection:
            return connection.execute(query).fetchall()

    return read


async def _keep(store: Store, bin: Bin, raw: RawRequest, role: Role) -> int:
    reading = recognise(raw, role, bin.provider)
    return (await store.add_capture(NewCapture(bin_id=bin.id, role=role, raw=raw, reading=reading))).n


def _nothing(bin: Bin, done: int) -> None:
    pass


async def _everything(store: Store, rows: Callable[[str], list[tuple]], bin: Bin) -> dict[str, object]:
    """All that a person or a program can see of a bin, without the seqs of messages."""
    messages = await store.messages_from(bin.id, after=0, limit=10_000)
    pairs = await store.list_conversations(bin.id, limit=500)
    return {
        "captures": rows("select * from v_captures order by bin_id, n"),
        "messages": rows("select * from v_messages order by bin_id, provider, message_id"),
        "order": [message.message_id for message in messages],
        "timelines": [
            [(step.n, step.at, step.status, step.gap_ms, step.late, step.repeats) for step in steps]
            for each in messages
            for _, steps in [await store.get_message(bin.id, each.provider, each.message_id)]
        ],
        "events": rows("select id, bin, n, call, print, facts from events order by id"),
        "pairs": sorted((pair.theirs, pair.ours) for pair in pairs),
        "kept": rows(CAPTURES + " order by id"),
        "outcomes": rows("select * from outcomes order by bin, n"),
        "words": rows("select id, words from raws order by id"),
    }


@pytest.mark.parametrize("seed", range(4))
async def test_the_same_bytes_give_the_same_rows_in_any_order_and_with_repeats(
    store: Store, rows: Callable[[str], list[tuple]], seed: int
) -> None:
    dice = random.Random(seed)
    bin = await a_bin(store)
    played = [read_sample(path) for path in SAMPLES]
    played += dice.sample(played, len(played) // 2)
    dice.shuffle(played)
    start = clock.now() - timedelta(hours=1)
    futures = []
    for index, (raw, role) in enumerate(played):
        raw = replace(raw, received_at=start + timedelta(seconds=index // 3))
        new = NewCapture(bin_id=bin.id, role=role, raw=raw, reading=recognise(raw, role, None))
        futures.append(store.add_capture(new))
        if dice.random() < 0.1:
            # Batches of every size, as in life.
            for future in futures:
                await future
            futures.clear()
    for future in futures:
        await future
    await store.set_outcomes([NewOutcome(bin.id, n, Outcome(status=200, after_ms=n)) for n in range(1, 50)])
    before = await _everything(store, rows, bin)
    assert len(before["messages"]) > 50
    assert await reread_all(store, _nothing) == len(played)
    assert await _everything(store, rows, bin) == before
    await reread_all(store, _nothing)
    assert await _everything(store, rows, bin) == before


async def test_a_reading_that_was_worse_becomes_what_it_should_be(store: Store) -> None:
    """As after an upgrade: what was stored then knew nothing of this request."""
    bin = await a_bin(store)
    raw = a_raw(
        b"From=%2B14155550123&To=%2B14155550100&Text=the+newer+words",
        headers=((b"Content-Type", b"application/x-www-form-urlencoded"),),
    )
    old = Reading(kind=Kind.OTHER, words="the older ones", findings=("mojibake",))
    await store.add_capture(NewCapture(bin_id=bin.id, role=Role.PRIMARY, raw=raw, reading=old))
    while await store.index_words(100):
        pass
    before = await store.get_capture(bin.id, 1)
    await reread(store, bin.id, _nothing)
    after = await store.get_capture(bin.id, 1)
    assert (after.raw, after.sha256, after.row.n, after.row.seq) == (before.raw, before.sha256, 1, before.row.seq)
    assert (after.row.reading.kind, after.row.reading.text) == (Kind.INBOUND, "the newer words")
    assert after.row.reading.findings == ()
    (message,) = await store.list_messages(bin.id, limit=9)
    assert (message.text, message.captures) == ("the newer words", (1,))
    for word, found in (("newer", 1), ("older", 0)):
        assert len(await store.list_captures(bin.id, limit=9, query=parse_query(word))) == found


async def test_a_provider_that_was_set_late_counts_for_what_came_before(store: Store) -> None:
    bin = await a_bin(store)
    raw, role = read_sample(next(path for path in SAMPLES if path.parent.name == "ytel"))
    await _keep(store, bin, raw, role)
    bin = await store.set_bin(bin.id, name="x", provider="twilio", retention=None, stuck_after=timedelta(0))
    await reread(store, bin.id, _nothing)
    reading = (await store.get_capture(bin.id, 1)).row.reading
    assert reading.provider == recognise(raw, role, "twilio").provider


async def test_messages_take_new_seqs_so_that_a_viewer_that_comes_back_sees_them(store: Store) -> None:
    bin = await a_bin(store)
    await _keep(store, bin, *read_sample(next(path for path in SAMPLES if "inbound" in path.name)))
    seq = (await store.get_bin(bin.id)).seq
    await reread(store, bin.id, _nothing)
    changes = await store.changes_after(bin.id, seq)
    assert changes
    assert (await store.get_bin(bin.id)).seq == changes[-1].seq > seq


async def test_the_mark_of_a_silent_message_survives_where_nothing_came_since(store: Store) -> None:
    bin = await a_bin(store, stuck_after=timedelta(minutes=1))
    form = ((b"Content-Type", b"application/x-www-form-urlencoded"),)
    for sid, word in (("a", b"queued"), ("b", b"queued"), ("b", b"delivered")):
        body = b"MessageSid=SM%s&AccountSid=AC%s&MessageStatus=%s" % (sid.encode() * 32, b"0" * 32, word)
        await _keep(store, bin, a_raw(body, headers=form), Role.STATUS)
        if word == b"queued":
            await store.mark_stuck(clock.now() + timedelta(hours=1))
    told = {each.message_id[2]: each.findings for each in await store.list_messages(bin.id, limit=9)}
    assert told == {"a": ("stuck",), "b": ()}
    await reread(store, bin.id, _nothing)
    assert {each.message_id[2]: each.findings for each in await store.list_messages(bin.id, limit=9)} == told
    assert (await store.count_messages(bin.id, 10))["stuck"] == 1


async def test_what_was_deleted_or_cleared_stays_away(store: Store, rows: Callable[[str], list[tuple]]) -> None:
    bin = await a_bin(store)
    samples = [read_sample(path) for path in SAMPLES if path.parent.name in ("ytel", "twilio")]
    for raw, role in samples:
        await _keep(store, bin, raw, role)
    await store.drop_captures(bin.id)
    for raw, role in samples:
        await _keep(store, bin, raw, role)
    gone = await store.get_bin(bin.id)
    await store.drop_capture(bin.id, gone.last_n)
    await reread(store, bin.id, _nothing)
    first = len(samples) + 1
    assert [row[0] for row in rows("select n from v_captures order by n")] == list(range(first, gone.last_n))
    told = {n for row in rows("select captures from v_messages") for n in json.loads(row[0])}
    assert min(told) >= first
    assert max(told) < gone.last_n


async def test_other_bins_are_none_of_its_business(store: Store) -> None:
    one, other = await a_bin(store), await a_bin(store)
    raw, role = read_sample(next(path for path in SAMPLES if "inbound" in path.name))
    for bin in (one, other):
        await _keep(store, bin, raw, role)
    before = await store.list_messages(other.id, limit=9)
    await reread(store, one.id, _nothing)
    assert await store.list_messages(other.id, limit=9) == before


async def test_nothing_of_it_is_seen_before_it_is_whole(store: Store) -> None:
    bin = await a_bin(store)
    await _keep(store, bin, *read_sample(next(path for path in SAMPLES if "inbound" in path.name)))
    before = await store.list_messages(bin.id, limit=9)
    await store.begin_reread(bin.id)
    assert await store.list_messages(bin.id, limit=9) == before


async def test_a_capture_in_between_is_kept_and_ends_it_and_the_bin_stays_as_it_was(store: Store) -> None:
    bin = await a_bin(store)
    await _keep(store, bin, *read_sample(next(path for path in SAMPLES if "inbound" in path.name)))
    before = await store.list_messages(bin.id, limit=9)
    await store.begin_reread(bin.id)
    assert (await store.add_capture(a_capture(bin))).n == 2
    for late in (store.reread(bin.id, []), store.end_reread(bin.id)):
        with pytest.raises(Conflict):
            await late
    assert await store.list_messages(bin.id, limit=9) == before
    assert len(await store.list_captures(bin.id, limit=9)) == 2


async def test_a_process_that_ends_half_way_leaves_everything_as_it_was(tmp_path: Path) -> None:
    async with open_store(tmp_path / "smsbin.db") as store:
        bin = await a_bin(store)
        for path in SAMPLES[:40]:
            await _keep(store, bin, *read_sample(path))
        before = await store.list_messages(bin.id, limit=500)
        await store.begin_reread(bin.id)
        (capture,) = await store.get_captures(bin.id, [1])
        await store.reread(bin.id, [(capture, Reading())])
    async with open_store(tmp_path / "smsbin.db") as store:
        assert await store.list_messages(bin.id, limit=500) == before
        assert await reread_all(store, _nothing) == 40


async def test_an_unknown_bin_is_named(store: Store) -> None:
    with pytest.raises(NotFound):
        await store.begin_reread("nobody")
