"""The pairings that every store folds: which captures on the primary and the fallback URL belong together. They
always equal a new fold of the stored captures."""

import random
from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest
from msgspec.structs import replace

from app import clock
from app.domain.bins import Bin
from app.domain.captures import FaultHit, NewOutcome, Outcome
from app.domain.events import Event
from app.domain.pairings.model import FALLBACK_USED, PROBLEMS, Pairing, Verdict
from app.domain.roles import Kind, Role
from app.domain.statuses import Status, Word
from app.errors import NotFound
from app.store import Store

from .builders import a_bin, stating, sweep
from .conftest import read_again, until

US, THEM = "+14155550100", "+14155550123"
# In the future: no fallback is missing yet.
START = clock.now() + timedelta(hours=1)
OK = Outcome(status=200, after_ms=2)
FAILED = Outcome(status=500, after_ms=2)
LEFT = Outcome(sender_left=True, left_ms=15_000)
FAULT = FaultHit(fault="f1", kind="status", said="status 500", drill="d1")


def _inbound(message_id: str = "in-1", text: str = "hi", **more: object) -> Event:
    values = {"sender": THEM, "recipient": US, "status": Status.RECEIVED, "final": True}
    return Event(kind=Kind.INBOUND, message_id=message_id, text=text, **values | more)


def _call(call: str = "CA1") -> Event:
    return Event(kind=Kind.VOICE, message_id=call, sender=THEM, recipient=US)


async def _keep(
    store: Store,
    bin: Bin,
    role: Role,
    *events: Event,
    seconds: float = 0.0,
    outcome: Outcome | None = None,
    fault: FaultHit | None = None,
    method: str = "POST",
    start: datetime | None = None,
) -> int:
    at = (start or START) + timedelta(seconds=seconds)
    n = await store.add_capture(stating(bin, role, *events, at=at, fault=fault, method=method))
    if outcome is not None:
        store.note_outcome(NewOutcome(bin.id, n, outcome))
    return n


async def _all(store: Store, bin: Bin) -> Sequence[Pairing]:
    return list(reversed(await store.list_pairings(bin.id, limit=500)))


async def _one(store: Store, bin: Bin) -> Pairing:
    (pairing,) = await store.list_pairings(bin.id, limit=10)
    return pairing


def _sides(pairing: Pairing) -> tuple[list[int], list[int]]:
    return [hit.n for hit in pairing.primary], [hit.n for hit in pairing.fallback]


async def _findings(store: Store, bin: Bin) -> dict[str, tuple[str, ...]]:
    return {message.message_id: message.findings for message in await store.list_messages(bin.id, limit=100)}


async def test_an_inbound_message_that_the_primary_takes_is_a_pairing_of_its_own(store: Store) -> None:
    bin = await a_bin(store)
    await _keep(store, bin, Role.PRIMARY, _inbound(), outcome=OK)
    pairing = await _one(store, bin)
    assert (pairing.verdict, pairing.gap_ms, pairing.by_id, pairing.findings) == (Verdict.PRIMARY_ONLY, None, True, ())
    assert (pairing.message_id, pairing.provider, pairing.sender, pairing.text) == ("in-1", "ytel", THEM, "hi")
    (hit,) = pairing.hits
    assert (hit.n, hit.at, hit.method, hit.ok, hit.status, hit.after_ms) == (1, START, "POST", True, 200, 2)


async def test_the_fallback_joins_by_the_message_id_and_shows_what_each_got(store: Store) -> None:
    bin = await a_bin(store)
    await _keep(store, bin, Role.PRIMARY, _inbound(), outcome=FAILED, fault=FAULT)
    await _keep(store, bin, Role.FALLBACK, _inbound(), seconds=2.1, outcome=OK)
    pairing = await _one(store, bin)
    assert (pairing.verdict, pairing.gap_ms, pairing.by_id) == (Verdict.FALLBACK_AFTER_ERROR, 2_100, True)
    first, second = pairing.hits
    assert (first.ok, first.status, first.fault, first.fault_said, first.drill) == (
        False, 500, "status", "status 500", "d1",
    )  # fmt: skip
    assert (second.fallback, second.ok, second.status, second.fault) == (True, True, 200, None)


