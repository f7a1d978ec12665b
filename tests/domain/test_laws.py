"""Laws of the folds, over callbacks and hits in any order: what stays, what a repetition changes, what adds up."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from app.domain.captures import Outcome
from app.domain.drills import score
from app.domain.events import Event
from app.domain.messages.folding import absorb, begin, timeline
from app.domain.messages.model import DUPLICATE, Direction, Fact, Message, Pace
from app.domain.pairings.model import (
    FALLBACK_USED,
    Hit,
    Pairing,
    PairingSummary,
    Verdict,
    absorb_hit,
    settle_hit,
    settled,
    without_hits,
)
from app.domain.pairings.reasons import reason_of
from app.domain.roles import Kind
from app.domain.statuses import Status, Word

START = datetime(2026, 11, 29, 12, 0, tzinfo=UTC)
laws = settings(deadline=None, max_examples=60)

CALLBACKS = st.builds(
    Event,
    kind=st.just(Kind.STATUS),
    message_id=st.just("m"),
    status=st.sampled_from([status for status in Status if status is not Status.RECEIVED]),
    raw_status=st.sampled_from(["queued", "sent", "undelivered"]),
    final=st.booleans(),
    error_code=st.none() | st.sampled_from(["30003", "30008"]),
    segments=st.none() | st.integers(1, 3),
    price=st.none() | st.just("0.01"),
    media=st.lists(st.sampled_from(["https://a.example/1", "https://a.example/2"]), max_size=2).map(tuple),
)
INBOUND = st.builds(
    Event,
    kind=st.just(Kind.INBOUND),
    message_id=st.just("m"),
    text=st.sampled_from(["", "hi", "x" * 200]),
    status=st.just(Status.RECEIVED),
    final=st.just(True),
    as_callback=st.none() | st.just(Word(Status.SENT)),
)


def _fact(place: int, event: Event, print_: str = "") -> Fact:
    return Fact(n=place, at=START + timedelta(seconds=place), provider="ytel", event=event, print=print_)


def _facts(events: list[Event]) -> list[Fact]:
    """The same event has the same fingerprint."""
    return [_fact(place, event, str(events.index(event))) for place, event in enumerate(events, 1)]


def _folded(facts: list[Fact]) -> list[Message]:
    """The message after each of its facts."""
    messages = [begin(facts[0])]
    for fact in facts[1:]:
        messages.append(absorb(messages[-1], fact)[0])
    return messages


@laws
@given(st.lists(CALLBACKS, min_size=1, max_size=6))
def test_the_first_error_code_segments_and_final_time_stay(events: list[Event]) -> None:
    facts = _facts(events)
    last = _folded(facts)[-1]
    assert last.error_code == next((event.error_code for event in events if event.error_code), None)
    assert last.segments == next((event.segments for event in events if event.segments), None)
    assert last.final_at == next((fact.at for fact in facts if fact.event.final), None)
    assert last.final == any(event.final for event in events)


@laws
@given(st.lists(CALLBACKS | INBOUND, min_size=1, max_size=6))
def test_what_is_known_is_never_unknown_again(events: list[Event]) -> None:
    messages = _folded(_facts(events))
    for before, after in pairwise(messages):
        for name in ("text", "error_code", "sender", "recipient", "price"):
            assert getattr(before, name) in (None, "", getattr(after, name)), name
        # The provider's own count gives way to what a text has.
        assert before.segments in (None, after.segments) or before.text != after.text
        assert set(before.media) <= set(after.media)
        assert before.first_at <= after.first_at <= after.last_at
        if after.direction is before.direction:
            assert after.final >= before.final


@laws
@given(st.lists(CALLBACKS, min_size=1, max_size=5), st.data())
def test_a_repeated_callback_changes_nothing_but_that_it_is_told(events: list[Event], data: st.DataObject) -> None:
    facts = _facts(events)
    message = _folded(facts)[-1]
    again = data.draw(st.sampled_from(facts))
    repeated, odd = absorb(message, replace(again, n=90, at=START + timedelta(seconds=90)))
    assert DUPLICATE in odd
    same = {"findings": (), "prints": (), "last_at": START, "last_n": 0}
    assert replace(repeated, **same) == replace(message, **same)
    assert set(repeated.findings) - set(message.findings) <= set(odd)


@laws
@given(st.lists(CALLBACKS | INBOUND, min_size=1, max_size=5), st.randoms(use_true_random=False))
def test_a_timeline_has_a_step_for_each_fact_in_the_order_of_time(events: list[Event], dice) -> None:
    facts = _facts(events)
    message = _folded(facts)[-1]
    shuffled = list(facts)
    dice.shuffle(shuffled)
    steps = timeline(message, shuffled)
    assert steps == timeline(message, facts)
    assert [step.n for step in steps] == [fact.n for fact in facts]
    assert sum(step.gap_ms or 0 for step in steps) == 1_000 * (len(facts) - 1)


@laws
@given(st.lists(INBOUND, min_size=1, max_size=3), CALLBACKS)
def test_a_message_that_a_callback_spoke_of_stays_outbound(inbound: list[Event], callback: Event) -> None:
    messages = _folded(_facts([*inbound, callback, *inbound]))
    assert [message.direction for message in messages[len(inbound) :]] == [Direction.OUTBOUND] * (len(inbound) + 1)


OK = Outcome(status=200, after_ms=3)
ERROR = Outcome(status=500, after_ms=3)
LEFT = Outcome(sender_left=True, left_ms=15_000)
FAILED = st.sampled_from([ERROR, LEFT, Outcome(), Outcome(status=200, after_ms=3, well_formed=False)])
ANY = st.none() | FAILED | st.sampled_from([OK, Outcome(status=200, after_ms=16_000)])


def _hit(n: int, seconds: float, outcome: Outcome | None, *, fallback: bool = False) -> Hit:
    hit = Hit(n=n, at=START + timedelta(seconds=seconds), fallback=fallback, method="POST")
    return hit if outcome is None else settled(hit, outcome)


def _pairing(hits: list[Hit]) -> Pairing:
    pairing = Pairing(message_id="m", voice=False, hits=())
    for hit in hits:
        pairing = absorb_hit(pairing, hit)
    return pairing


HITS = st.lists(st.tuples(st.integers(0, 40), ANY, st.booleans()), min_size=1, max_size=5).map(
    lambda hits: [_hit(n, seconds, outcome, fallback=side) for n, (seconds, outcome, side) in enumerate(hits, 1)]
)


@laws
@given(st.lists(FAILED, min_size=1, max_size=3), st.lists(FAILED, min_size=1, max_size=3))
def test_a_retry_after_the_fallback_does_not_change_why_it_was_used(tries: list, retries: list) -> None:
    hits = [_hit(n, 16 * n, outcome) for n, outcome in enumerate(tries)]
    came = 16 * len(tries)
    before = _pairing([*hits, _hit(50, came, OK, fallback=True)])
    after = before
    for n, outcome in enumerate(retries, 51):
        after = absorb_hit(after, _hit(n, came + n, outcome))
    assert before.verdict in FALLBACK_USED
    assert (after.verdict, reason_of(after), after.gap_ms) == (before.verdict, reason_of(before), before.gap_ms)


@laws
@given(HITS, st.data())
def test_a_hit_or_an_outcome_that_comes_twice_changes_nothing(hits: list[Hit], data: st.DataObject) -> None:
    pairing = _pairing(hits)
    again = data.draw(st.sampled_from(hits))
    assert absorb_hit(pairing, again) == pairing
    once = settle_hit(pairing, again.n, OK)
    assert settle_hit(once, again.n, OK) == once


@laws
@given(HITS)
def test_without_all_of_its_hits_nothing_of_a_pairing_is_left(hits: list[Hit]) -> None:
    left = without_hits(_pairing(hits), frozenset(hit.n for hit in hits))
    assert (left.hits, left.findings, left.gap_ms) == ((), (), None)


@laws
@given(st.lists(HITS.map(_pairing), max_size=6), st.integers(0, 80))
def test_each_message_of_a_drill_has_one_end_or_is_waited_for(pairings: list[Pairing], seconds: int) -> None:
    now = START + timedelta(seconds=seconds)
    card = score(pairings, now)
    counts = (card.recovered, card.retried, card.lost, card.waiting)
    assert min(counts) >= 0
    assert sum(counts) == card.messages == len(pairings)
    parts = [score([pairing], now) for pairing in pairings]
    for name in ("messages", "recovered", "retried", "lost", "waiting", "duplicates"):
        assert getattr(card, name) == sum(getattr(part, name) for part in parts), name


@laws
@given(st.lists(HITS.map(_pairing), max_size=8))
def test_a_summary_of_pairings_is_the_sum_of_their_verdicts(pairings: list[Pairing]) -> None:
    summary = PairingSummary(by_verdict=dict(Counter(pairing.verdict for pairing in pairings)))
    assert summary.count() == sum(summary.count(verdict) for verdict in Verdict) == len(pairings)


@laws
@given(st.lists(st.tuples(st.floats(0, 600), st.booleans()), min_size=1, max_size=9), st.integers(1, 100))
def test_a_percentile_of_a_pace_has_so_many_at_or_below_it(points: list, percent: int) -> None:
    pace = Pace(points=tuple((START, seconds, failed) for seconds, failed in points), outbound=len(points))
    found = pace.percentile(percent)
    assert found is not None
    assert 100 * sum(seconds <= found for seconds, _ in points) >= percent * len(points)
    assert 100 * sum(seconds < found for seconds, _ in points) < percent * len(points)
    assert pace.failed_share == sum(failed for _, failed in points) / len(points)
