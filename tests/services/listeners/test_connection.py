"""A listener in this process: what is written of it and when, and what counts of a connection."""

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from app.domain.listeners import ListenerChoice, ListenerProgress, SentCapture
from app.errors import StoreUnavailable
from app.services.listeners import connection as module
from app.services.listeners.answering import ProgramAnswer
from app.services.listeners.connection import ConnectionEnd

from .conftest import Listening

OK = ProgramAnswer(status=200, ms=31, headers=((b"Content-Type", b"text/xml"),), body=b"<Response/>")


class Marks:
    """The marks that were written; the next `fails` fail."""

    def __init__(self, listening: Listening, monkeypatch: pytest.MonkeyPatch) -> None:
        self.seen: list[Any] = []
        self.fails = 0
        self.changed = asyncio.Condition()
        store = listening.place.store
        real = store.mark_listener

        async def mark(bin_id: str, name: str, marks: Any) -> None:
            if self.fails:
                self.fails -= 1
                raise StoreUnavailable("planted")
            await real(bin_id, name, marks)
            async with self.changed:
                self.seen.append(marks)
                self.changed.notify_all()

        monkeypatch.setattr(store, "mark_listener", mark)

    async def until(self, **wanted: object) -> None:
        """Until the last mark has these values."""
        async with asyncio.timeout(60), self.changed:
            await self.changed.wait_for(
                lambda: self.seen and {name: getattr(self.seen[-1].progress, name) for name in wanted} == wanted
            )


@pytest.fixture
def marks(listening: Listening, monkeypatch: pytest.MonkeyPatch) -> Marks:
    return Marks(listening, monkeypatch)


async def test_what_happens_within_a_moment_is_one_write(
    listening: Listening, marks: Marks, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert module.GATHER_S <= 0.1
    monkeypatch.setattr(module, "GATHER_S", 0.5)
    await listening.capture(3)
    laptop = await listening.connect()
    assert await listening.taken(laptop) == [(1, 1), (2, 1), (3, 1)]
    for n in (1, 2, 3):
        laptop.answered(n, OK)
        laptop.acknowledge(n)
    await marks.until(cursor=3)
    assert [len(each.attempts) for each in marks.seen] == [3]
    stored = await listening.stored()
    assert (stored.progress, stored.last.n, stored.last.status) == (ListenerProgress(cursor=3), 3, 200)
    (attempt,) = await listening.place.store.list_attempts(listening.place.bin.id, 2, limit=9)
    assert (attempt.listener, attempt.status, attempt.body, attempt.content_type, attempt.url) == (
        "laptop", 200, b"<Response/>", "text/xml", "",
    )  # fmt: skip


async def test_what_could_not_be_written_is_written_later(
    listening: Listening, marks: Marks, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert module.AGAIN_S >= 0.5
    monkeypatch.setattr(module, "AGAIN_S", 0.0)
    await listening.capture()
    laptop = await listening.connect()
    await listening.taken(laptop)
    marks.fails = 2
    laptop.answered(1, OK)
    laptop.acknowledge(1)
    await marks.until(cursor=1)
    assert (await listening.errors(1)) == [None]


async def test_no_more_is_sent_while_many_results_are_not_written(
    listening: Listening, marks: Marks, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "UNSTORED", 2)
    monkeypatch.setattr(module, "AGAIN_S", 0.0)
    await listening.capture(4)
    laptop = await listening.connect()
    marks.fails = 10**6
    for n in (1, 2):
        assert (await laptop.take()).n == n
        laptop.answered(n, OK)
        laptop.acknowledge(n)
    woken = asyncio.Event()
    laptop.wake = woken.set
    assert await laptop.take() is None
    marks.fails = 0
    async with asyncio.timeout(60):
        while await laptop.take() is None:
            await woken.wait()
            woken.clear()


async def test_a_cursor_that_only_passes_captures_is_written_after_many(
    listening: Listening, marks: Marks, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MAX_UNWRITTEN", 3)
    laptop = await listening.connect(choice=ListenerChoice(filter="size:>99"))
    await marks.until(cursor=0)
    await listening.capture(2)
    assert await laptop.take() is None
    await listening.capture(1)
    assert await laptop.take() is None
    await marks.until(cursor=3)
    assert len(marks.seen) == 2


async def test_only_the_first_answer_to_a_capture_in_flight_counts(listening: Listening) -> None:
    await listening.capture(2)
    laptop = await listening.connect()
    laptop.answered(1, OK)
    assert await listening.taken(laptop) == [(1, 1), (2, 1)]
    laptop.answered(1, ProgramAnswer(status=None, ms=3, error="refused"))
    laptop.answered(1, OK)
    laptop.acknowledge(1)
    laptop.answered(1, OK)
    await listening.listeners.close()
    assert await listening.errors(1) == ["refused"]


async def test_what_comes_over_a_connection_that_was_taken_over_does_not_count(listening: Listening) -> None:
    await listening.capture(2)
    old = await listening.connect()
    assert await listening.taken(old) == [(1, 1), (2, 1)]
    old.acknowledge(2)
    new = await listening.connect(None)
    assert (old.end, new.end, new.has_replaced, old.has_replaced) == (ConnectionEnd.REPLACED, None, True, False)
    assert new.stored.progress == ListenerProgress(cursor=0, sent=(SentCapture(1, 1), SentCapture(2, 1, True)))
    old.acknowledge(1)
    old.answered(1, OK)
    assert await old.take() is None
    assert await listening.taken(new) == [(1, 2)]
    old.left()
    assert (await listening.status()).in_flight == 1


async def test_what_is_no_request_or_was_sent_around_is_passed_and_its_attempt_says_why(listening: Listening) -> None:
    place = listening.place
    await place.capture(refused="a bad line", headers=(), method="", target="", http_version="")
    await place.capture(headers=((b"X-Smsbin-Hops", b"3"),))
    await place.capture()
    await place.rows()
    laptop = await listening.connect()
    assert await listening.taken(laptop) == [(3, 1)]
    assert laptop.progress.cursor == 2
    laptop.refuse(3, "its headers are too long")
    await listening.listeners.close()
    assert await listening.errors(1) == ["not sent: it is not valid HTTP"]
    assert await listening.errors(2) == [
        "not sent: it has passed 3 instances of smsbin already: they send to each other"
    ]
    assert await listening.errors(3) == ["not sent: its headers are too long"]
    assert (await listening.stored()).progress.cursor == 3


async def test_a_damaged_capture_is_not_sent(listening: Listening, monkeypatch: pytest.MonkeyPatch) -> None:
    await listening.capture()
    store = listening.place.store
    real = store.get_capture

    async def damaged(*args: Any, **kwargs: Any) -> Any:
        return replace(await real(*args, **kwargs), damaged=True)

    monkeypatch.setattr(store, "get_capture", damaged)
    laptop = await listening.connect()
    assert await laptop.take() is None
    await listening.listeners.close()
    assert "SHA-256 differs" in ((await listening.errors(1))[0] or "")
