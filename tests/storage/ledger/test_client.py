"""The server's end of the ledger process: what waits for the ledger, and what is reported while it is stopped."""

import asyncio
import json
import re
from types import SimpleNamespace

import pytest

from app.domain.reader import ReaderContext
from app.storage.base_store import follower_program
from app.storage.ledger import client as client_module
from app.storage.ledger.client import LedgerClient
from app.storage.ledger.protocol import (
    Epoch,
    LedgerBegins,
    LedgerDamaged,
    LedgerOpened,
    LedgerProgress,
    LogEvent,
    LogGrew,
    NeedEpoch,
    ReadingBegins,
    ReadingCutOff,
)
from app.storage.log.jobs import NextEpoch, SkipCapture
from app.storage.postgres.engine import ENGINE
from app.store import LedgerStatus

from .ends import Ends, FakeChild, FakeLog, mark


@pytest.fixture
async def ends(monkeypatch) -> Ends:
    monkeypatch.setattr(client_module, "Child", FakeChild)
    return Ends()


async def test_before_it_is_open_reading_counts_as_stopped(ends: Ends) -> None:
    assert ends.client.ledger_status() == LedgerStatus(state="stopped", reason="the ledger is being opened")
    await ends.open()
    assert ends.client.ledger_status() == LedgerStatus(state="ok")
    assert ends.client.file == "file-1"


async def test_a_start_does_not_wait_for_ever_for_a_ledger_that_cannot_be_opened(ends: Ends) -> None:
    await ends.client.start([mark(3)], 0.01)
    ends.tell(LedgerProgress([], [], None, "the disk is full"))
    expected = LedgerStatus(state="stopped", reason="the disk is full", behind=3)
    assert ends.client.ledger_status() == expected
    assert ends.client.ledger_status(1) == expected
    async with asyncio.timeout(0.5):
        await ends.client.caught_up(1)


async def test_a_start_continues_at_once_when_the_ledger_is_known_to_be_in_trouble(ends: Ends) -> None:
    asyncio.get_running_loop().call_soon(ends.tell, LedgerProgress([], [], None, "the disk is full"))
    async with asyncio.timeout(60):
        await ends.client.start([mark(3)], 60)
    assert ends.client.ledger_status().reason == "the disk is full"
    assert ends.client.arguments()[3] == "later"


async def test_no_read_waits_for_a_ledger_that_has_stopped(ends: Ends, monkeypatch) -> None:
    monkeypatch.setattr(client_module, "READ_WAIT_S", 60)
    await ends.open(mark(3))
    ends.tell(LedgerProgress([], [], None, "the disk is full"))
    async with asyncio.timeout(60):
        await ends.client.caught_up(1)


async def test_the_first_process_is_given_that_nothing_was_appended_and_later_ones_that_it_was(ends: Ends) -> None:
    first = ends.client.arguments()
    await ends.open()
    assert [first[3], ends.client.arguments()[3]] == ["first", "later"]
    assert ends.child.expected[-1] == (client_module.OPEN_S, "opening the ledger")


async def test_a_process_that_sends_nothing_for_a_while_counts_as_hanging(ends: Ends) -> None:
    ends.tell(LedgerProgress([], []))
    assert ends.child.expected == [(client_module.HUNG_S, "a step of the ledger")]


async def test_a_slow_database_is_waited_for_longer_than_a_capture_is_parsed(ends: Ends) -> None:
    """Otherwise the capture would be blamed, and skipped. PostgreSQL itself ends a statement after this time."""
    (seconds,) = re.findall(r"statement_timeout = (\d+)", ENGINE["begin_follow"])
    assert int(seconds) / 1_000 < client_module.WAITS_S
    for waits, expected in ((True, client_module.WAITS_S), (False, client_module.HUNG_S)):
        ends.tell(ReadingBegins([(1, 3)], alone=True, waits=waits))
        assert ends.child.expected[-1][0] == expected


