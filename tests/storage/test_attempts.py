"""The contract of all stores about replays: attempts are stored with their capture, and deleted with it."""

from collections.abc import Callable

import pytest

from app import clock
from app.domain.replays import NewAttempt, Trigger
from app.errors import NotFound
from app.store import Store

from .builders import a_bin, a_capture
from .conftest import until


def an_attempt(n: int, **values: object) -> NewAttempt:
    defaults = {"url": "https://example.net/sms", "sent_at": clock.now(), "status": 200, "ms": 7}
    return NewAttempt(n=n, **defaults | values)


async def test_attempts_come_back_as_they_went_in_under_numbers_of_their_capture(store: Store) -> None:
    bin = await a_bin(store)
    for _ in range(2):
        await store.add_capture(a_capture(bin))
    first = an_attempt(1, content_type="text/xml", body=b"\x00\xff")
    second = an_attempt(1, status=None, error="no response in time", event=3, sent=b"A: b\r\n\r\n{}")
    numbers = [await store.add_attempt(bin.id, new) for new in (first, an_attempt(2), second)]
    assert numbers == [1, 1, 2]
    found = await store.list_attempts(bin.id, 1, limit=10)
    assert [(one.number, one.status, one.error, one.content_type, one.body) for one in found] == [
        (1, 200, None, "text/xml", b"\x00\xff"),
        (2, None, "no response in time", "", b""),
    ]
    assert [(one.event, one.sent_head, one.sent_body) for one in found] == [(None, b"", b""), (3, b"A: b\r\n", b"{}")]
    assert found[0].sent_at == first.sent_at
    assert [one.number for one in await store.list_attempts(bin.id, 1, limit=1)] == [2]


async def test_an_attempt_goes_with_its_capture_and_from_the_disk(
    store: Store, count_rows: Callable[[str], int]
) -> None:
    bin = await a_bin(store)
    for _ in range(2):
        await store.add_capture(a_capture(bin))
        await store.add_attempt(bin.id, an_attempt(1))
    await store.add_attempt(bin.id, an_attempt(2))
    await store.drop_capture(bin.id, 1)
    assert await store.list_attempts(bin.id, 1, limit=10) == []
    await store.drop_captures(bin.id)
    assert await store.list_attempts(bin.id, 2, limit=10) == []
    await store.erase()
    assert count_rows("attempts") == 0


async def test_where_there_is_no_capture_nothing_is_kept(store: Store) -> None:
    bin = await a_bin(store)
    for bin_id in (bin.id, "nobody"):
        with pytest.raises(NotFound):
            await store.add_attempt(bin_id, an_attempt(1))
        assert await store.list_attempts(bin_id, 1, limit=10) == []


async def test_the_attempt_of_a_handler_is_written_soon_and_found_among_others(store: Store) -> None:
    bin = await a_bin(store)
    await store.add_capture(a_capture(bin))
    await store.add_attempt(bin.id, an_attempt(1))
    assert await store.get_handler_attempt(bin.id, 1) is None
    store.note_attempt(bin.id, an_attempt(1, trigger=Trigger.WIRETAP, sent=b"A: b\r\n"))
    store.note_attempt(bin.id, an_attempt(7, trigger=Trigger.WIRETAP))

    async def is_there() -> bool:
        return await store.get_handler_attempt(bin.id, 1) is not None

    await until(store, is_there)
    found = await store.get_handler_attempt(bin.id, 1)
    assert found is not None
    assert (found.number, found.trigger, found.sent) == (2, Trigger.WIRETAP, b"A: b\r\n")
    assert await store.get_handler_attempt(bin.id, 7) is None
