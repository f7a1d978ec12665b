"""Completions in a bin: keys, known values with those that occur in front, and numbers and ids that occur."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from app import clock
from app.domain.annotations import AnnotationChange
from app.domain.bins import Bin
from app.domain.captures import NewCapture
from app.domain.forwards.model import Forward
from app.domain.roles import Role
from app.domain.search import KEYS, VALUES
from app.errors import NotFound
from app.services.completions import complete_in
from app.storage.opening import open_store
from app.store import Store
from tests.storage.builders import a_bin, a_raw

FORM = ((b"Content-Type", b"application/x-www-form-urlencoded"),)


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    async with open_store(tmp_path) as opened:
        yield opened


async def _filled(store: Store) -> Bin:
    bin = await a_bin(store)
    for text in (
        b"MessageSid=a1&Status=failed&From=ACME+Inc&To=%2B447700900101&DateSent=",
        b"MessageSid=a2&Status=failed&From=ACME+Inc&To=%2B447700900102&DateSent=",
        b"MessageSid=a3&Status=queued&From=%2B14155550100&To=%2B447700900101&DateSent=",
    ):
        await store.add_capture(NewCapture(bin_id=bin.id, role=Role.STATUS, raw=a_raw(text, headers=FORM, target="/k")))
    await store.get_capture(bin.id, 1)
    return bin


async def offered(store: Store, bin: Bin, text: str) -> list[tuple[str, int | None]]:
    found = await complete_in(store, bin.id, text, len(text))
    return [(choice.offer.insert, choice.count) for choice in found.choices]


async def test_values_that_occur_come_first_with_their_counts(store: Store) -> None:
    bin = await _filled(store)
    statuses = await offered(store, bin, "status:")
    assert statuses[:2] == [("failed", 2), ("queued", 1)]
    assert {name for name, _ in statuses} == set(VALUES["status"])
    assert all(count is None for _, count in statuses[2:])
    assert await offered(store, bin, "-status:q") == [("queued", 1)]
    assert (await offered(store, bin, "role:"))[0] == ("status", 3)


async def test_numbers_names_and_ids_are_those_of_the_bin(store: Store) -> None:
    bin, other = await _filled(store), await a_bin(store)
    assert await offered(store, bin, "from:") == [('"ACME Inc"', 2), ("+14155550100", 1)]
    assert await offered(store, bin, "from:ac") == [('"ACME Inc"', 2)]
    assert await offered(store, bin, "from:415") == [("+14155550100", 1)]
    assert await offered(store, bin, "to:+44") == [("+447700900101", 2), ("+447700900102", 1)]
    assert await offered(store, bin, "to:+447700900101,") == [("+447700900102", 1)]
    assert sorted(await offered(store, bin, "id:")) == [("a1", 1), ("a2", 1), ("a3", 1)]
    assert await offered(store, bin, "id:A2") == []
    assert await offered(store, other, "from:") == []


async def test_tags_are_those_of_the_newest_annotated_captures(store: Store, monkeypatch) -> None:
    bin, other = await _filled(store), await a_bin(store)
    for numbers, tags in (([1], ("late", "vip")), ([2], ("late",)), ([3], ())):
        await store.annotate(bin.id, numbers, AnnotationChange(pinned=True, tags=tags))
    await store.get_capture(bin.id, 1)
    assert await offered(store, bin, "tag:") == [("late", None), ("vip", None)]
    assert await offered(store, bin, "tag:late,") == [("vip", None)]
    assert await offered(store, bin, "-tag:V") == [("vip", None)]
    assert await offered(store, other, "tag:") == []
    monkeypatch.setattr("app.services.completions.COUNTED", 2)
    assert await offered(store, bin, "tag:") == [("late", None)]


async def test_forwards_are_offered_by_their_names(store: Store) -> None:
    bin, other = await _filled(store), await a_bin(store)
    for name in ("My app", "billing", "My app"):
        forward = Forward(name=name, url="https://example.net/sms")
        await store.add_forward(bin.id, clock.new_id(), forward, secret=None, position=None)
    assert await offered(store, bin, "target:") == [('"My app"', None), ("billing", None)]
    assert await offered(store, bin, "-target:billing,my") == [('"My app"', None)]
    assert await offered(store, other, "target:") == []


async def test_a_value_that_is_not_among_the_newest_comes_from_the_index(store: Store, monkeypatch) -> None:
    monkeypatch.setattr("app.services.completions.COUNTED", 1)
    bin = await _filled(store)
    assert await offered(store, bin, "id:") == [("a3", 1)]
    assert await offered(store, bin, "id:a") == [("a3", 1), ("a1", None), ("a2", None)]


async def test_keys_examples_and_nothing(store: Store) -> None:
    bin = await _filled(store)
    assert await offered(store, bin, "") == [(key, None) for key in KEYS]
    assert await offered(store, bin, "undel") == [("status:undelivered", None)]
    assert await offered(store, bin, "after:1h") == []
    assert await offered(store, bin, "size:>") == [(">1KiB", None)]
    nothing = await complete_in(store, bin.id, '"your co', 8)
    assert (nothing.start, nothing.end, nothing.choices) == (8, 8, ())


async def test_an_unknown_bin_is_not_found(store: Store) -> None:
    with pytest.raises(NotFound):
        await complete_in(store, "nobody", "status:", 7)
