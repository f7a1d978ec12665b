"""Answers that are held back: slots are limited and released, and a wait ends with its time, its sender or the
server."""

import asyncio
from collections.abc import Callable

from app.services import held_answers as waiting
from app.services.held_answers import Ending, HeldAnswers


class OpenSender:
    """A sender that disconnects when the test says so."""

    left: Callable[[], None] | None = None

    def watch(self, left: Callable[[], None] | None) -> None:
        self.left = left


async def test_places_are_limited_by_bin_and_in_all(monkeypatch) -> None:
    monkeypatch.setattr(waiting, "MAX_HELD", 3)
    monkeypatch.setattr(waiting, "MAX_HELD_PER_BIN", 2)
    places = HeldAnswers()
    with places.slot("a") as first, places.slot("a") as second, places.slot("a") as third:
        assert (first, second, third) == (True, True, False)
        with places.slot("b") as fourth, places.slot("b") as fifth:
            assert (fourth, fifth) == (True, False)
            assert places.count == 3
    assert places.count == 0
    with places.slot("a") as again:
        assert again


async def test_a_wait_ends_with_its_time() -> None:
    sender = OpenSender()
    assert await HeldAnswers().wait(0.01, sender) is Ending.OVER
    assert await HeldAnswers().wait(-5, sender) is Ending.OVER
    assert sender.left is None


async def test_a_wait_ends_when_the_sender_leaves() -> None:
    sender = OpenSender()
    wait = asyncio.ensure_future(HeldAnswers().wait(60, sender))
    await asyncio.sleep(0)
    assert sender.left is not None
    sender.left()
    sender.left()
    assert await wait is Ending.LEFT


async def test_a_stop_ends_all_waits_and_those_that_would_begin() -> None:
    places = HeldAnswers()
    waits = [asyncio.ensure_future(places.wait(60, OpenSender())) for _ in range(3)]
    await asyncio.sleep(0)
    places.stop()
    assert await asyncio.gather(*waits) == [Ending.STOPPED] * 3
    assert await places.wait(60, OpenSender()) is Ending.STOPPED