async def test_a_held_primary_is_waiting_until_the_sender_leaves(store: Store) -> None:
    bin = await a_bin(store)
    await _keep(store, bin, Role.PRIMARY, _inbound())
    assert (await _one(store, bin)).hits[0].ok is None
    assert (await _one(store, bin)).verdict is Verdict.NEITHER_OK
    store.note_outcome(NewOutcome(bin.id, 1, LEFT))
    await _keep(store, bin, Role.FALLBACK, _inbound(), seconds=15.01, outcome=OK)
    pairing = await _one(store, bin)
    assert (pairing.verdict, pairing.gap_ms) == (Verdict.FALLBACK_AFTER_TIMEOUT, 15_010)
    assert (pairing.hits[0].left_ms, pairing.hits[0].sender_left) == (15_000, True)


async def test_while_the_primary_is_unanswered_there_is_no_verdict_and_a_late_answer_does_not_undo_the_timeout(
    store: Store,
) -> None:
    bin = await a_bin(store)
    await _keep(store, bin, Role.PRIMARY, _inbound())
    await _keep(store, bin, Role.FALLBACK, _inbound(), seconds=5, outcome=OK)
    assert (await _one(store, bin)).verdict is Verdict.NEITHER_OK
    store.note_outcome(NewOutcome(bin.id, 1, Outcome(status=200, after_ms=16_000)))
    assert (await _one(store, bin)).verdict is Verdict.FALLBACK_AFTER_TIMEOUT


async def test_an_error_whose_outcome_is_known_late_is_no_timeout(store: Store) -> None:
    bin = await a_bin(store)
    await _keep(store, bin, Role.PRIMARY, _inbound())
    await _keep(store, bin, Role.FALLBACK, _inbound(), seconds=0.005, outcome=OK)
    assert (await _one(store, bin)).verdict is Verdict.NEITHER_OK
    store.note_outcome(NewOutcome(bin.id, 1, FAILED))
    assert (await _one(store, bin)).verdict is Verdict.FALLBACK_AFTER_ERROR


@pytest.mark.parametrize("first", ["a", "made-1"])
async def test_a_request_without_an_id_is_matched_by_parties_and_text_within_a_minute(store: Store, first: str) -> None:
    bin = await a_bin(store)
    await _keep(store, bin, Role.PRIMARY, _inbound(first), outcome=FAILED)
    await _keep(store, bin, Role.FALLBACK, _inbound("made-2"), seconds=59, outcome=OK)
    pairing = await _one(store, bin)
    assert (pairing.by_id, pairing.message_id, _sides(pairing)) == (False, first, ([1], [2]))
    assert pairing.verdict is Verdict.FALLBACK_AFTER_ERROR
    assert await _findings(store, bin) == {first: (), "made-2": ()}
    assert await store.pairings_of(bin.id, [1]) == await store.pairings_of(bin.id, [2, 1]) == [pairing]


async def test_two_messages_with_ids_of_their_own_are_two_whatever_they_say(store: Store) -> None:
    """A customer sends YES twice, and the primary URL misses one of them: that must not look like a fallback."""
    bin = await a_bin(store)
    await _keep(store, bin, Role.PRIMARY, _inbound("a", "YES"), outcome=OK)
    await _keep(store, bin, Role.FALLBACK, _inbound("b", "YES"), seconds=20, outcome=OK)
    first, second = await _all(store, bin)
    assert (first.verdict, second.verdict) == (Verdict.PRIMARY_ONLY, Verdict.FALLBACK_ONLY)
    assert (await _findings(store, bin))["b"] == ("fallback_only", "soft_duplicate")


@pytest.mark.parametrize(
    ("role", "message_id", "text", "seconds"),
    [
        pytest.param(Role.FALLBACK, "made-b", "hi", 61, id="too late"),
        pytest.param(Role.FALLBACK, "made-b", "ho", 1, id="another text"),
        pytest.param(Role.PRIMARY, "made-b", "hi", 1, id="the same side: a soft duplicate"),
    ],
)
async def test_what_only_looks_alike_is_another_pairing(
    store: Store, role: Role, message_id: str, text: str, seconds: float
) -> None:
    bin = await a_bin(store)
    await _keep(store, bin, Role.PRIMARY, _inbound("a"))
    await _keep(store, bin, role, _inbound(message_id, text), seconds=seconds)
    first, second = await _all(store, bin)
    assert (first.by_id, second.by_id) == (True, True)
    assert [hit.n for pairing in (first, second) for hit in pairing.hits] == [1, 2]


