"""Answers that wait: places are few and come back, and a wait ends with its time, its sender or the server."""

import asyncio
from collections.abc import Callable

from app.services import waits as waiting
from app.services.waits import Ending, Waiting


class Somebody:
    """A sender whose hanging up is ours to say."""

    left: Callable[[], None] | None = None

    def watch(self, left: Callable[[], None] | None) -> None:
        self.left = left


async def test_places_are_limited_by_bin_and_in_all(monkeypatch) -> None:
    monkeypatch.setattr(waiting, "MOST", 3)
    monkeypatch.setattr(waiting, "MOST_OF_BIN", 2)
    places = Waiting()
    with places.place("a") as first, places.place("a") as second, places.place("a") as third:
        assert (first, second, third) == (True, True, False)
        with places.place("b") as fourth, places.place("b") as fifth:
            assert (fourth, fifth) == (True, False)
            assert places.count == 3
    assert places.count == 0
    with places.place("a") as again:
        assert again


async def test_a_wait_ends_with_its_time() -> None:
    sender = Somebody()
    assert await Waiting().wait(0.01, sender) is Ending.OVER
    assert await Waiting().wait(-5, sender) is Ending.OVER
    assert sender.left is None


async def test_a_wait_ends_when_the_sender_leaves() -> None:
    sender = Somebody()
    wait = asyncio.ensure_future(Waiting().wait(60, sender))
    await asyncio.sleep(0)
    assert sender.left is not None
    sender.left()
    sender.left()
    assert await wait is Ending.LEFT


async def test_a_stop_ends_all_waits_and_those_that_would_begin() -> None:
    places = Waiting()
    waits = [asyncio.ensure_future(places.wait(60, Somebody())) for _ in range(3)]
    await asyncio.sleep(0)
    places.stop()
    assert await asyncio.gather(*waits) == [Ending.STOPPED] * 3
    assert await places.wait(60, Somebody()) is Ending.STOPPED
