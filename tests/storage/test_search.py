"""The results of a filter follow the grammar, whether captures are indexed or not."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, closing
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app import clock
from app.domain.annotations import AnnotationChange
from app.domain.bins import Bin
from app.domain.captures import CaptureRow, NewCapture
from app.domain.roles import Role
from app.domain.search import Candidate, Query, matches, parse_query, settle
from app.providers import recognise
from app.storage.opening import open_store
from app.storage.reads import filters
from app.store import Store

from .builders import a_bin, a_raw
from .conftest import until

REQUESTS = [
    (Role.PRIMARY, "POST", "From=%2B14155550123&To=%2B14155550100&Text=Your+code+is+482913&MessageSid=a1"),
    (Role.PRIMARY, "POST", "From=%2B14155550188&To=%2B14155550100&Text=Gr%C3%BC%C3%9Fe+aus+K%C3%B6ln&MessageSid=a2"),
    (Role.STATUS, "POST", "To=%2B447700900123&From=%2B14155550100&MessageSid=b1&Status=failed&DateSent="),
    (Role.STATUS, "GET", "To=%2B447700900123&From=MyBrand&MessageSid=B2&Status=queued&DateSent="),
    (Role.FALLBACK, "POST", "From=+14155550123&To=%2B14155550100&Text=code+again&MessageSid=a3&Extra=needle"),
    (Role.VOICE, "POST", "From=%2B14155550123&To=%2B14155550100&CallSid=call-1&zipcode=1&wireless=True"),
    (Role.PRIMARY, "PUT", ""),
]
ANNOTATED = {
    1: AnnotationChange(pinned=True, note="Called back.", tags=("billing", "late")),
    2: AnnotationChange(note="Köln called", tags=("late",)),
    5: AnnotationChange(pinned=True),
    6: AnnotationChange(tags=("later",)),
}
QUERIES = [
    "from:+14155550123", "from:4155550123", 'from:"(415) 555-0123"', "from:+1415*", "-from:+1415*", "from:mybrand",
    "to:+447700900123", "to:+44*,+14155550100", "status:failed", "-status:failed", "status:failed,queued",
    "role:status,voice", "kind:inbound", "kind:other", "provider:ytel", "-provider:ytel", "id:a1", "id:b2", "id:B*",
    "method:GET", "has:plus_lost", "has:any", "-has:any", "-has:plus_lost",
    "code", '"your code"', '"code your"', "text~code", "text~needle",
    "needle", "NEEDLE", "need*", "gruße", "koln", "-code", "from:+14155550123 text~code", "after:#3", "before:#3",
    "after:1h", "before:1h", "size:>1", "size:0", "is:simulated", "-is:simulated", "482913 from:+1415*",
    "is:pinned", "-is:pinned", "is:pinned,simulated", "tag:late", "tag:LATE,none", "tag:bill*", "tag:bill", "tag:ate",
    "-tag:late", "note~called", 'note~"called back"', 'note~"back called"', "note~KOLN*", "-note~called", "called",
    "is:pinned tag:late -note~called", "code tag:late", "target:app", "-target:app code",
]  # fmt: skip


async def _filled(store: Store) -> tuple[Bin, list[tuple[CaptureRow, str]]]:
    bin, other = await a_bin(store), await a_bin(store)
    kept = []
    for role, method, said in REQUESTS:
        body, target = (b"", f"/k?{said}") if method == "GET" else (said.encode(), "/k")
        headers = ((b"Content-Type", b"application/x-www-form-urlencoded"),)
        raw = a_raw(body, method=method, target=target, headers=headers)
        for each in (bin, other):
            n = await store.add_capture(NewCapture(bin_id=each.id, role=role, raw=raw))
        kept.append((n, recognise(raw, role).words))
    for n, change in ANNOTATED.items():
        await store.annotate(bin.id, [n], change)
    await store.annotate(other.id, [3, 4], ANNOTATED[1])
    return bin, [((await store.get_capture(bin.id, n)).row, words) for n, words in kept]


def _is_indexed(folder: Path, upto: int) -> bool:
    with closing(sqlite3.connect(f"file:{folder / 'ledger.db'}?mode=ro", uri=True)) as connection:
        rows = connection.execute(
            "select min(n, ?) - indexed_n from spaces where state = 'current'", (upto,)
        ).fetchall()
    return len(rows) > 1 and not any(left for (left,) in rows)


@asynccontextmanager
async def _indexed(folder: Path, monkeypatch, upto: int) -> AsyncIterator[Store]:
    """A store whose index has this number of captures of each bin."""
    monkeypatch.setenv("TEST_INDEXED", str(upto))
    async with open_store(folder) as store:
        yield store


async def _until_indexed(folder: Path, upto: int = 100) -> None:
    async with asyncio.timeout(60):
        while not await asyncio.to_thread(_is_indexed, folder, upto):
            await asyncio.sleep(0.02)


def _candidate(row: CaptureRow, words: str) -> Candidate:
    reading = row.reading
    return Candidate(
        n=row.n, received_at=row.received_at, role=row.role.value, kind=reading.kind.value, method=row.method,
        size=row.size, provider=reading.provider, message_id=reading.message_id, sender=reading.sender,
        recipient=reading.recipient, text=reading.text, status=reading.status, words=words, findings=reading.findings,
        annotation=row.annotation,
    )  # fmt: skip


def _wanted(text: str) -> Query:
    return settle(parse_query(text), clock.now())


@pytest.mark.parametrize("indexed", [0, 5, 100])
@pytest.mark.parametrize("few", [0, 2_000])
async def test_every_term_finds_what_the_grammar_defines(tmp_path: Path, monkeypatch, indexed: int, few: int) -> None:
    """With no, some and all captures in the index; and with terms that have few and, with a lower limit, many ids."""
    monkeypatch.setattr(filters, "FEW", few)
    async with _indexed(tmp_path, monkeypatch, indexed) as store:
        bin, kept = await _filled(store)
        await _until_indexed(tmp_path, indexed)
        for text in QUERIES:
            query = _wanted(text)
            wanted = [row.n for row, words in kept if matches(query, _candidate(row, words))]
            found = [row.n for row in await store.list_captures(bin.id, limit=100, query=query)]
            assert found == wanted[::-1], text
            forward = [row.n for row in await store.list_captures(bin.id, limit=100, after=0, query=query)]
            assert forward == wanted, text
            assert await store.count_captures(bin.id, query, 3) == min(len(wanted), 4), text
            assert await store.matching(bin.id, query, list(range(1, 10))) == set(wanted), text


@pytest.mark.parametrize("few", [0, 2_000])
async def test_messages_are_found_by_the_same_terms(tmp_path: Path, monkeypatch, few: int) -> None:
    monkeypatch.setattr(filters, "FEW", few)
    expected = {
        "from:+14155550123": ["a3", "a1"],
        "to:+447700900123": ["B2", "b1"],
        "from:mybrand": ["B2"],
        "status:failed": ["b1"],
        "kind:status": ["B2", "b1"],
        "-kind:status": ["a3", "a2", "a1"],
        "role:fallback": ["a3"],
        "id:b2": ["B2"],
        "text~code": ["a3", "a1"],
        "needle": ["a3"],
        "text~needle": [],
        "has:plus_lost": ["a3"],
        "has:any": ["a3"],
        "method:GET": ["B2"],
        "size:0": ["B2"],
        "is:pinned": ["a3", "a1"],
        "-is:pinned": ["B2", "b1", "a2"],
        "is:simulated": [],
        "tag:late": ["a2", "a1"],
        "tag:bill*": ["a1"],
        "note~called -tag:billing": ["a2"],
    }
    async with _indexed(tmp_path, monkeypatch, 3) as store:
        bin, _ = await _filled(store)
        await _until_indexed(tmp_path, 3)
        for text, ids in expected.items():
            found = await store.list_messages(bin.id, limit=100, query=_wanted(text))
            assert [message.message_id for message in found] == ids, text
            assert await store.count_matching_messages(bin.id, _wanted(text), 2) == min(len(ids), 3), text
            everything = await store.list_messages(bin.id, limit=100)
            rows = await store.matching_messages(bin.id, _wanted(text), [message.id for message in everything])
            assert rows == {message.id for message in found}, text


async def test_what_is_deleted_is_not_found_and_leaves_the_index(
    store: Store, read_ledger: Callable[[str], list[tuple]]
) -> None:
    bin, _ = await _filled(store)
    async with asyncio.timeout(60):
        while await asyncio.to_thread(read_ledger, "select count(*) from search") != [(2 * len(REQUESTS),)]:
            await asyncio.sleep(0.02)
    assert len(await store.list_captures(bin.id, limit=10, query=_wanted("needle"))) == 1
    await store.drop_capture(bin.id, 5)
    assert await store.list_captures(bin.id, limit=10, query=_wanted("needle")) == []
    await store.drop_captures(bin.id)
    assert await store.list_captures(bin.id, limit=10, query=_wanted("code")) == []

    async def is_erased() -> bool:
        return await asyncio.to_thread(read_ledger, "select count(*) from spaces where state = 'gone'") == [(0,)]

    await until(store, is_erased)
    # Those of the other bin.
    assert read_ledger("select count(*) from parties") == [(12,)]
    assert read_ledger("select count(*) from search") == [(len(REQUESTS),)]


_TERMS = st.lists(st.sampled_from(QUERIES), min_size=1, max_size=4)


@given(_TERMS)
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_terms_together_are_an_and(store: Store, terms: list[str]) -> None:
    bins = await store.list_bins(limit=2)
    bin = bins[-1] if bins else (await _filled(store))[0]
    found = [
        {row.n for row in await store.list_captures(bin.id, limit=100, query=_wanted(text))}
        for text in (" ".join(terms), *terms)
    ]
    assert found[0] == set.intersection(*found[1:])