async def test_several_tries_on_one_url_are_counted(store: Store) -> None:
    bin = await a_bin(store)
    for seconds in range(3):
        await _keep(store, bin, Role.PRIMARY, _inbound(), seconds=seconds, outcome=FAILED)
    await _keep(store, bin, Role.FALLBACK, _inbound(), seconds=3, outcome=OK)
    pairing = await _one(store, bin)
    assert (_sides(pairing), pairing.gap_ms) == (([1, 2, 3], [4]), 3_000)


async def test_a_message_that_comes_for_ever_keeps_a_small_pairing_and_a_fallback_still_joins_it(store: Store) -> None:
    bin = await a_bin(store)
    for _ in range(100):
        await _keep(store, bin, Role.PRIMARY, _inbound(), outcome=FAILED)
    await _keep(store, bin, Role.FALLBACK, _inbound(), seconds=2, outcome=OK)
    pairing = await _one(store, bin)
    assert _sides(pairing) == ([*range(1, 17), *range(86, 101)], [101])
    assert pairing.verdict is Verdict.FALLBACK_AFTER_ERROR


async def test_with_all_hits_of_a_small_pairing_deleted_it_is_rebuilt_of_the_others(store: Store) -> None:
    bin = await a_bin(store)
    for _ in range(40):
        await _keep(store, bin, Role.PRIMARY, _inbound(), outcome=OK)
    for n in [hit.n for hit in (await _one(store, bin)).hits]:
        await store.drop_capture(bin.id, n)
    assert _sides(await _one(store, bin)) == ([*range(17, 25)], [])


async def test_calls_pair_by_their_id_and_have_no_message(store: Store) -> None:
    bin = await a_bin(store)
    await _keep(store, bin, Role.VOICE, _call(), outcome=FAILED)
    await _keep(store, bin, Role.VOICE_FALLBACK, _call(), seconds=1, outcome=OK)
    await _keep(store, bin, Role.VOICE, _call("CA2"), outcome=OK)
    first, second = await _all(store, bin)
    assert (first.voice, first.message_id, _sides(first)) == (True, "CA1", ([1], [2]))
    assert (first.verdict, first.sender, first.provider) == (Verdict.FALLBACK_AFTER_ERROR, THEM, "ytel")
    assert (second.message_id, second.verdict) == ("CA2", Verdict.PRIMARY_ONLY)


async def test_a_request_with_several_messages_is_a_hit_of_each(store: Store) -> None:
    bin = await a_bin(store)
    await _keep(store, bin, Role.PRIMARY, _inbound("a", "one"), _inbound("b", "two"), outcome=FAILED)
    await _keep(store, bin, Role.FALLBACK, _inbound("b", "two"), seconds=1, outcome=OK)
    first, second = await _all(store, bin)
    assert (first.verdict, second.verdict) == (Verdict.NEITHER_OK, Verdict.FALLBACK_AFTER_ERROR)
    assert (_sides(first), _sides(second)) == (([1], []), ([1], [2]))


async def test_callbacks_take_no_part_and_a_message_that_turns_outbound_loses_its_pairing(store: Store) -> None:
    bin = await a_bin(store)
    word = Word(Status.SENT, final=True)
    await _keep(store, bin, Role.PRIMARY, _inbound("x", as_callback=word))
    callback = Event(kind=Kind.STATUS, message_id="x", status=Status.SENT, raw_status="sent")
    await _keep(store, bin, Role.STATUS, callback, outcome=FAILED)
    assert await _all(store, bin) == []
    await _keep(store, bin, Role.PRIMARY, _inbound("x", as_callback=word), seconds=5)
    assert await _all(store, bin) == []
    # Without the callback it is an inbound message.
    await store.drop_capture(bin.id, 2)
    assert _sides(await _one(store, bin)) == ([1, 3], [])


async def test_a_likely_pairing_keeps_the_message_that_stays_inbound(store: Store) -> None:
    bin = await a_bin(store)
    await _keep(store, bin, Role.PRIMARY, _inbound("a"), outcome=FAILED)
    await _keep(store, bin, Role.FALLBACK, _inbound("made-b"), seconds=1, outcome=OK)
    await _keep(store, bin, Role.STATUS, Event(kind=Kind.STATUS, message_id="a", status=Status.SENT))
    pairing = await _one(store, bin)
    assert (pairing.message_id, pairing.by_id, _sides(pairing)) == ("made-b", True, ([], [2]))
    assert (await _findings(store, bin))["made-b"] == pairing.findings == ("fallback_only",)


