"""Both engines return the same, and a filter has the same hits on both."""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app import clock
from app.domain.captures import FaultHit, Outcome
from app.domain.events import Event
from app.domain.forwards.model import Forward
from app.domain.pairings.model import Verdict
from app.domain.roles import Kind, Role
from app.domain.search import Query, WrongTerm, parse_query, settle
from app.domain.statuses import Status
from app.domain.volume import DAY, HOUR, MINUTE, TimeSpan
from app.storage.log import jobs
from app.storage.log.jobs.forwards import DispatchRecord
from app.storage.reads import filters
from tests.storage.builders import reading_of, scripted
from tests.storage.inside import BIN, Inside

from .two_ledgers import Reads, TwoLedgers, two_ledgers

AT = datetime(2026, 3, 29, 1, 20, 5, 7, tzinfo=clock.now().tzinfo)
# An index has the beginnings of long words and texts.
LONG = "x" * 900
# Texts with what one of the engines might treat in its own way.
TEXTS = (
    "Your code is 482913", "CODE: your Code", "Grüße aus Köln", "GRÜSSE aus KOLN", "İstanbul ıspanak ǆ ẞ ß", "code",
    "a\0b nul \0", "private \ue000 \ue0000 use", "it's 100% \"sure\" \\ a_b & | ! ( ) :* <-> \n\ttab", "Привет мир",
    "日本語 テキスト", "emoji 😀😀 end", f"{LONG} {LONG}y {3 * LONG}z tail", "\u0301 accent e\u0301 é", "１２３ ² ½ Ⅷ",
    "", None,
    "order 5 for you", "order 55 for you", "code " * 300,
)  # fmt: skip
NUMBERS = (
    "+14155550123", "+14155550188", "+447700900123", "24680", "MyBrand", "mybrand", "Zoë's", "ZOË'S", "100%", "a_b",
    "aXb", "😀", f"+1{LONG}", f"+1{LONG}2", "nul\0", "back\\slash",
)  # fmt: skip
MEDIA = ('https://example.net/"', "https://example.net/\\n\\\\", "https://example.net/\t,\\")
ROLES = (Role.PRIMARY, Role.STATUS, Role.FALLBACK)
STATUSES = (Status.SENT, Status.FAILED, Status.DELIVERED, Status.QUEUED)
ANNOTATIONS = {
    1: {"pinned": True, "note": "Called back.", "tags": ("billing", "late")},
    2: {"note": "Köln called", "tags": ("late",)}, 5: {"pinned": True}, 6: {"tags": ("later",)},
}  # fmt: skip


