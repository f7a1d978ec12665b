"""The ledger process and its file: a ledger of another log is replaced, and one that cannot be written is retried."""

import shutil
import signal
from collections.abc import Callable
from pathlib import Path

import pytest

from app.domain.events import Event
from app.domain.reader import ReaderContext
from app.domain.roles import Kind
from app.storage.ledger import process as process_module
from app.storage.ledger.process import LedgerProcess, follow
from app.storage.ledger.protocol import LedgerBegins, LedgerDamaged, LedgerOpened, LedgerProgress, LogEvent, LogGrew
from app.storage.ledger.spaces import epoch_of
from app.storage.ledger.steps import CaptureReader
from app.storage.log import jobs
from app.storage.log.results import LogPosition
from app.storage.sqlite import ledger_file
from app.storage.sqlite.files import remove
from app.storage.sqlite.ledger_file import SqliteLedger, SqliteLedgerFiles, make_ledger_file, open_ledger_file
from app.storage.transaction import CannotWrite, Doubtful, LogUnreadable
from tests.storage.builders import reading_of
from tests.storage.inside import BIN, Inside
from tests.storage.ledger.wire import Wire
from tests.storage.scripted import read


def live(
    inside: Inside, monkeypatch, *, run: str = "run", first: str = "first", version: str = "1", wire: Wire | None = None
) -> Wire:
    """Run the process until nothing is left to do."""
    wire = wire or Wire(inside)
    monkeypatch.setattr(process_module, "RETRY_S", 0.0)
    files = SqliteLedgerFiles(inside.folder / "ledger.db", inside.folder / "log.db")
    process = LedgerProcess(wire, files, [run, first, "[]"], CaptureReader(read, version))
    process.run(*process.open())
    return wire


def look(inside: Inside, query: str) -> list[tuple]:
    file = open_ledger_file(inside.folder / "ledger.db")
    try:
        return [tuple(row) for row in file.connection.execute(query)]
    finally:
        file.close()


def captures(inside: Inside) -> list[int]:
    return [n for (n,) in look(inside, "select id & 0xffffffff from captures order by id")]


def epochs(inside: Inside) -> int:
    ((first_seq,),) = look(inside, "select first_seq from spaces where state = 'current'")
    return epoch_of(first_seq)


def state(inside: Inside) -> None:
    inside.state(reading_of(Event(kind=Kind.INBOUND, message_id="m", text="hi")))


def begin_run(inside: Inside, run: str) -> None:
    """The server opens the log again."""
    inside.appender._run, inside.appender._run_recorded = run, False
    inside.appender.begin()


def is_new(wire: Wire) -> bool:
    """Whether everything was parsed again in this run."""
    return wire.of(LedgerProgress)[0].positions == [LogPosition(1, 0, 0, 0, -1)]


@pytest.fixture
def kept(inside: Inside, monkeypatch) -> Inside:
    """A log with three captures, and a ledger that has them."""
    for _ in range(3):
        state(inside)
    live(inside, monkeypatch)
    return inside


def test_a_ledger_that_is_not_there_is_made_of_the_log(inside: Inside, monkeypatch) -> None:
    state(inside)
    wire = live(inside, monkeypatch)
    assert captures(inside) == [1]
    assert [frame.reader for frame in wire.of(LedgerOpened)] == ["1"]
    assert wire.notes == []


def test_the_ledger_of_this_log_is_used_as_it_is_after_a_restart_of_either_process(kept: Inside, monkeypatch) -> None:
    before = epochs(kept)
    assert not is_new(live(kept, monkeypatch, first="later"))
    begin_run(kept, "run 2")
    assert not is_new(live(kept, monkeypatch, run="run 2"))
    assert look(kept, "select run from meta") == [("run 2",)]
    assert epochs(kept) == before


def _of_another_log(inside: Inside) -> None:
    inside.file.connection.execute("update meta set id = 'another'")


def _of_a_run_that_the_log_does_not_know(inside: Inside) -> None:
    inside.file.connection.execute("update runs set id = 'unknown'")
    begin_run(inside, "run 2")


def _ahead_in_captures(inside: Inside) -> None:
    begin_run(inside, "run 2")
    inside.file.connection.execute("update bins set last_n = 2")
    inside.file.connection.execute("delete from captures where id & 0xff = 3")


def _ahead_in_outcomes(inside: Inside) -> None:
    begin_run(inside, "run 2")
    file = open_ledger_file(inside.folder / "ledger.db")
    file.connection.execute("update spaces set k = 5")
    file.close()


def _ahead_in_deletions(inside: Inside) -> None:
    begin_run(inside, "run 2")
    file = open_ledger_file(inside.folder / "ledger.db")
    file.connection.execute("update spaces set d = 5")
    file.close()


def _without_a_name(inside: Inside) -> None:
    file = make_ledger_file(inside.folder / "ledger.db")
    file.close()


