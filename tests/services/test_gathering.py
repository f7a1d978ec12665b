"""Writes that share a commit."""

import asyncio

from app.errors import StoreUnavailable
from app.services.gathering import GatheredWrites


class Written:
    """What was written; the first `fails` writes fail."""

    def __init__(self, fails: int = 0) -> None:
        self.waiting: list[int] = []
        self.batches: list[list[int]] = []
        self.fails = fails
        self.changed = asyncio.Event()
        self.writes = GatheredWrites(self.write, self.then, name="test", gather_s=0.0, again_s=0.0)

    def add(self, number: int) -> None:
        self.waiting.append(number)
        self.writes.soon()

    async def write(self) -> None:
        if self.fails:
            self.fails -= 1
            raise StoreUnavailable("planted")
        if self.waiting:
            self.batches.append(self.waiting)
            self.waiting = []

    def then(self) -> None:
        if self.waiting:
            self.writes.soon()
        self.changed.set()

    async def all_written(self) -> None:
        async with asyncio.timeout(60):
            while self.waiting:
                self.changed.clear()
                await self.changed.wait()


async def test_what_comes_together_is_written_together() -> None:
    written = Written()
    for number in range(3):
        written.add(number)
    await written.all_written()
    written.add(3)
    await written.all_written()
    assert written.batches == [[0, 1, 2], [3]]


async def test_what_could_not_be_written_is_written_later() -> None:
    written = Written(fails=2)
    written.add(1)
    await written.all_written()
    assert written.batches == [[1]]


async def test_the_end_writes_what_is_left_and_survives_a_store_that_is_gone() -> None:
    written = Written()
    written.add(1)
    written.waiting.append(2)
    await written.writes.finish()
    assert written.batches == [[1, 2]]
    written.waiting.append(3)
    written.fails = 1
    await written.writes.finish()
    assert written.batches == [[1, 2]]
