"""Counts by time, as the store reads them."""

from datetime import datetime, timedelta

import pytest

from app import clock
from app.domain.bins import Bin
from app.domain.captures import NewOutcome, Outcome
from app.domain.events import Event
from app.domain.overview import MOST_CODES
from app.domain.pairings.model import Verdict
from app.domain.roles import Kind, Role
from app.domain.search import parse_query
from app.domain.statuses import Status
from app.domain.volume import DAY, HOUR, TimeSpan
from app.errors import NotFound, ReadTooLong, TooSlow
from app.storage.reads import volume as reads
from app.store import Store
from tests.storage.builders import a_bin, stating

AT = clock.now().replace(minute=20, second=5, microsecond=0)
NUMBERS = {"sender": "+14155550123", "recipient": "+14155550100"}


def inbound(name: str) -> Event:
    return Event(kind=Kind.INBOUND, message_id=name, text=name, status=Status.RECEIVED, final=True, **NUMBERS)


def callback(name: str, status: Status, **more: object) -> Event:
    final = status in (Status.DELIVERED, Status.FAILED)
    return Event(kind=Kind.STATUS, message_id=name, status=status, raw_status=status.value, final=final, **more)


async def keep(store: Store, bin: Bin, role: Role, event: Event, *, at: datetime = AT, status: int = 200) -> None:
    n = await store.add_capture(stating(bin, role, event, at=at))
    store.note_outcome(NewOutcome(bin.id, n, Outcome(status=status, after_ms=2)))


async def a_day(store: Store) -> Bin:
    """Of the last hours: three inbound messages, one of them failed on the primary and taken by the fallback; three
    outbound ones, of which two failed."""
    bin = await a_bin(store)
    early = AT - 2 * HOUR
    await keep(store, bin, Role.PRIMARY, inbound("a"), at=early)
    await keep(store, bin, Role.PRIMARY, inbound("b"), at=AT, status=500)
    await keep(store, bin, Role.FALLBACK, inbound("b"), at=AT + timedelta(seconds=1))
    for name, took_s, status, code in (
        ("x", 10, Status.DELIVERED, None), ("y", 20, Status.FAILED, "30003"), ("z", 40, Status.FAILED, None),
    ):  # fmt: skip
        await keep(store, bin, Role.STATUS, callback(name, Status.SENT), at=early)
        end = callback(name, status, error_code=code)
        await keep(store, bin, Role.STATUS, end, at=early + timedelta(seconds=took_s))
    return bin


