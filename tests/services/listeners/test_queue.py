"""What a listener gets next: in order, what matches, and nothing twice."""

import pytest

from app.domain.listeners import ListenerChoice, ListenerProgress, SentCapture
from app.errors import NotFound
from app.services.listeners import queue
from app.services.listeners.queue import ListenerQueue

from .conftest import EVERYTHING, Listening

NEW = ListenerProgress(cursor=0)


def a_queue(listening: Listening, progress: ListenerProgress = NEW, **choice: object) -> ListenerQueue:
    place = listening.place
    return ListenerQueue(place.store, place.bin.id, ListenerChoice(**choice) if choice else EVERYTHING, progress)


async def taken(waiting: ListenerQueue) -> list[tuple[int, int]]:
    found = []
    while (outgoing := await waiting.take()) is not None:
        found.append((outgoing.n, outgoing.attempt))
    return found


async def test_the_cursor_only_passes_what_is_acknowledged_or_does_not_match(listening: Listening) -> None:
    for body in (b"keep", b"x", b"keep", b"keep", b"x"):
        await listening.capture(body=body)
    waiting = a_queue(listening, filter="size:>2")
    assert await taken(waiting) == [(1, 1), (3, 1), (4, 1)]
    assert waiting.progress == ListenerProgress(
        cursor=0, sent=(SentCapture(1, 1), SentCapture(3, 1), SentCapture(4, 1))
    )  # fmt: skip
    waiting.acknowledge(3)
    assert waiting.progress.sent[1] == SentCapture(3, 1, True)
    waiting.acknowledge(1)
    assert waiting.progress == ListenerProgress(cursor=3, sent=(SentCapture(4, 1),))
    waiting.acknowledge(4)
    waiting.acknowledge(4)
    assert waiting.progress == ListenerProgress(cursor=5)
    await listening.capture(body=b"x")
    assert await taken(waiting) == []
    assert waiting.progress == ListenerProgress(cursor=6)


async def test_a_new_connection_gets_again_what_is_not_acknowledged(listening: Listening) -> None:
    await listening.capture(4)
    sent = (SentCapture(2, 3), SentCapture(3, 1, True))
    assert await taken(a_queue(listening, ListenerProgress(cursor=1, sent=sent))) == [(2, 4), (4, 1)]


async def test_a_narrower_filter_passes_what_was_sent_before(listening: Listening) -> None:
    await listening.capture(2)
    waiting = a_queue(listening, ListenerProgress(cursor=0, sent=(SentCapture(1, 1),)), filter="size:>99")
    assert await taken(waiting) == []
    assert waiting.progress == ListenerProgress(cursor=2)


async def test_a_deleted_capture_is_passed_and_a_deleted_bin_is_an_error(listening: Listening) -> None:
    await listening.capture(3)
    place = listening.place
    waiting = a_queue(listening)
    assert (await waiting.take()).n == 1
    await place.store.drop_capture(place.bin.id, 2)
    assert await taken(waiting) == [(3, 1)]
    for n in (1, 3):
        waiting.acknowledge(n)
    assert waiting.progress == ListenerProgress(cursor=3)
    await place.store.drop_bin(place.bin.id)
    with pytest.raises(NotFound):
        await waiting.take()


async def test_only_numbers_are_read_ahead(listening: Listening, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queue, "SCANNED", 3)
    await listening.capture(7)
    waiting = a_queue(listening)
    for n in range(1, 8):
        assert (await waiting.take()).n == n
        assert len(waiting._waiting) < 3
    assert await waiting.take() is None


async def test_the_last_one_is_sent_again_if_it_is_acknowledged(listening: Listening) -> None:
    waiting = a_queue(listening, filter="size:>2")
    waiting.repeat_last()
    assert await taken(waiting) == []
    await listening.capture(2)
    await listening.capture(body=b"x")
    assert await taken(waiting) == [(1, 1), (2, 1)]
    waiting.repeat_last()
    assert await taken(waiting) == []
    for n in (1, 2):
        waiting.acknowledge(n)
    waiting.repeat_last()
    again = await waiting.take()
    assert (again.n, again.attempt, again.trigger.value) == (2, 2, "manual")
    assert (waiting.progress, waiting.in_flight) == (ListenerProgress(cursor=3), 1)
    waiting.acknowledge(2)
    assert waiting.in_flight == 0
    waiting.repeat_last()
    assert await taken(waiting) == [(2, 3)]
    fresh = a_queue(listening, ListenerProgress(cursor=3), filter="size:>2")
    fresh.repeat_last()
    assert await taken(fresh) == [(2, 2)]