async def test_a_reader_waits_until_the_ledger_shows_what_was_kept_when_it_came(ends: Ends, monkeypatch) -> None:
    monkeypatch.setattr(client_module, "GATHER_S", 60)
    await ends.open()
    ends.client.log_grew([mark(5, k=2, d=1)])
    waiting = asyncio.ensure_future(ends.client.caught_up(1))
    await asyncio.sleep(0)
    ends.client.log_grew([mark(6, k=2, d=1)])
    for short in (mark(4, k=2, d=1), mark(5, k=1, d=1), mark(5, k=2), mark(5, k=2, d=1, version=-1)):
        ends.tell(LedgerProgress([short], []))
        await asyncio.sleep(0)
        assert not waiting.done()
    ends.tell(LedgerProgress([mark(5, k=2, d=1)], []))
    await waiting
    assert LogGrew([mark(5, k=2, d=1)], True) in ends.child.sent


async def test_a_reader_does_not_wait_where_nothing_is_late(ends: Ends) -> None:
    await ends.open(mark(3))
    ends.tell(LedgerProgress([mark(3)], []))
    await ends.client.caught_up(1)
    await ends.client.caught_up(7)
    assert ends.child.sent == []


async def test_a_reader_waits_for_a_moment_and_then_continues(ends: Ends, monkeypatch) -> None:
    monkeypatch.setattr(client_module, "READ_WAIT_S", 0.05)
    await ends.open(mark(3), mark(1, bin=2))
    loop = asyncio.get_running_loop()
    since = loop.time()
    async with asyncio.timeout(60):
        await ends.client.all_caught_up()
    assert loop.time() - since > 0.04
    ends.tell(LedgerProgress([mark(3), mark(1, bin=2)], []))
    assert ends.client._waiting == {}


async def test_new_captures_of_one_moment_are_sent_as_one_notification(ends: Ends) -> None:
    await ends.open()
    for n in range(1, 4):
        ends.client.log_grew([mark(n)])
    ends.client.log_grew([mark(1, bin=2)])
    async with asyncio.timeout(60):
        while not ends.child.sent:
            await asyncio.sleep(0)
    assert ends.child.sent == [LogGrew([mark(3), mark(1, bin=2)], False)]


async def test_behind_counts_captures_that_are_not_read_and_is_reported_after_a_second(ends: Ends, monkeypatch) -> None:
    await ends.open()
    ends.client.log_grew([mark(5), mark(2, bin=2)])
    assert ends.client.ledger_status() == LedgerStatus(state="ok", behind=7)
    monkeypatch.setattr(client_module, "BEHIND_AFTER_S", -1.0)
    assert ends.client.ledger_status() == LedgerStatus(state="behind", behind=7)
    ends.tell(LedgerProgress([mark(3)], []))
    assert ends.client.ledger_status(1) == LedgerStatus(state="behind", behind=2)
    ends.tell(LedgerProgress([mark(5), mark(2, bin=2)], []))
    assert ends.client.ledger_status() == LedgerStatus(state="ok")


async def test_a_ledger_that_is_rebuilt_at_the_start_is_behind(ends: Ends, monkeypatch) -> None:
    monkeypatch.setattr(client_module, "BEHIND_AFTER_S", -1.0)
    await ends.open(mark(500))
    assert ends.client.ledger_status() == LedgerStatus(state="behind", behind=500)
    ends.tell(LedgerProgress([mark(500)], []))
    assert ends.client.ledger_status() == LedgerStatus(state="ok")


async def test_building_is_reported_for_its_bin_and_for_all(ends: Ends) -> None:
    await ends.open(mark(9))
    ends.tell(LedgerProgress([mark(9)], [], [(1, "bin", 4, 8)]))
    expected = LedgerStatus(state="building", done=4, total=8)
    assert [ends.client.ledger_status(bin) for bin in (None, 1, 2)] == [expected, expected, LedgerStatus(state="ok")]
    ends.tell(LedgerProgress([], [], None))
    assert ends.client.ledger_status() == expected
    ends.tell(LedgerProgress([], [], []))
    assert ends.client.ledger_status() == LedgerStatus(state="ok")