async def test_fallback_only_is_reported_on_capture_and_message_until_a_primary_comes(store: Store) -> None:
    bin = await a_bin(store)
    await _keep(store, bin, Role.FALLBACK, _inbound(), outcome=OK)
    assert (await _one(store, bin)).verdict is Verdict.FALLBACK_ONLY
    assert await _findings(store, bin) == {"in-1": ("fallback_only",)}
    assert (await store.get_capture(bin.id, 1)).row.reading.findings == ("fallback_only",)
    await _keep(store, bin, Role.PRIMARY, _inbound(), seconds=1, outcome=OK)
    assert (await _one(store, bin)).verdict is Verdict.BOTH_OK
    assert await _findings(store, bin) == {"in-1": ()}
    assert (await store.get_capture(bin.id, 1)).row.reading.findings == ()
    # Folded again after a deletion, it does not come back.
    await _keep(store, bin, Role.PRIMARY, _inbound(), seconds=2, outcome=OK)
    await store.drop_capture(bin.id, 3)
    assert await _findings(store, bin) == {"in-1": ()}
    await store.drop_capture(bin.id, 2)
    assert await _findings(store, bin) == {"in-1": ("fallback_only",)}


async def test_another_method_on_the_fallback_is_reported_on_its_capture_and_the_message(store: Store) -> None:
    bin = await a_bin(store)
    await _keep(store, bin, Role.PRIMARY, _inbound(), outcome=FAILED)
    await _keep(store, bin, Role.FALLBACK, _inbound(), seconds=1, outcome=OK, method="GET")
    assert (await _one(store, bin)).findings == ("fallback_method",)
    assert await _findings(store, bin) == {"in-1": ("fallback_method",)}
    found = [(await store.get_capture(bin.id, n)).row.reading.findings for n in (1, 2)]
    assert found == [(), ("fallback_method",)]


async def test_a_fallback_that_does_not_come_within_30_seconds_is_missed(store: Store) -> None:
    bin = await a_bin(store)
    past = clock.now() - timedelta(seconds=60)
    await _keep(store, bin, Role.PRIMARY, _inbound(), start=past, outcome=replace(LEFT, left_ms=2_000))
    await _keep(store, bin, Role.VOICE, _call(), start=past, seconds=1, outcome=FAILED)
    await _keep(store, bin, Role.PRIMARY, _inbound("ok", "ok"), start=past, outcome=OK)
    await _keep(store, bin, Role.PRIMARY, _inbound("young", "young"), start=past, seconds=55, outcome=FAILED)
    seq = (await store.get_bin(bin.id)).seq

    async def findings() -> list[tuple[str, ...]]:
        return [pairing.findings for pairing in await _all(store, bin)]

    async def is_missed() -> bool:
        return any(await findings())

    await until(store, is_missed)
    assert await findings() == [("no_fallback",), ("no_fallback",), (), ()]
    assert await _findings(store, bin) == {"in-1": ("no_fallback",), "ok": (), "young": ()}
    changes = await store.changes_after(bin.id, seq)
    seen = {change.row.n: change.row.reading.findings for change in changes if hasattr(change, "row")}
    assert seen == {1: ("no_fallback",), 2: ("no_fallback",)}
    # It arrives after all.
    await _keep(store, bin, Role.FALLBACK, _inbound(), start=past, seconds=58, outcome=OK)
    assert await findings() == [(), ("no_fallback",), (), ()]
    assert (await _findings(store, bin))["in-1"] == ()
    assert (await store.get_capture(bin.id, 1)).row.reading.findings == ()


async def test_problems_and_single_verdicts_are_found_and_paged(store: Store) -> None:
    bin = await a_bin(store)
    for index in range(4):
        await _keep(store, bin, Role.PRIMARY, _inbound(f"ok-{index}", f"ok {index}"), outcome=OK)
        await _keep(store, bin, Role.PRIMARY, _inbound(f"bad-{index}", f"bad {index}"), outcome=FAILED)
        await _keep(store, bin, Role.FALLBACK, _inbound(f"only-{index}", f"only {index}"), outcome=OK)

    async def ids(
        limit: int = 10, before: int | None = None, only: Sequence[Verdict] | None = None
    ) -> list[str | None]:
        return [each.message_id for each in await store.list_pairings(bin.id, limit=limit, before=before, only=only)]

    assert await ids(only=PROBLEMS) == [f"{word}-{index}" for index in (3, 2, 1, 0) for word in ("only", "bad")]
    assert await ids(only=[Verdict.PRIMARY_ONLY], limit=2) == ["ok-3", "ok-2"]
    assert await ids(only=[Verdict.BOTH_OK]) == []
    page = await store.list_pairings(bin.id, limit=5)
    rest = await ids(before=page[-1].id)
    assert [each.message_id for each in page] + rest == await ids(limit=12)


