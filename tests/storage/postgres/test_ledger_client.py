"""The server's end of the ledger process if other servers write the log: reads show what any of them has stored."""

import asyncio
from collections.abc import Sequence

import pytest

from app.errors import NotReadable
from app.storage.children import Program
from app.storage.ledger import client as client_module
from app.storage.ledger.client import MAX_ENDS
from app.storage.ledger.protocol import LedgerOpened, LedgerProgress, LogGrew, LookAt, ReadingBegins, encode
from app.storage.log.jobs import SkipCapture
from app.storage.log.results import LogPosition
from app.storage.postgres import ledger_client as shared_module
from app.storage.postgres.ledger_client import SharedLedgerClient
from tests.storage.ledger.ends import FakeChild, FakeLog, mark
from tests.storage.log.playing import turns


class Shared:
    """The client between a fake process and a log to which another server has appended."""

    def __init__(self) -> None:
        self.in_log: list[LogPosition] = []
        self.asked: list[int | None] = []
        self.unlogged: list[Sequence[str]] = []
        self.changed: list[str] = []
        self.is_away = self.hangs = False
        self.passed = {1: 0}
        self.log = FakeLog()
        self.client = SharedLedgerClient(
            Program("module", []), self.log, self.changed.append, self._positions, self._read_passed,  # type: ignore[arg-type]
            self.unlogged.append,
        )  # fmt: skip
        self.child: FakeChild = self.client._child  # type: ignore[assignment]

    async def _positions(self, bin: int | None) -> Sequence[LogPosition]:
        self.asked.append(bin)
        if self.is_away:
            raise NotReadable("away")
        if self.hangs:
            await asyncio.Event().wait()
        return [position for position in self.in_log if bin in (None, position.bin)]

    async def _read_passed(self, bin: int) -> int:
        if self.is_away:
            raise NotReadable("away")
        return self.passed[bin]

    async def end_on(self, bin: int, n: int) -> list[object]:
        """The process ends on a capture, too often; returns the jobs of the log."""
        for _ in range(MAX_ENDS):
            self.tell(ReadingBegins([(bin, n)], True))
            self.client.ended(-9, "it ended with code -9")
        await turns()
        return list(self.log.jobs)

    def tell(self, *frames: object) -> None:
        for frame in frames:
            self.client.received(encode(frame))

    @property
    def sent(self) -> list[object]:
        """What was sent since the last look."""
        sent, self.child.sent = self.child.sent, []
        return sent


@pytest.fixture
async def shared(monkeypatch: pytest.MonkeyPatch) -> Shared:
    monkeypatch.setattr(client_module, "Child", FakeChild)
    for module in (client_module, shared_module):
        monkeypatch.setattr(module, "READ_WAIT_S", 20.0)
    made = Shared()
    asyncio.get_running_loop().call_soon(made.tell, LedgerOpened("file-1", "reader-1"))
    await made.client.start([mark(1), mark(1, bin=2)], 5)
    made.client.compare([mark(1), mark(1, bin=2)])
    made.tell(LedgerProgress([mark(1), mark(1, bin=2)], []))
    await asyncio.sleep(0.01)
    made.child.sent.clear()
    return made


async def test_a_read_waits_for_what_another_server_has_stored(shared: Shared) -> None:
    shared.in_log = [mark(3), mark(2, bin=2)]
    reading = asyncio.ensure_future(shared.client.caught_up(1))
    for _ in range(4):
        await asyncio.sleep(0)
    assert not reading.done()
    assert (shared.asked, shared.sent) == ([1], [LogGrew([mark(3)], urgent=True)])
    shared.tell(LedgerProgress([mark(2)], []))
    await asyncio.sleep(0)
    assert not reading.done()
    shared.tell(LedgerProgress([mark(3)], []))
    await reading
    assert shared.client.behind(1) == 0


async def test_a_read_of_all_bins_waits_for_all(shared: Shared) -> None:
    shared.in_log = [mark(3), mark(2, bin=2), mark(1, bin=3)]
    reading = asyncio.ensure_future(shared.client.all_caught_up())
    for _ in range(4):
        await asyncio.sleep(0)
    shared.tell(LedgerProgress([mark(3), mark(2, bin=2)], []))
    await asyncio.sleep(0)
    assert (shared.asked, reading.done()) == ([None], False)
    shared.tell(LedgerProgress([mark(1, bin=3)], []))
    await reading


async def test_a_read_does_not_wait_for_what_is_known(shared: Shared) -> None:
    # An older position may come late.
    for shared.in_log in ([mark(1)], [mark(0)], []):
        await shared.client.caught_up(1)
    assert shared.sent == []


@pytest.mark.parametrize("trouble", ["is_away", "hangs"])
async def test_a_read_continues_when_the_database_does_not_respond(
    shared: Shared, trouble: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shared_module, "READ_WAIT_S", 0.05)
    setattr(shared, trouble, True)
    async with asyncio.timeout(60):
        await shared.client.caught_up(1)
        await shared.client.all_caught_up()
    assert shared.asked == [1, None]


async def test_the_process_looks_at_bins_that_other_servers_have_changed(shared: Shared) -> None:
    shared.client.look_at([2, 5])
    assert shared.sent == [LookAt([2, 5])]


async def test_other_servers_get_to_know_what_they_would_not_notice(shared: Shared) -> None:
    """Their processes follow the log, so they notice the rest by themselves."""
    shared.tell(LedgerProgress([mark(2)], ["bin1"]), LedgerProgress([], []))
    assert shared.unlogged == []
    shared.tell(LedgerProgress([], ["bin1", "bin2"]))
    assert shared.unlogged == [["bin1", "bin2"]]
    assert shared.changed == ["bin1", "bin1", "bin2"]


async def test_what_a_crash_of_the_database_has_removed_is_not_waited_for(shared: Shared) -> None:
    shared.client.log_grew([mark(9)])
    assert shared.client.behind(1) == 8
    # A poll may be older than what this server has stored in the meantime.
    shared.client.compare_all([mark(3), mark(1, bin=2)])
    shared.client.compare_all([mark(4), mark(1, bin=2)])
    assert shared.client.behind(1) == 8
    shared.client.compare_all([mark(4), mark(1, bin=2)])
    assert shared.client.behind(1) == 3
    shared.tell(LedgerProgress([mark(4)], []))
    assert shared.client.behind(1) == 0


async def test_a_capture_on_which_it_ends_twice_is_skipped_unless_another_server_has_read_it(shared: Shared) -> None:
    shared.passed[1] = 3
    assert await shared.end_on(1, 3) == []
    shared.passed[1] = 2
    shared.is_away = True
    assert await shared.end_on(1, 3) == []
    shared.is_away = False
    assert await shared.end_on(1, 3) == [SkipCapture(1, 3, "reader-1")] * MAX_ENDS
