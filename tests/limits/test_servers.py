"""How soon servers that share a store find out what the others have done, and how much a follower claims at once."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from app.storage.ledger import follower as follower_module
from app.storage.ledger.files import LedgerFile
from app.storage.ledger.follower import CLAIM_RETRY_S, MAX_BINS
from app.storage.postgres import polling
from app.storage.postgres.notices import GATHER_S, ServerNotices
from app.storage.postgres.polling import POLL_ALONE_S, POLL_S, SHARE, Polling
from app.storage.transaction import Transaction
from tests.storage.inside import Inside
from tests.storage.ledger.wire import Wire, follower

from .conftest import INSTANT, Ticks


class SharedFile:
    """A ledger that followers of other servers write, too. They have the bins in `taken`."""

    is_shared = True

    def __init__(self, file: LedgerFile) -> None:
        self._file = file
        self.taken: set[int] = set()
        self.wanted: list[list[int]] = []

    def __getattr__(self, name: str) -> Any:
        return getattr(self._file, name)

    def claim(self, _: Transaction, bins: Sequence[int]) -> Sequence[int]:
        if bins:
            self.wanted.append(list(bins))
        return [bin for bin in bins if bin not in self.taken]


@pytest.fixture
def inside(tmp_path: Path) -> Iterator[Inside]:
    made = Inside(tmp_path)
    yield made
    made.close()


@pytest.fixture
def shared(inside: Inside, ticks: Ticks, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Any, SharedFile]]:
    """A follower of two bins that are behind, and its file."""
    monkeypatch.setattr(follower_module, "ticks", lambda: ticks.now)
    inside.add_bin("bin00002")
    ledger = inside.ledger()
    made, file = follower(Wire(inside), ledger), SharedFile(ledger.file)
    made._file = file
    made._find_behind()
    file.wanted.clear()
    yield made, file
    ledger.close()


@pytest.mark.parametrize(("most", "claims"), [(2, [[1, 2]]), (1, [[1], [2]])])
def test_so_many_bins_are_claimed_at_once(
    shared: tuple[Any, SharedFile], monkeypatch: pytest.MonkeyPatch, most: int, claims: list[list[int]]
) -> None:
    made, file = shared
    monkeypatch.setattr(follower_module, "MAX_BINS", most)
    while made._behind:
        made._follow()
    assert file.wanted == claims
    assert MAX_BINS >= 2


def test_bins_that_others_have_are_tried_again_after_so_long(shared: tuple[Any, SharedFile], ticks: Ticks) -> None:
    made, file = shared
    file.taken = {1, 2}
    made._work()
    assert file.wanted == [[1, 2]]
    assert made._pause_s() == pytest.approx(CLAIM_RETRY_S)
    file.taken = set()
    ticks.almost(CLAIM_RETRY_S)
    made._work()
    assert sorted(made._behind) == [1, 2]
    ticks.over()
    made._work()
    assert made._behind == {}


class SlowReads:
    """Reads of a database that is empty; each takes so long."""

    def __init__(self, ticks: Ticks, takes_s: float) -> None:
        self._ticks = ticks
        self._takes_s = takes_s

    async def all(self, *_: object) -> Sequence[Any]:
        self._ticks.now += self._takes_s
        return []


@pytest.mark.parametrize(("is_listening", "pause_s"), [(True, POLL_S), (False, POLL_ALONE_S)])
@pytest.mark.parametrize("more", [-INSTANT, 0.0, INSTANT])
async def test_polls_take_at_most_this_share_of_the_time(
    ticks: Ticks, monkeypatch: pytest.MonkeyPatch, is_listening: bool, pause_s: float, more: float
) -> None:
    monkeypatch.setattr(polling, "ticks", lambda: ticks.now)
    took_s = SHARE * pause_s + more
    reads: Any = SlowReads(ticks, took_s / 2)
    made = Polling(reads, reads, lambda _: None, lambda _: None, lambda: is_listening)
    assert await made.step() == pytest.approx(max(pause_s, took_s / SHARE))


async def test_notices_within_this_time_are_sent_as_one() -> None:
    sent: list[str] = []

    async def send(_: str, values: dict[str, object]) -> None:
        sent.append(str(values["text"]))

    never: Any = None
    made = ServerNotices("one", never, send, never)
    made.grew([1])
    assert await made._send_waiting() == GATHER_S
    # What comes until the next call.
    for number in (2, 3):
        made.grew([number])
    assert await made._send_waiting() == GATHER_S
    assert sent == ["one grew 1", "one grew 2 3"]
    assert GATHER_S < POLL_ALONE_S, "a notice is sooner than a poll"