@pytest.mark.parametrize(
    "spoil",
    [
        _of_another_log, _of_a_run_that_the_log_does_not_know, _ahead_in_captures, _ahead_in_outcomes,
        _ahead_in_deletions, _without_a_name,
    ],
)  # fmt: skip
def test_any_other_ledger_is_rebuilt(kept: Inside, monkeypatch, spoil: Callable[[Inside], None]) -> None:
    spoil(kept)
    (run,) = kept.file.connection.execute("select id from runs order by number desc limit 1").fetchone()
    assert is_new(live(kept, monkeypatch, run=run))
    assert captures(kept) == ([1, 2] if spoil is _ahead_in_captures else [1, 2, 3])


def test_a_ledger_of_an_earlier_run_is_not_trusted_when_something_may_have_been_appended(
    kept: Inside, monkeypatch
) -> None:
    begin_run(kept, "run 2")
    assert is_new(live(kept, monkeypatch, run="run 2", first="later"))


def test_a_ledger_that_is_ahead_of_a_log_from_an_older_copy_is_rebuilt_with_higher_cursors(
    inside: Inside, tmp_path: Path, monkeypatch
) -> None:
    state(inside)
    copy = tmp_path / "copy.db"
    inside.file.connection.execute("vacuum into ?", (str(copy),))
    state(inside)
    live(inside, monkeypatch)
    inside.apply(jobs.RequestReread(BIN))
    wire = Wire(inside)
    # A log that was restored gives out epochs that were used after the copy was made.
    inside._epochs = iter(range(200, 300))
    live(inside, monkeypatch, wire=wire)
    before = epochs(inside)
    assert before == 200
    inside.close()
    remove(inside.folder / "log.db")
    shutil.copy(copy, inside.folder / "log.db")
    restored = Inside.__new__(Inside)
    restored.folder, restored._epochs = inside.folder, iter(range(150, 300))
    wire = live(restored, monkeypatch, run="run 2")
    assert is_new(wire)
    assert captures(restored) == [1]
    assert epochs(restored) > before


def test_a_file_that_is_no_database_is_replaced_and_that_is_noted(kept: Inside, monkeypatch) -> None:
    (kept.folder / "ledger.db").write_bytes(b"this is no database" * 500)
    wire = live(kept, monkeypatch)
    assert wire.notes == ["ledger.replaced"]
    assert captures(kept) == [1, 2, 3]


def test_damage_makes_it_again_while_the_process_runs(kept: Inside, monkeypatch) -> None:
    before = epochs(kept)
    wire = Wire(kept)
    wire.put(LedgerDamaged("a reader has found it"))
    live(kept, monkeypatch, wire=wire)
    assert wire.notes == ["ledger.made_again"]
    first, second = wire.of(LedgerOpened)
    assert first.file != second.file
    assert captures(kept) == [1, 2, 3]
    assert epochs(kept) > before


def test_a_file_that_is_deleted_in_the_meantime_is_rebuilt(kept: Inside, monkeypatch) -> None:
    wire = Wire(kept)
    state(kept)
    real = open_ledger_file

    def open_and_lose(path: Path) -> SqliteLedger:
        file = real(path)
        remove(path)
        return file

    monkeypatch.setattr(ledger_file, "open_ledger_file", open_and_lose)
    live(kept, monkeypatch, wire=wire)
    assert captures(kept) == [1, 2, 3, 4]
    assert len(wire.of(LedgerOpened)) == 1
    assert wire.notes == ["ledger.replaced"]


def test_where_it_fails_again_and_again_it_is_not_rebuilt_at_once(kept: Inside, monkeypatch) -> None:
    state(kept)
    follow_bins = process_module.Follower._follow_bins
    fails = Fails(follow_bins, 3, Doubtful("input/output error"))
    monkeypatch.setattr(process_module.Follower, "_follow_bins", lambda self, numbers: fails(self, numbers))
    wire = live(kept, monkeypatch)
    assert wire.notes == ["ledger.made_again"] + 2 * ["ledger.made_again", "ledger.stopped"]
    assert len(wire.of(LedgerOpened)) == 4
    assert [frame.trouble for frame in wire.of(LedgerProgress) if frame.trouble] == ["input/output error"] * 2
    assert captures(kept) == [1, 2, 3, 4]


class Fails:
    """Raises this number of times before it works."""

    def __init__(self, call: Callable, times: int, error: Exception) -> None:
        self.call, self.left, self.error = call, times, error

    def __call__(self, *arguments: object) -> object:
        self.left -= 1
        if self.left >= 0:
            raise self.error
        return self.call(*arguments)