async def test_viewers_of_each_changed_bin_are_called(ends: Ends) -> None:
    await ends.open()
    ends.tell(LedgerProgress([], ["a", "b"]), LedgerProgress([], ["a"]))
    assert ends.changed == ["a", "b", "a"]


async def test_a_bin_that_was_deleted_is_no_ones_worry(ends: Ends, monkeypatch) -> None:
    monkeypatch.setattr(client_module, "BEHIND_AFTER_S", -1.0)
    await ends.open(mark(5))
    ends.client.forget(1)
    await ends.client.caught_up(1)
    assert ends.client.ledger_status() == LedgerStatus(state="ok")


async def test_a_process_that_ends_makes_its_bins_be_read_with_care(ends: Ends) -> None:
    await ends.open(mark(5), mark(5, bin=2))
    file = ends.client.file
    ends.tell(ReadingBegins([(2, -1), (1, -1)], False))
    ends.client.ended(9, "it ended with code 9")
    assert ends.client.file == file, "readers continue with the file"
    assert "it ended with code 9" in (ends.client.ledger_status().reason or "")
    assert ends.client.ledger_status().state == "stopped"
    assert json.loads(ends.client.arguments()[4]) == [1, 2]
    assert ends.log.jobs == []


async def test_care_ends_with_everything_that_was_kept_of_the_bin(ends: Ends) -> None:
    await ends.open(mark(5), mark(5, bin=2))
    ends.tell(ReadingBegins([(2, -1), (1, -1)], False))
    ends.client.ended(9, "it ended with code 9")
    ends.tell(LedgerOpened("file-2", "reader-1"), LedgerProgress([mark(4), mark(5, bin=2)], []))
    assert json.loads(ends.client.arguments()[4]) == [1]
    ends.tell(LedgerProgress([mark(5)], []))
    assert json.loads(ends.client.arguments()[4]) == []


async def test_a_capture_on_which_reading_was_cut_off_is_remembered_by_the_log(ends: Ends) -> None:
    await ends.open(mark(5))
    ends.tell(ReadingCutOff(1, 3))
    assert ends.log.jobs == [SkipCapture(1, 3, "reader-1 slow")]


async def test_a_process_that_ends_after_its_step_blames_no_capture(ends: Ends) -> None:
    await ends.open(mark(5))
    ends.tell(ReadingBegins([(1, -1)], False), LedgerProgress([mark(5)], []))
    ends.client.ended(-9, "it ended with code -9")
    assert json.loads(ends.client.arguments()[4]) == []


async def test_the_capture_on_which_it_ends_alone_twice_is_skipped_for_this_reader(ends: Ends) -> None:
    await ends.open(mark(5))
    for count in (1, 2):
        ends.tell(ReadingBegins([(1, -1)], False), ReadingBegins([(1, 3)], True))
        ends.client.ended(-9, "it ended with code -9")
        assert len(ends.log.jobs) == count - 1
        ends.tell(LedgerOpened(f"file-{count}", "reader-1"))
    assert ends.log.jobs == [SkipCapture(1, 3, "reader-1")]


async def test_it_is_skipped_again_where_the_log_could_not_remember_it(ends: Ends) -> None:
    await ends.open(mark(5))
    for refuses in (True, True, False):
        ends.log.refuses = refuses
        ends.tell(ReadingBegins([(1, 3)], True))
        ends.client.ended(-9, "it ended with code -9")
    assert ends.log.jobs == [SkipCapture(1, 3, "reader-1")]


async def test_a_step_without_a_capture_skips_none(ends: Ends) -> None:
    await ends.open(mark(5))
    for _ in range(3):
        ends.tell(ReadingBegins([(1, 0)], True))
        ends.client.ended(-9, "it ended with code -9")
    assert ends.log.jobs == []