async def test_intervals_are_added_up_to_the_length_that_is_asked_for(store: Store) -> None:
    bin = await a_day(store)
    for step, counts in ((HOUR, [(5, 2, 0), (1, 1, 0)]), (HOUR / 2, [(5, 2, 0), (1, 1, 0)]), (4 * HOUR, None)):
        span = TimeSpan.up_to(AT, step, 12)
        found = await store.count_intervals(bin.id, span)
        assert sum(count.total for count in found) == 9
        if counts is not None:
            assert [(count.ok, count.failed, count.odd) for count in found] == counts
            assert [(AT - count.at) // HOUR for count in found] == [2, 0]
    assert await store.first_interval(bin.id) == (AT - 2 * HOUR).replace(second=0)


async def test_a_filter_counts_what_it_finds(store: Store) -> None:
    bin = await a_day(store)
    span = TimeSpan.up_to(AT, HOUR, 3)
    everything = await store.count_intervals(bin.id, span)
    assert await store.count_intervals(bin.id, span, parse_query("-text~nothing")) == everything
    for text, totals in (("role:status", [6]), ("result:failed", [2, 1]), ("text~a", [1]), ("role:voice", [])):
        found = await store.count_intervals(bin.id, span, parse_query(text))
        assert [count.total for count in found] == totals, text


async def test_each_result_is_found_by_its_word(store: Store) -> None:
    bin = await a_day(store)
    found = {}
    for word in ("ok", "failed", "odd"):
        rows = await store.list_captures(bin.id, limit=100, query=parse_query(f"result:{word}"))
        found[word] = len(rows)
    assert found == {"ok": 6, "failed": 3, "odd": 0}
    messages = await store.list_messages(bin.id, limit=100, query=parse_query("result:failed"))
    assert sorted(message.message_id for message in messages) == ["b", "y", "z"]


async def test_a_search_that_takes_too_long_says_so(store: Store, monkeypatch) -> None:
    bin = await a_day(store)

    async def stopped(*args: object) -> None:
        raise ReadTooLong("stopped")

    monkeypatch.setattr(reads, "make_filter", stopped)
    with pytest.raises(TooSlow):
        await store.count_intervals(bin.id, TimeSpan.up_to(AT, HOUR, 3), parse_query("a"))


@pytest.mark.parametrize("step", [HOUR, DAY])
async def test_the_overview_has_what_the_ledger_has_counted(store: Store, step: timedelta) -> None:
    bin = await a_day(store)
    found = await store.get_overview(bin.id, TimeSpan.up_to(AT, step, 4))
    assert (found.volume.total, found.volume.failed) == (9, 3)
    assert [(one.name, one.total, one.failed) for one in found.roles] == [
        ("status", 6, 2), ("primary", 2, 1), ("fallback", 1, 0),
    ]  # fmt: skip
    assert [(one.name, one.total) for one in found.providers] == [("ytel", 9)]
    assert [(one.code, one.messages) for one in found.failures] == [(None, 1), ("30003", 1)]
    assert (found.failed_messages, found.final.messages) == (2, 3)
    assert found.final.percentile_ms(50) == pytest.approx(20_000, rel=0.025)
    assert found.final.percentile_ms(95) == pytest.approx(40_000, rel=0.025)
    assert (found.fallback.used, found.fallback.pairs) == (1, 2)
    assert found.fallbacks[-1].verdicts[Verdict.FALLBACK_AFTER_ERROR] == 1


async def test_an_empty_bin_has_an_empty_overview(store: Store) -> None:
    bin = await a_bin(store)
    found = await store.get_overview(bin.id, TimeSpan.up_to(AT, HOUR, 24))
    assert (found.volume.total, len(found.volume.counts), found.roles, found.finals) == (0, 24, [], [])
    assert await store.first_interval(bin.id) is None
    with pytest.raises(NotFound):
        await store.get_overview("nothing", TimeSpan.up_to(AT, HOUR, 24))


@pytest.mark.parametrize("codes", [MOST_CODES, MOST_CODES + 1])
async def test_the_most_frequent_codes_are_shown_of_a_bounded_number_of_rows(store: Store, monkeypatch, codes) -> None:
    bin = await a_bin(store)
    for number in range(codes):
        event = callback(f"m{number}", Status.FAILED, error_code=str(number))
        await keep(store, bin, Role.STATUS, event, at=AT)
    found = await store.get_overview(bin.id, TimeSpan.up_to(AT, HOUR, 2))
    assert (len(found.failures), found.failed_messages) == (MOST_CODES, codes)
    monkeypatch.setattr(reads, "MAX_CODE_ROWS", MOST_CODES)
    assert (await store.get_overview(bin.id, TimeSpan.up_to(AT, HOUR, 2))).failed_messages == MOST_CODES


async def test_several_bins_are_counted_at_once(store: Store) -> None:
    bins = [await a_day(store), await a_bin(store), await a_day(store)]
    span = TimeSpan.up_to(AT, HOUR, 24)
    for bin in bins:
        await store.get_bin(bin.id)
    found = await store.recent_counts([bin.id for bin in bins] + ["nothing"], span)
    assert {bin_id: sum(count.total for count in counts) for bin_id, counts in found.items()} == {
        bins[0].id: 9, bins[2].id: 9,
    }  # fmt: skip