async def test_the_summary_counts_every_pairing_and_takes_gaps_by_the_nearest_rank(store: Store) -> None:
    bin = await a_bin(store)
    assert (await store.sum_up_pairings(bin.id)).gap_p50 is None
    for index in range(1, 21):
        await _keep(store, bin, Role.PRIMARY, _inbound(f"{index}", f"{index}"), outcome=FAILED)
        await _keep(store, bin, Role.FALLBACK, _inbound(f"{index}", f"{index}"), seconds=index / 10, outcome=OK)
    await _keep(store, bin, Role.PRIMARY, _inbound("ok", "ok"), outcome=OK)
    summary = await store.sum_up_pairings(bin.id)
    assert summary.count() == 21
    assert summary.count(Verdict.FALLBACK_AFTER_ERROR) == 20
    assert (summary.gap_p50, summary.gap_p95, summary.gap_max) == (1_000, 1_900, 2_000)


async def test_pairings_of_a_drill_are_those_whose_captures_got_its_fault(store: Store) -> None:
    bin = await a_bin(store)
    await _keep(store, bin, Role.PRIMARY, _inbound("a", "a"), outcome=FAILED, fault=FAULT)
    await _keep(store, bin, Role.FALLBACK, _inbound("a", "a"), seconds=1, outcome=OK)
    await _keep(store, bin, Role.PRIMARY, _inbound("b", "b"), outcome=OK)
    await _keep(store, bin, Role.VOICE, _call(), outcome=FAILED, fault=FAULT)
    assert [each.message_id for each in await store.pairings_of_drill(bin.id, "d1")] == ["a", "CA1"]
    assert await store.pairings_of_drill(bin.id, "d2") == []


async def test_an_unknown_bin_has_no_pairings(store: Store) -> None:
    for ask in (store.list_pairings("none", limit=1), store.pairings_of("none", [1]), store.sum_up_pairings("none")):
        with pytest.raises(NotFound):
            await ask


# Deletions leave nothing behind


async def _is_true(store: Store, bin: Bin) -> None:
    """The counts equal those of the list, and the messages have the findings of their pairings."""
    pairings = await _all(store, bin)
    summary = await store.sum_up_pairings(bin.id)
    assert {verdict: count for verdict, count in summary.by_verdict.items() if count} == Counter(
        pairing.verdict for pairing in pairings
    )
    used = [pairing for pairing in pairings if pairing.verdict in FALLBACK_USED]
    gaps = [max(0, pairing.gap_ms) for pairing in used if pairing.gap_ms is not None]
    assert summary.gap_max == max(gaps, default=None)
    for verdict in Verdict:
        found = await store.list_pairings(bin.id, limit=500, only=[verdict])
        assert {pairing.verdict for pairing in found} <= {verdict}
    told = await _findings(store, bin)
    for pairing in pairings:
        assert pairing.voice or set(pairing.findings) <= set(told[pairing.message_id or ""])


def _plain(pairings: Sequence[Pairing]) -> list[tuple[object, ...]]:
    """Without their rows."""
    return sorted(
        (
            pairing.message_id or "", pairing.verdict.value, pairing.gap_ms or 0, pairing.by_id, pairing.findings,
            str(pairing.hits),
        )
        for pairing in pairings
    )  # fmt: skip


async def _play(store: Store, bin: Bin, seed: int, *, likely: bool = True) -> int:
    """Messages and calls that fail, wait, are repeated and become outbound, in a reproducible random order. With
    `likely`, every other message has no id, so that they are matched by numbers and text."""
    dice = random.Random(seed)
    outcomes = (OK, OK, FAILED, LEFT, None, Outcome(status=200, after_ms=9_000))
    n = 0
    for index in range(40):
        number = dice.randrange(12)
        seconds = index + dice.random()
        more = {"outcome": dice.choice(outcomes), "fault": dice.choice((None, FAULT)), "seconds": seconds}
        if number < 3:
            role = dice.choice((Role.VOICE, Role.VOICE_FALLBACK))
            n = await _keep(store, bin, role, _call(f"CA{number}"), **more)
        elif number == 3:
            event = Event(kind=Kind.STATUS, message_id=f"in-{dice.randrange(8)}", status=Status.SENT)
            n = await _keep(store, bin, Role.STATUS, event, seconds=seconds)
        else:
            role = dice.choice((Role.PRIMARY, Role.FALLBACK))
            name = f"made-{number}-{role.value}" if likely and number % 2 == 0 else f"in-{number}"
            n = await _keep(
                store, bin, role, _inbound(name, f"text {number}"), method=dice.choice(("POST", "GET")), **more
            )
    return n