async def test_after_a_new_start_everything_counts_as_late_until_it_is_compared(ends: Ends, monkeypatch) -> None:
    monkeypatch.setattr(client_module, "BEHIND_AFTER_S", -1.0)
    await ends.open(mark(5))
    ends.tell(LedgerProgress([mark(5)], []))
    ends.client.ended(1, "it ended with code 1")
    ends.tell(LedgerOpened("file-2", "reader-1"))
    assert ends.client.ledger_status() == LedgerStatus(state="behind", behind=5)
    ends.tell(LedgerProgress([mark(5)], []))
    assert ends.client.ledger_status() == LedgerStatus(state="ok")


async def test_an_epoch_is_requested_until_the_log_gives_one(ends: Ends, monkeypatch) -> None:
    monkeypatch.setattr(client_module, "RETRY_S", 0.0)
    await ends.open()
    ends.log.refuses = True
    ends.tell(NeedEpoch())
    await asyncio.sleep(0)
    assert ends.child.sent == []
    ends.log.refuses = False
    async with asyncio.timeout(60):
        while not ends.child.sent:
            await asyncio.sleep(0)
    assert (ends.child.sent, ends.log.jobs) == ([Epoch(1)], [NextEpoch()])


async def test_damage_and_notes_are_passed_on(ends: Ends, monkeypatch) -> None:
    noted = []
    log = SimpleNamespace(error=lambda event, **more: noted.append((event, more)))
    monkeypatch.setattr(client_module, "_log", log)
    ends.client.damaged("no database")
    ends.tell(LogEvent("ledger.failed", "why", "trace"))
    assert ends.child.sent == [LedgerDamaged("no database")]
    assert noted == [("ledger.failed", {"reason": "why", "trace": "trace"})]


async def test_the_parsers_get_their_context_with_the_first_frame(monkeypatch) -> None:
    monkeypatch.setattr(client_module, "Child", FakeChild)
    context = ReaderContext(secrets_key="a key", public_url="https://sms.example.net")
    program = follower_program(["ledger", "log"], LedgerBegins(context))
    client = LedgerClient(program, FakeLog(), (), print)  # type: ignore[arg-type]
    assert client._child.first == LedgerBegins(context)
    assert not any("a key" in argument for argument in client.arguments())


async def test_after_closing_nothing_is_sent(ends: Ends) -> None:
    await ends.open()
    ends.client.log_grew([mark(1)])
    await ends.client.close()
    assert ends.child.is_closed
    assert ends.client._grown_timer is not None
    assert ends.client._grown_timer.cancelled()


async def test_a_stream_that_never_ends_is_not_behind_while_each_capture_is_read_in_time(
    ends: Ends, monkeypatch
) -> None:
    await ends.open()
    loop, passed = asyncio.get_running_loop(), 0.0
    monkeypatch.setattr(ends.client, "_loop", SimpleNamespace(time=lambda: passed, call_later=loop.call_later))
    ends.client.log_grew([mark(1)])
    for n in range(1, 20):
        passed += 0.4
        ends.client.log_grew([mark(n + 1)])
        ends.tell(LedgerProgress([mark(n)], []))
        assert ends.client.ledger_status() == LedgerStatus(state="ok", behind=1)
    passed += 1.1
    assert ends.client.ledger_status() == LedgerStatus(state="behind", behind=1)


async def test_what_is_reached_in_part_stays_due_since_it_came(ends: Ends, monkeypatch) -> None:
    await ends.open()
    loop, passed = asyncio.get_running_loop(), 0.0
    monkeypatch.setattr(ends.client, "_loop", SimpleNamespace(time=lambda: passed, call_later=loop.call_later))
    ends.client.log_grew([mark(5)])
    passed += 0.9
    ends.tell(LedgerProgress([mark(3)], []))
    passed += 0.2
    assert ends.client.ledger_status() == LedgerStatus(state="behind", behind=2)