def fill(inside: Inside) -> None:
    for index in range(48):
        text, role = TEXTS[index % len(TEXTS)], ROLES[index % len(ROLES)]
        ends = {"sender": NUMBERS[index % len(NUMBERS)], "recipient": NUMBERS[index * 7 % len(NUMBERS)]}
        # Callbacks about the message before; an id in both cases; ids that are long and differ at their end.
        name = f"{'iD' if index % 3 else 'Id'}-{index // 2}{LONG if index % 11 == 0 else ''}"
        if role is Role.STATUS:
            status = STATUSES[index // 3 % len(STATUSES)]
            final = status in (Status.FAILED, Status.DELIVERED)
            event = Event(
                kind=Kind.STATUS, message_id=name, status=status, raw_status=status.value, final=final,
                error_code="30003" if index % 8 else None, **ends,
            )  # fmt: skip
        else:
            media = MEDIA[: index % 4]
            event = Event(
                kind=Kind.INBOUND, message_id=name, text=text, media=media, status=Status.RECEIVED, final=True, **ends
            )  # fmt: skip
        words = f"{text or ''} field {index} Needle{index % 5}"
        reading = reading_of(event, words=words, findings=("plus_lost", "unknown_role") if index % 9 == 0 else ())
        fault = FaultHit(fault="f", kind="status", said="503", drill="d.1") if index % 10 == 0 else None
        raw_at = AT + timedelta(minutes=7 * index)
        inside.keep(scripted(reading, received_at=raw_at), role, fault=fault)
    for _ in range(3):
        call = Event(kind=Kind.VOICE, message_id="Call-1", sender=NUMBERS[0], recipient=NUMBERS[3])
        for role in (Role.VOICE, Role.VOICE_FALLBACK):
            inside.keep(scripted(reading_of(call), received_at=AT + timedelta(days=2)), role)
    for n in range(1, 30):
        status = 500 if n % 6 == 0 else 200
        inside.settle(n, Outcome(status=status, after_ms=n, sender_left=n % 7 == 0, left_ms=n if n % 7 == 0 else None))
    for n, change in ANNOTATIONS.items():
        inside.annotate(n, **change)


def forward(inside: Inside) -> None:
    states = ("delivered", "retrying", "waiting", "exhausted")
    for at, name in enumerate(("My handler", "ÄRGER 100%")):
        forward = msgspec.json.encode(Forward(name=name, url="https://a.example")).decode()
        records = [
            DispatchRecord(n, states[n % 4], 1, 1, 5 if n % 4 in (1, 2) else None, None, None, None, [])
            for n in range(1 + at, 40, 3)
        ]
        inside.apply(jobs.AddForward(BIN, f"f{at}", 1, forward, "{}", None, 0))
        (result,) = inside.apply(jobs.MarkDispatches(f"f{at}", 2, "{}", 40, records, 0))
        assert result.error is None


def remove(inside: Inside) -> None:
    for n in (13, 14):
        assert inside.drop(n)


@pytest.fixture
async def both(tmp_path, make_database) -> AsyncIterator[TwoLedgers]:
    async with two_ledgers(tmp_path, make_database) as made:
        made.change(fill)
        made.change(forward)
        made.change(remove)
        yield made


# Every kind of term, and words with and without an exact hit.
FIXED = (
    "code", '"your code"', '"code your"', "text~code", "text~needle1", "needle1", "NEEDLE*", "grüße", "grusse*", "koln",
    "KÖLN", "istanbul", "ss", "ß", '"a b"', "nul", "a", "use", "100", "sure", "tab", "привет", "日本*", "テキスト",
    "end", f"{LONG}", f"{LONG}y", f"{LONG[:500]}*", f"{LONG[:250]}*", f"{LONG[:250]}", "tail", "e", "é", "１*", "5",
    '"for you"',
    '"order 5"', '"order 5"*', "-code", "-text~code", "note~called", "note~KOLN*", "-note~called", '"back called"',
    "from:+14155550123", "from:4155550123", "from:+1415*", "from:mybrand", "from:MYBRAND", "from:zoë*", "from:ZOË*",
    "from:100*", 'from:"a_b"', "from:😀", f"from:+1{LONG}", f"from:+1{LONG}*", f"from:+1{LONG[:300]}*", "-from:+1415*",
    "to:+447700900123", "to:24680,+14155550188", 'from:"back\\\\slash"', "id:id-3", "id:ID-3", "id:Id-1*", "id:call-1",
    f"id:id-0{LONG}", f"id:id-0{LONG[:400]}*", "status:failed", "status:failed,delivered", "-status:failed",
    "role:fallback,voice", "kind:voice", "kind:inbound", "provider:ytel", "-provider:ytel", "method:POST",
    "has:plus_lost",
    "has:any", "-has:any", "is:pinned", "is:simulated,pinned", "tag:late", "tag:LATE,none", "tag:bill*", "tag:ate",
    "-tag:late", "signature:unsigned", "result:failed", "result:odd,ok", "forward:failed", "-forward:held", "after:#10",
    'target:"MY handler"', "target:my*", "target:ärger*", "target:ÄRG*", "-target:my*", "target:my*,ä* forward:failed",
    "before:#10", "size:>1", "size:<200", "size:0", "code from:+1415*", "code -note~called is:pinned",
    "needle0,needle1",
    "from:+14155550123 to:24680 -has:any", "text~code status:failed,received",
)  # fmt: skip
_PIECES = st.one_of(
    st.sampled_from(
        ["code", "your", "grüße", "köln", "needle1", "field", "order", "5", "nul", "b", "use", "é", "привет"]
    ),
    st.text("abyzÄßıİ0 \u0301é\ue000", min_size=1, max_size=4),
)
_WORDS = st.builds(
    lambda key, phrase, end, sign: f'{sign}{key}"{" ".join(phrase)}"{end}',
    st.sampled_from(["", "text~", "note~"]), st.lists(_PIECES, min_size=1, max_size=3), st.sampled_from(["", "*"]),
    st.sampled_from(["", "-"]),
)  # fmt: skip
_NUMBERS = st.builds(
    lambda key, number, length, end: f'{key}:"{number[:length]}"{end}',
    st.sampled_from(["from", "to", "id"]), st.sampled_from([number for number in NUMBERS if "\0" not in number]),
    st.integers(1, 260), st.sampled_from(["", "*"]),
)  # fmt: skip
GENERATED = st.lists(st.one_of(_WORDS, _NUMBERS, st.sampled_from(FIXED)), min_size=1, max_size=3).map(" ".join)


def wanted(text: str) -> Query | None:
    """None for what is no filter."""
    try:
        return settle(parse_query(text), clock.now())
    except WrongTerm:
        return None


async def compare(both: TwoLedgers, query: Query) -> int:
    """Compare the hits; returns their number."""
    captures = await both.equal(lambda reads: reads.list_captures(BIN, limit=100, query=query))
    messages = await both.equal(lambda reads: reads.list_messages(BIN, limit=100, query=query))
    return len(captures) + len(messages)


@pytest.mark.parametrize(("few", "indexed"), [(2_000, 20), (3, 500)])
async def test_a_filter_has_the_same_hits(both: TwoLedgers, monkeypatch, few: int, indexed: int) -> None:
    """With some captures in the index, and all; with terms that have few candidates and, with a lower limit, many."""
    monkeypatch.setattr(filters, "FEW", few)
    both.index(indexed)
    hits = {text: await compare(both, query) for text in FIXED if (query := wanted(text)) is not None}
    assert set(FIXED) - set(hits) == set()
    assert sum(map(bool, hits.values())) > 0.8 * len(hits), [text for text, found in hits.items() if not found]


@given(GENERATED)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_any_filter_has_the_same_hits(both: TwoLedgers, text: str) -> None:
    query = wanted(text)
    if query is not None:
        await compare(both, query)
    both.index(10)


async def test_a_filter_counts_and_checks_the_same_rows(both: TwoLedgers) -> None:
    both.index(20)
    numbers = [*range(60)]
    for text in FIXED[::7]:
        query = wanted(text)
        assert query is not None
        await both.equal(lambda reads, query=query: reads.count_captures(BIN, query, 5))
        await both.equal(lambda reads, query=query: reads.list_captures(BIN, limit=9, after=5, upto=40, query=query))
        await both.equal(lambda reads, query=query: reads.matching(BIN, query, numbers))
        await both.equal(lambda reads, query=query: reads.count_matching_messages(BIN, query, 5))
        await both.equal(lambda reads, query=query: reads.matching_messages(BIN, query, numbers))
        await both.equal(lambda reads, query=query: reads.messages_from(BIN, after=3, limit=9, query=query))
        await both.equal(
            lambda reads, query=query: reads.count_intervals(BIN, TimeSpan.up_to(AT + DAY, HOUR, 48), query)
        )


async def test_captures_and_changes_are_the_same(both: TwoLedgers) -> None:
    newest = await both.equal(lambda reads: reads.list_captures(BIN, limit=100))
    assert len(newest) == 52
    assert TEXTS[6] in [row.reading.text for row in newest]
    middle = await both.equal(lambda reads: reads.list_captures(BIN, limit=10, before=30))
    assert [row.n for row in middle] == [*range(29, 19, -1)]
    await both.equal(lambda reads: reads.list_captures(BIN, limit=10, after=10, upto=17))
    captures = await both.equal(lambda reads: reads.get_captures(BIN, range(80)))
    assert len(captures) == 52
    await both.equal(lambda reads: reads.get_rows(BIN, [1, 2, 99]))
    for n in (1, 5, 13, 49, 54):
        await both.equal(lambda reads, n=n: reads.messages_of(BIN, n))
        await both.equal(lambda reads, n=n: reads.list_related(BIN, n, limit=9))
        await both.equal(lambda reads, n=n: reads.repeat_of(BIN, n, 0))
    for minutes in (-1, 0, 100, 10_000):
        at = AT + timedelta(minutes=minutes)
        await both.equal(lambda reads, at=at: reads.first_since(BIN, at))
    changes = await both.equal(lambda reads: reads.changes_after(BIN, 0))
    assert {type(change).__name__ for change in changes} >= {"Captured", "MessageChanged", "Deleted"}
    await both.equal(lambda reads: reads.changes_after(BIN, changes[9].seq, 7))
    await both.equal(lambda reads: reads.unfinished_messages(BIN, [*range(60)]))


async def test_messages_and_conversations_are_the_same(both: TwoLedgers) -> None:
    messages = await both.equal(lambda reads: reads.list_messages(BIN, limit=100))
    assert len(messages) > 30
    await both.equal(lambda reads: reads.list_messages(BIN, limit=5, before=messages[9].seq))
    await both.equal(lambda reads: reads.messages_from(BIN, after=5, limit=10, upto=30))
    await both.equal(lambda reads: reads.last_message_id(BIN))
    for message in messages:
        await both.equal(lambda reads, m=message: reads.get_message(BIN, m.provider, m.message_id))
    conversations = await both.equal(lambda reads: reads.list_conversations(BIN, limit=100))
    assert conversations
    for pair in conversations:
        found = await both.equal(lambda reads, p=pair: reads.list_pair(BIN, p.theirs, p.ours, limit=3))
        last = found[-1]
        await both.equal(lambda reads, p=pair, m=last: reads.list_pair(BIN, p.theirs, p.ours, limit=3, before=m))
    for most in (2, 100):
        await both.equal(lambda reads, most=most: reads.count_messages(BIN, most))
    assert (await both.equal(lambda reads: reads.get_pace(BIN, 100))).outbound


async def test_pairings_are_the_same(both: TwoLedgers) -> None:
    pairings = await both.equal(lambda reads: reads.list_pairings(BIN, limit=100))
    assert any(pairing.voice for pairing in pairings)
    for only in ({Verdict.BOTH_OK}, {Verdict.PRIMARY_ONLY, Verdict.FALLBACK_AFTER_ERROR}):
        await both.equal(lambda reads, only=only: reads.list_pairings(BIN, limit=5, only=only))
    await both.equal(lambda reads: reads.list_pairings(BIN, limit=3, before=pairings[4].id))
    await both.equal(lambda reads: reads.pairings_of(BIN, range(1, 60)))
    assert await both.equal(lambda reads: reads.pairings_of_drill(BIN, "d.1"))
    await both.equal(lambda reads: reads.sum_up_pairings(BIN))


async def test_counts_and_values_are_the_same(both: TwoLedgers) -> None:
    both.index(40)
    assert await both.equal(lambda reads: reads.first_interval(BIN))
    for step, count in ((MINUTE, 60), (HOUR, 48), (DAY, 5)):
        span = TimeSpan.up_to(AT + timedelta(hours=5), step, count)
        assert await both.equal(lambda reads, span=span: reads.count_intervals(BIN, span))
        await both.equal(lambda reads, span=span: reads.recent_counts([BIN], span))
    await both.equal(lambda reads: reads.get_overview(BIN, TimeSpan.up_to(AT + DAY, HOUR, 48)))
    for key in ("from", "id", "status", "role", "has", "is", "result", "tag"):
        await both.equal(lambda reads, key=key: _counted(reads, key))
    for key in ("from", "to", "id"):
        for beginnings in (["+1415"], ["+1415", "24"], ["my"], ["ID-1"], ["call"], ["zoë"], [""]):
            values = await both.equal(lambda reads, k=key, b=beginnings: _offered(reads, k, b, 50))
            assert len(set(values)) == len(values)
            limited = await both.equal(lambda reads, k=key, b=beginnings: _count_offered(reads, k, b))
            assert limited == min(3, len(values)), values


async def _counted(reads: Reads, key: str) -> dict[str, int]:
    return dict(await reads.recent_values(BIN, key, among=30))


async def _offered(reads: Reads, key: str, beginnings: list[str], limit: int) -> list[str]:
    """Values that differ in their case only are one value of the index; on PostgreSQL, those with the same beginning of
    200 characters are one, too."""
    return sorted({value[:200].lower() for value in await reads.values_from(BIN, key, beginnings, limit=limit)})


async def _count_offered(reads: Reads, key: str, beginnings: list[str]) -> int:
    return len(await reads.values_from(BIN, key, beginnings, limit=3))
