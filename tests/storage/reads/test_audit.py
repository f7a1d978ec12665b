"""The audit log through the store: the contract of `AuditStore`."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from app import clock
from app.domain.audit import AuditEntry, AuditFilter, AuditResult
from app.storage.reads.audit import HANDLED
from app.store import Store
from tests.storage.builders import a_bin

AT = datetime(2026, 11, 29, 12, 0, tzinfo=UTC)


def entry(id: str, **fields: object) -> AuditEntry:
    made = AuditEntry(
        id=id, at=AT, last_at=AT, who="me", via="bearer", peer="::1", action="bin.create", bin="b", bin_name="Bin 1",
        facts={"name": "A"}, status=201, result=AuditResult.DONE, times=2,
    )  # fmt: skip
    return replace(made, **fields)


async def ids(store: Store, wanted: AuditFilter | None = None, **bounds: int) -> str:
    found = await store.list_audit_entries(wanted or AuditFilter(), **{"limit": 100, **bounds})
    return "".join(each.id for each in found)


async def test_an_entry_comes_back_as_it_went_in(store: Store) -> None:
    for given in (entry("a"), entry("b", who=None, peer=None, bin=None, bin_name=None, status=None, result=None)):
        await store.put_audit_entry(given)
        (kept,) = await store.list_audit_entries(AuditFilter(), limit=1)
        assert replace(kept, number=0) == given
    later = AT + timedelta(hours=1)
    await store.put_audit_entry(entry("a", at=later, last_at=later, times=3))
    (kept,) = await store.list_audit_entries(AuditFilter(), limit=9, before=2)
    assert kept == entry("a", last_at=later, times=3, number=1)


async def test_lists_page_by_number_in_both_directions(store: Store) -> None:
    for id in "abcdef":
        await store.put_audit_entry(entry(id))
    assert await ids(store, limit=2) == "fe"
    assert await ids(store, limit=2, before=5) == "dc"
    assert await ids(store, limit=2, after=0) == "ab"
    assert await ids(store, limit=9, after=4) == "ef"
    assert await ids(store, after=6) == await ids(store, before=1) == ""


async def test_each_filter_selects(store: Store) -> None:
    await store.put_audit_entry(entry("a", who="x", action="bin.delete"))
    await store.put_audit_entry(entry("b", bin="other", action="binary.do"))
    await store.put_audit_entry(entry("c", result=AuditResult.REFUSED, at=AT + timedelta(seconds=1)))
    for wanted, found in (
        (AuditFilter(who="x"), "a"), (AuditFilter(action="bin"), "ca"), (AuditFilter(action="bin.delete"), "a"),
        (AuditFilter(bin="other"), "b"), (AuditFilter(result=AuditResult.REFUSED), "c"),
        (AuditFilter(since=AT + timedelta(seconds=1)), "c"), (AuditFilter(until=AT + timedelta(seconds=1)), "ba"),
        (AuditFilter(who="x", bin="other"), ""),
    ):  # fmt: skip
        assert await ids(store, wanted) == found
        assert await ids(store, wanted, after=0) == found[::-1]


async def test_a_reader_that_continues_does_not_pass_a_request_that_is_being_handled(store: Store) -> None:
    now = clock.now()
    await store.put_audit_entry(entry("a"))
    await store.put_audit_entry(entry("b", at=now, result=None))
    await store.put_audit_entry(entry("c"))
    assert (await ids(store, after=0), await ids(store)) == ("a", "cba")
    await store.put_audit_entry(entry("b", at=now))
    assert await ids(store, after=0) == "abc"
    # One that was cut off has no result for ever.
    await store.put_audit_entry(entry("d", at=now - HANDLED - timedelta(seconds=1), result=None))
    await store.put_audit_entry(entry("e"))
    assert await ids(store, after=3) == "de"


async def test_the_first_write_is_committed_with_the_entry(store: Store) -> None:
    begun = entry("a", status=None, result=None)
    with store.attach_audit_entry(begun) as attachment:
        assert not attachment.is_written
        await a_bin(store)
        await a_bin(store)
    assert attachment.is_written
    assert await ids(store) == "a"
    with store.attach_audit_entry(entry("b")) as attachment:
        await store.all_bins()
    assert not attachment.is_written
    assert await ids(store) == "a"


@pytest.mark.parametrize(("before", "left"), [(None, "ba"), (AT + timedelta(seconds=1), "b")])
async def test_trimming_deletes_in_steps_until_nothing_is_left(store: Store, before, left: str) -> None:
    await store.put_audit_entry(entry("a"))
    await store.put_audit_entry(entry("b", at=AT + timedelta(seconds=1)))
    while await store.trim_audit_log(before=before, most=2, most_unknown=0):
        pass
    assert await ids(store) == left