@pytest.mark.parametrize("seed", range(4))
async def test_after_deletions_in_any_order_the_pairings_are_those_of_what_is_left(store: Store, seed: int) -> None:
    bin = await a_bin(store)
    last = await _play(store, bin, seed)
    await _is_true(store, bin)
    numbers = list(range(1, last + 1))
    random.Random(seed).shuffle(numbers)
    for count, n in enumerate(numbers):
        await store.drop_capture(bin.id, n)
        if count % 10 == 5:
            await _is_true(store, bin)
            hits = {hit.n for pairing in await _all(store, bin) for hit in pairing.hits}
            assert hits.isdisjoint(numbers[: count + 1])
    assert await _all(store, bin) == []
    assert (await store.sum_up_pairings(bin.id)).count() == 0


@pytest.mark.parametrize("seed", range(4))
async def test_folded_again_the_pairings_are_the_same_before_and_after_deletions(store: Store, seed: int) -> None:
    bin = await a_bin(store)
    last = await _play(store, bin, seed, likely=False)
    numbers = list(range(1, last + 1))
    random.Random(seed).shuffle(numbers)
    for count in (0, 5, 15, 30):
        for n in numbers[:count]:
            if n in {row.n for row in await store.list_captures(bin.id, limit=500)}:
                await store.drop_capture(bin.id, n)
        before, told = await _all(store, bin), await _findings(store, bin)
        await read_again(store, bin)
        assert _plain(await _all(store, bin)) == _plain(before)
        ours = {"fallback_only", "fallback_method"}
        now = await _findings(store, bin)
        assert {id: ours & set(of_it) for id, of_it in now.items()} == {
            id: ours & set(of_it) for id, of_it in told.items()
        }
        await _is_true(store, bin)


@pytest.mark.parametrize("seed", range(4))
async def test_likely_matches_are_the_same_when_they_are_folded_again(store: Store, seed: int) -> None:
    bin = await a_bin(store)
    await _play(store, bin, seed)
    before = await _all(store, bin)
    assert any(not pairing.by_id for pairing in before)
    await read_again(store, bin)
    assert _plain(await _all(store, bin)) == _plain(before)


async def test_a_cleared_bin_has_no_pairings_and_old_ids_begin_again(store: Store) -> None:
    bin = await a_bin(store)
    await _play(store, bin, 1)
    await store.drop_captures(bin.id)
    assert await _all(store, bin) == []
    assert (await store.sum_up_pairings(bin.id)).count() == 0
    n = await _keep(store, bin, Role.FALLBACK, _inbound("in-5", "text 5"), outcome=OK)
    await _keep(store, bin, Role.VOICE, _call("CA1"), outcome=OK)
    first, second = await _all(store, bin)
    assert (_sides(first), _sides(second)) == (([], [n]), ([n + 1], []))
    await store.erase()
    assert await _all(store, bin) == [first, second]
    await _is_true(store, bin)


async def test_the_retention_takes_hits_with_their_captures(store: Store) -> None:
    bin = await a_bin(store)
    now = clock.now()
    await _keep(store, bin, Role.PRIMARY, _inbound(), start=now, seconds=-86_400, outcome=FAILED)
    await _keep(store, bin, Role.PRIMARY, _inbound("gone", "gone"), start=now, seconds=-86_400, outcome=FAILED)
    await _keep(store, bin, Role.FALLBACK, _inbound(), start=now, outcome=OK)
    await sweep(store, timedelta(hours=1))
    pairing = await _one(store, bin)
    assert (_sides(pairing), pairing.verdict) == (([], [3]), Verdict.FALLBACK_ONLY)
    await _is_true(store, bin)


async def test_a_deleted_bin_leaves_no_pairing(store: Store) -> None:
    bin, other = await a_bin(store), await a_bin(store)
    await _play(store, bin, 2)
    await _keep(store, other, Role.PRIMARY, _inbound(), outcome=FAILED)
    await store.drop_bin(bin.id)
    await store.erase()
    assert [pairing.message_id for pairing in await _all(store, other)] == ["in-1"]
    with pytest.raises(NotFound):
        await store.list_pairings(bin.id, limit=1)