@pytest.mark.parametrize(
    ("name", "error"),
    [
        ("open_log_to_follow", LogUnreadable("the log is not there")),
        ("open_ledger_file", CannotWrite("the disk is full")),
    ],
)
def test_what_cannot_be_opened_is_reported_and_tried_again(
    inside: Inside, monkeypatch, name: str, error: Exception
) -> None:
    state(inside)
    monkeypatch.setattr(ledger_file, name, Fails(getattr(ledger_file, name), 2, error))
    wire = live(inside, monkeypatch)
    assert [frame.trouble for frame in wire.of(LedgerProgress)][:3] == [str(error), str(error), None]
    assert wire.notes == ["ledger.stopped"] * 2
    assert captures(inside) == [1]


def test_a_ledger_of_an_earlier_run_that_could_not_be_opened_at_once_is_not_trusted(kept: Inside, monkeypatch) -> None:
    """Captures were stored in the meantime, so a log that was restored from an older copy may have the same
    positions."""
    begin_run(kept, "run 2")
    fails = Fails(open_ledger_file, 1, CannotWrite("the disk is full"))
    monkeypatch.setattr(ledger_file, "open_ledger_file", fails)
    assert [frame.positions for frame in live(kept, monkeypatch, run="run 2").of(LedgerProgress)][1] == [
        LogPosition(1, 0, 0, 0, -1)
    ]


@pytest.mark.parametrize("error", [CannotWrite("the disk is full"), LogUnreadable("the log is locked")])
def test_a_step_that_fails_is_reported_and_nothing_of_it_is_lost(kept: Inside, monkeypatch, error: Exception) -> None:
    state(kept)
    follow_bins = process_module.Follower._follow_bins
    fails = Fails(follow_bins, 1, error)
    monkeypatch.setattr(process_module.Follower, "_follow_bins", lambda self, numbers: fails(self, numbers))
    wire = live(kept, monkeypatch)
    assert [frame.trouble for frame in wire.of(LedgerProgress) if frame.trouble] == [str(error)]
    assert wire.of(LedgerProgress)[-1].trouble is None
    assert captures(kept) == [1, 2, 3, 4]
    assert len(wire.of(LedgerOpened)) == 1


def test_a_process_that_waits_ends_when_the_server_hangs_up(inside: Inside, monkeypatch) -> None:
    wire = Wire(inside)
    monkeypatch.setattr(ledger_file, "open_ledger_file", Fails(open_ledger_file, 10**6, CannotWrite("full")))
    monkeypatch.setattr(process_module, "Pipe", lambda _: wire)
    monkeypatch.setattr(process_module, "begin", lambda: None)
    monkeypatch.setattr(process_module, "tune_gc", lambda: None)
    monkeypatch.setattr(process_module.os, "nice", lambda _: 0)
    arguments = ["7", str(inside.folder / "ledger.db"), str(inside.folder / "log.db"), "run", "first", "[]"]
    context = ReaderContext(secrets_key="a key", public_url="https://sms.example.net")
    wire.put(LedgerBegins(context))
    given = []
    follow(arguments, lambda context: given.append(context) or CaptureReader(read, "1"))
    assert given == [context]
    assert wire.notes == ["ledger.stopped"]
    assert signal.getitimer(signal.ITIMER_VIRTUAL) == (0.0, 0.0)


def test_storing_has_priority_as_soon_as_the_ledger_is_open(inside: Inside, monkeypatch) -> None:
    state(inside)
    wire = Wire(inside)
    sent: dict[int, list[object]] = {}
    monkeypatch.setattr(process_module, "Pipe", lambda _: wire)
    monkeypatch.setattr(process_module, "begin", lambda: None)
    monkeypatch.setattr(process_module, "tune_gc", lambda: None)
    monkeypatch.setattr(process_module.os, "nice", lambda niceness: sent.setdefault(niceness, list(wire.sent)))
    wire.put(LedgerBegins(ReaderContext(secrets_key="a key", public_url=None)))
    arguments = ["7", str(inside.folder / "ledger.db"), str(inside.folder / "log.db"), "run", "first", "[]"]
    follow(arguments, lambda _: CaptureReader(read, "1"))
    ((niceness, before),) = sent.items()
    assert niceness == process_module.NICENESS > 0
    assert isinstance(before[-1], LedgerOpened)
    assert captures(inside) == [1]


def test_a_process_whose_server_is_gone_at_once_parses_nothing(inside: Inside, monkeypatch) -> None:
    wire = Wire(inside)
    monkeypatch.setattr(process_module, "Pipe", lambda _: wire)
    monkeypatch.setattr(process_module, "begin", lambda: None)
    follow(["7"], lambda _: pytest.fail("it needs no parsers"))
    assert wire.sent == []


def test_notifications_that_come_while_an_epoch_is_awaited_are_no_answer(inside: Inside, monkeypatch) -> None:
    state(inside)
    wire = Wire(inside)
    wire.put(LogGrew([LogPosition(1, 1, 0, 0, 0)], urgent=False))
    live(inside, monkeypatch, wire=wire)
    assert captures(inside) == [1]
    assert wire.of(LogEvent) == []
