"""The preview of a mapping: the last requests, bounded, with and without it; and the status words in them."""

from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import urlencode

import pytest

from app.domain.mappings import read_mapping
from app.domain.statuses import Status, Word
from app.providers.custom import CustomReader
from app.services import mapping_preview
from app.services.mapping_preview import MAX_SAMPLED_BYTES, SAMPLED, read_recent, words_of
from app.storage.opening import open_store
from app.store import Store
from tests.storage.builders import a_bin, a_capture

FORM = ((b"Content-Type", b"application/x-www-form-urlencoded"),)


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    async with open_store(tmp_path) as opened:
        yield opened


def a_reader(**statuses: str) -> CustomReader:
    words = ",".join(f'"{word}": "{status}"' for word, status in statuses.items())
    fields = '{"id": ["ref", "zq"], "status": "state"}'
    return CustomReader(read_mapping(f'{{"name": "Acme", "fields": {fields}, "statuses": {{{words}}}}}'))


async def keep(store: Store, bin: object, **fields: str) -> None:
    await store.add_capture(a_capture(bin, body=urlencode(fields).encode(), headers=FORM))


async def test_requests_are_parsed_with_and_without_the_mapping_newest_first(store: Store) -> None:
    bin = await a_bin(store)
    await keep(store, bin, zq="m1", state="1")
    await keep(store, bin, other="x")
    second, first = await read_recent(store, bin, a_reader())
    assert [row.capture.row.n for row in (second, first)] == [2, 1]
    assert (first.is_mapped, first.reading.message_id, first.usual.message_id) == (True, "m1", None)
    assert (second.is_mapped, second.reading) == (False, second.usual)
    assert [row.is_mapped for row in await read_recent(store, bin, None)] == [False, False]


async def test_words_are_counted_with_their_meanings(store: Store) -> None:
    bin = await a_bin(store)
    for state in ("7", "odd", "7", "sent", "delivered"):
        await keep(store, bin, ref="m1", state=state)
    reader = a_reader(**{"7": "failed", "delivered": "sent"})
    words = words_of(await read_recent(store, bin, reader), reader)
    assert [(word.text, word.count, word.word) for word in words] == [
        ("7", 2, Word(Status.FAILED, True)),
        ("delivered", 1, Word(Status.SENT)),
        ("odd", 1, None),
        ("sent", 1, Word(Status.SENT)),
    ]


@pytest.mark.parametrize(("most", "seen"), [(3, 3), (2, 2)])
async def test_so_many_requests_are_sampled(
    store: Store, monkeypatch: pytest.MonkeyPatch, most: int, seen: int
) -> None:
    bin = await a_bin(store)
    for _ in range(3):
        await keep(store, bin, ref="m")
    monkeypatch.setattr(mapping_preview, "SAMPLED", most)
    assert len(await read_recent(store, bin, None)) == seen
    assert SAMPLED >= mapping_preview.PREVIEWED


async def test_the_bodies_of_a_sample_have_so_many_bytes_together(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    bin = await a_bin(store)
    for text in ("a", "b" * 90, "c"):
        await keep(store, bin, ref=text)
    monkeypatch.setattr(mapping_preview, "MAX_SAMPLED_BYTES", 20)
    assert [row.capture.row.n for row in await read_recent(store, bin, None)] == [3]
    monkeypatch.setattr(mapping_preview, "MAX_SAMPLED_BYTES", MAX_SAMPLED_BYTES)
    assert len(await read_recent(store, bin, None)) == 3
