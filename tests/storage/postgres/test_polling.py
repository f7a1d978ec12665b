"""Polling finds what no notice has told."""

from collections.abc import Mapping, Sequence

import pytest

from app.errors import NotReadable
from app.storage.log.results import LogPosition
from app.storage.postgres import polling as module
from app.storage.postgres.polling import POLL_ALONE_S, POLL_S, SHARE, Polling


class Reads:
    """What the database has now."""

    def __init__(self) -> None:
        self.rows: dict[str, Sequence[tuple[object, ...]]] = {"all_marks": [], "all_seqs": []}
        self.is_away = False

    async def all(self, query: str, _: Mapping[str, object]) -> Sequence[tuple[object, ...]]:
        if self.is_away:
            raise NotReadable("away")
        return self.rows[query]


class Polled:
    def __init__(self) -> None:
        self.reads = Reads()
        self.grew: list[Sequence[LogPosition]] = []
        self.changed: list[str] = []
        self.is_listening = True
        self.polling = Polling(
            self.reads, self.reads, self.grew.append, self.changed.append, lambda: self.is_listening  # type: ignore[arg-type]
        )  # fmt: skip

    async def step(self, **seqs: int) -> list[str]:
        """The bins that have changed if the ledger has these."""
        self.reads.rows["all_seqs"] = list(seqs.items())
        self.changed.clear()
        await self.polling.step()
        return sorted(self.changed)


@pytest.fixture
def polled() -> Polled:
    return Polled()


async def test_each_poll_has_the_positions_of_all_bins(polled: Polled) -> None:
    polled.reads.rows["all_marks"] = [(1, 2, 3, 4, 5, 6), (7, 0, 0, 0, 0, 0)]
    for _ in range(2):
        await polled.polling.step()
    assert polled.grew == [[LogPosition(1, 2, 3, 4, 5, 6), LogPosition(7, 0, 0, 0, 0, 0)]] * 2


async def test_a_ledger_that_has_changed_is_found_and_the_first_poll_is_only_remembered(polled: Polled) -> None:
    assert await polled.step(a=1, b=1) == []
    assert await polled.step(a=1, b=1) == []
    assert await polled.step(a=1, b=2, c=1) == ["b", "c"]
    # A rebuilt ledger may have a lower number.
    assert await polled.step(a=1, b=1, c=1) == ["b"]
    assert await polled.step(a=1, c=1) == ["b"]


async def test_what_has_changed_while_the_database_was_away_is_found_later(polled: Polled) -> None:
    await polled.step(a=1)
    polled.reads.is_away = True
    assert await polled.step(a=2) == []
    assert await polled.polling.step() == POLL_S
    polled.reads.is_away = False
    assert await polled.step(a=2) == ["a"]


async def test_without_notices_it_polls_more_often(polled: Polled) -> None:
    assert await polled.polling.step() == POLL_S
    polled.is_listening = False
    assert POLL_ALONE_S <= await polled.polling.step() < POLL_S


async def test_polls_that_take_long_are_made_less_often(polled: Polled, monkeypatch: pytest.MonkeyPatch) -> None:
    moments = iter([10.0, 10.5])
    monkeypatch.setattr(module, "ticks", lambda: next(moments))
    assert await polled.polling.step() == 0.5 / SHARE
