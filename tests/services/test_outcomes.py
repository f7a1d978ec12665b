"""Outcomes: gathered, written together, told to the viewers, and never in anybody's way."""

import asyncio
from collections.abc import Sequence

from app.domain.captures import NewOutcome, Outcome
from app.errors import StoreUnavailable
from app.live.hub import Hub
from app.services.outcomes import Outcomes

DONE = Outcome(status=200, after_ms=1)


class Writes:
    """The one method of the store that is used."""

    def __init__(self, error: Exception | None = None) -> None:
        self.jobs: list[Sequence[NewOutcome]] = []
        self.error = error

    def set_outcomes(self, outcomes: Sequence[NewOutcome]) -> asyncio.Future[None]:
        if self.error is not None:
            raise self.error
        self.jobs.append(outcomes)
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        future.set_result(None)
        return future


async def test_what_comes_together_is_written_together_and_rings_once_a_bin() -> None:
    store, hub = Writes(), Hub()
    outcomes = Outcomes(store, hub)
    with hub.listen("a") as first, hub.listen("b") as second:
        for n in range(1, 4):
            outcomes.note("a", n, DONE)
        outcomes.note("b", 1, DONE)
        assert await first.wait(5)
        assert await second.wait(5)
    assert [[(new.bin_id, new.n) for new in job] for job in store.jobs] == [[("a", 1), ("a", 2), ("a", 3), ("b", 1)]]


async def test_a_store_that_refuses_costs_the_outcome_and_nothing_else() -> None:
    outcomes = Outcomes(Writes(StoreUnavailable("full")), Hub())
    outcomes.note("a", 1, DONE)
    outcomes.write()
    outcomes.write()


async def test_what_is_gathered_at_the_end_is_written_at_once() -> None:
    store = Writes()
    outcomes = Outcomes(store, Hub())
    outcomes.note("a", 1, DONE)
    outcomes.write()
    assert len(store.jobs) == 1
