"""The follower's loop: no capture can keep the others from being processed."""

from datetime import timedelta
from typing import Any

import pytest

from app import clock
from app.domain.captures import RawRequest, Reading
from app.domain.reader import ReaderSettings
from app.domain.roles import Role
from app.storage.ids import MASK
from app.storage.ledger import follower as follower_module
from app.storage.ledger import refolding
from app.storage.ledger.folding import Fold
from app.storage.ledger.protocol import LedgerDamaged, LedgerProgress, LogGrew, NeedEpoch, ReadingBegins
from app.storage.ledger.steps import BROKEN, SKIPPED, LedgerStep
from app.storage.log import jobs
from app.storage.log.results import LogPosition
from app.storage.transaction import CannotWrite, DamagedFile
from tests.storage.builders import reading_of, scripted
from tests.storage.inside import BIN, Inside, Ledger
from tests.storage.ledger.events import callback, came
from tests.storage.ledger.wire import Wire, follower, give_epoch, run
from tests.storage.scripted import read


def stating(number: int, text: str = "hi") -> Reading:
    return came(f"m-{number}", text)


def problems(ledger: Ledger) -> list[tuple]:
    return ledger.rows("select id & 0xffffffff, problem from captures order by id")


def states(ledger: Ledger) -> list[tuple]:
    return ledger.rows("select state, reader, rereads from spaces where state <> 'gone' order by number")


def test_it_reads_everything_and_tells_how_far_it_is(inside: Inside, ledger: Ledger) -> None:
    inside.add_bin("bin00002")
    for number in range(3):
        inside.state(stating(number))
    inside.keep(scripted(stating(1)), bin="bin00002")
    wire = Wire(inside)
    run(follower(wire, ledger), wire)
    assert (len(ledger.everything(1)["captures"]), len(ledger.everything(2)["captures"])) == (3, 1)
    (progress,) = [frame for frame in wire.of(LedgerProgress) if frame.changed]
    assert progress.positions == [LogPosition(1, 3, 0, 0, 0), LogPosition(2, 1, 0, 0, 0)]
    assert progress.changed == [BIN, "bin00002"]
    assert ledger.rows("select count(*) from spaces where indexed_n < n") == [(0,)]


def test_a_second_start_continues_where_the_first_one_ended(inside: Inside, ledger: Ledger) -> None:
    inside.state(stating(1))
    wire = Wire(inside)
    run(follower(wire, ledger), wire)
    inside.state(stating(2))
    inside.add_bin("bin00002")
    wire = Wire(inside)
    run(follower(wire, ledger), wire)
    assert wire.of(LedgerProgress)[0].positions == [
        LogPosition(1, 1, 0, 0, 0),
        LogPosition(2, 0, 0, 0, -1),
    ]
    assert len(ledger.everything(1)["captures"]) == 2
    wire = Wire(inside)
    run(follower(wire, ledger), wire)
    assert wire.changed == []


def test_a_bin_that_is_far_behind_keeps_no_other_waiting(inside: Inside, ledger: Ledger, monkeypatch) -> None:
    monkeypatch.setattr(follower_module, "MAX_CAPTURES", 2)
    inside.add_bin("bin00002")
    for number in range(6):
        inside.state(stating(number))
    inside.keep(scripted(stating(1)), bin="bin00002")
    wire = Wire(inside)
    run(follower(wire, ledger), wire)
    steps = [[mark.bin for mark in frame.positions] for frame in wire.of(LedgerProgress) if frame.changed]
    assert steps[:2] == [[1], [2, 1]]
    assert len(ledger.everything(1)["captures"]) == 6


def test_a_notification_makes_it_process_a_bin(inside: Inside, ledger: Ledger) -> None:
    wire = Wire(inside)
    following = follower(wire, ledger)
    run(following, wire)
    inside.state(stating(1))
    following._find_behind = lambda: None  # type: ignore[method-assign]
    run(following, wire)
    assert ledger.everything()["captures"] == []
    wire.put(LogGrew([LogPosition(1, 1, 0, 0, 0)], urgent=True))
    run(following, wire)
    assert len(ledger.everything()["captures"]) == 1


class Raises:
    """A reader that raises on captures with these methods, each time."""

    def __init__(self, *methods: str) -> None:
        self.methods = methods
        self.met = 0

    def __call__(self, raw: RawRequest, role: Role, provider: str | None, settings: ReaderSettings) -> Reading:
        if raw.method in self.methods:
            self.met += 1
            raise RuntimeError("planted")
        return read(raw, role, provider, settings)


def test_a_capture_on_which_reading_raises_gets_a_problem_and_the_others_are_read(inside: Inside) -> None:
    reader = Raises("PUT")
    ledger = inside.ledger(recognise=reader)
    inside.add_bin("bin00002")
    for method in ("POST", "PUT", "POST", "PUT", "POST"):
        inside.state(stating(1, method), method=method)
    inside.keep(scripted(stating(1)), bin="bin00002")
    wire = Wire(inside)
    run(follower(wire, ledger), wire)
    assert problems(ledger) == [(1, None), (2, BROKEN), (3, None), (4, BROKEN), (5, None), (1, None)]
    # Once among others, then each alone, twice.
    assert reader.met == 5
    assert set(wire.notes) == {"ledger.failed"}
    ledger.close()


def test_what_failed_by_chance_is_tried_again_and_read(inside: Inside, ledger: Ledger, monkeypatch) -> None:
    """A ledger that is made again would have it, too."""
    left = [2]
    step = LedgerStep.follow

    def follow(self: LedgerStep, *arguments: Any) -> Any:
        if left[0]:
            left[0] -= 1
            raise RuntimeError("nothing to do with the capture")
        return step(self, *arguments)

    monkeypatch.setattr(LedgerStep, "follow", follow)
    for number in range(3):
        inside.state(stating(number))
    wire = Wire(inside)
    run(follower(wire, ledger), wire)
    assert wire.notes == ["ledger.failed"] * 2
    assert problems(ledger) == [(1, None), (2, None), (3, None)]


def test_behind_a_capture_on_which_reading_raises_care_ends_soon(inside: Inside) -> None:
    ledger = inside.ledger(recognise=Raises("PUT"))
    for number in range(100):
        inside.state(stating(number), method="PUT" if number == 10 else "POST")
    wire = Wire(inside)
    made = follower(wire, ledger)
    run(made, wire)
    assert [n for n, problem in problems(ledger) if problem] == [11]
    assert made._one_by_one == {}
    ledger.close()


def test_a_capture_that_cannot_be_folded_gets_a_problem_too(inside: Inside, ledger: Ledger, monkeypatch) -> None:
    add = Fold.add

    def fail(self: Fold, kept: object) -> None:
        if kept.n == 2 and kept.events:  # type: ignore[attr-defined]
            raise ZeroDivisionError
        add(self, kept)  # type: ignore[arg-type]

    monkeypatch.setattr(Fold, "add", fail)
    for number in range(3):
        inside.state(stating(number))
    wire = Wire(inside)
    run(follower(wire, ledger), wire)
    assert problems(ledger) == [(1, None), (2, BROKEN), (3, None)]
    assert set(ledger.everything()["messages"]) == {("ytel", "m-0"), ("ytel", "m-2")}


def test_a_bin_that_cannot_be_followed_begins_again(inside: Inside, ledger: Ledger, monkeypatch) -> None:
    wire = Wire(inside)
    following = follower(wire, ledger)
    n = inside.state(stating(1))
    inside.state(stating(2))
    run(following, wire)
    (before,) = ledger.rows("select first_seq from spaces where state = 'current'")

    def fail(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("app.storage.ledger.deleting.Refold.apply", fail)
    inside.drop(n)
    run(following, wire)
    assert problems(ledger) == [(2, None)]
    (after,) = ledger.rows("select first_seq from spaces where state = 'current'")
    assert after > before


def test_captures_of_a_bin_that_is_read_with_care_are_announced_one_by_one(inside: Inside, ledger: Ledger) -> None:
    for number in range(3):
        inside.state(stating(number))
    wire = Wire(inside)
    run(follower(wire, ledger, {1: 2}), wire)
    alone = [(frame.places, frame.waits) for frame in wire.of(ReadingBegins) if frame.alone]
    # Before and after it is parsed, the process may wait for the database.
    assert alone == [([(1, n)], waits) for n in (1, 2) for waits in (True, False, True)]
    assert len(ledger.everything()["captures"]) == 3


def test_a_capture_that_the_log_says_to_skip_gets_a_problem_until_another_reader_comes(inside: Inside) -> None:
    n = inside.state(stating(1))
    inside.apply(jobs.SkipCapture(1, n, "1"))
    for version, problem in (("1", SKIPPED), ("2", None)):
        ledger = inside.ledger(f"{version}.db", version=version)
        wire = Wire(inside)
        run(follower(wire, ledger), wire)
        assert problems(ledger) == [(n, problem)]
        ledger.close()


def test_another_reader_reads_everything_again_next_to_what_is_there(inside: Inside, ledger: Ledger) -> None:
    for number in range(3):
        inside.state(stating(number))
    wire = Wire(inside)
    run(follower(wire, ledger), wire)
    ledger.reader.version = "2"
    ledger.reader.recognise = lambda raw, role, provider, settings: stating(7, "read again")
    wire = Wire(inside)
    wire.gives_epochs = False
    following = follower(wire, ledger)
    run(following, wire)
    assert states(ledger) == [("current", "1", 0)]
    assert len(wire.of(NeedEpoch)) == 1
    wire.put(give_epoch(inside))
    run(following, wire)
    assert states(ledger) == [("current", "2", 0)]
    assert list(ledger.everything()["messages"]) == [("ytel", "m-7")]
    assert BIN in wire.changed


def test_a_capture_that_breaks_the_new_reader_does_not_keep_a_bin_from_being_rebuilt(inside: Inside) -> None:
    ledger = inside.ledger()
    for method in ("POST", "PUT", "POST"):
        inside.state(stating(1), method=method)
    wire = Wire(inside)
    run(follower(wire, ledger), wire)
    ledger.reader.version, ledger.reader.recognise = "2", Raises("PUT")
    run(follower(wire, ledger), wire)
    assert wire.notes == ["ledger.failed"] * 3
    assert states(ledger) == [("current", "2", 0)]
    assert problems(ledger) == [(1, None), (2, BROKEN), (3, None)]
    ledger.close()


def test_two_bins_that_must_be_read_again_each_get_an_epoch_of_their_own(inside: Inside, ledger: Ledger) -> None:
    inside.add_bin("bin00002")
    inside.state(stating(1))
    inside.keep(scripted(stating(1)), bin="bin00002")
    wire = Wire(inside)
    run(follower(wire, ledger), wire)
    inside.apply(jobs.RequestReread(BIN), jobs.RequestReread("bin00002"))
    run(follower(wire, ledger), wire)
    assert states(ledger) == [("current", "1", 1), ("current", "1", 1)]
    assert len(set(ledger.rows("select first_seq from spaces where state = 'current'"))) == 2


def test_a_deletion_on_which_too_much_depends_makes_a_quiet_bin_be_read_again(
    inside: Inside, ledger: Ledger, monkeypatch
) -> None:
    monkeypatch.setattr(refolding, "MAX_MESSAGES", 2)
    wire = Wire(inside)
    following = follower(wire, ledger)
    readings = [stating(number, "the same") for number in range(4)]
    n = inside.state(reading_of(*[each.events[0] for each in readings]))
    inside.state(reading_of(*[each.events[0] for each in readings]))
    run(following, wire)
    inside.drop(n)
    run(following, wire)
    assert states(ledger) == [("current", "1", 0)]
    again = inside.ledger("again.db")
    again.follow()
    assert ledger.everything() == again.everything()
    again.close()


@pytest.mark.parametrize("erased", [False, True])
def test_no_read_waits_for_a_bin_that_is_deleted(inside: Inside, ledger: Ledger, erased: bool) -> None:
    inside.state(stating(1))
    wire = Wire(inside)
    following = follower(wire, ledger)
    run(following, wire)
    inside.apply(jobs.DropBin(BIN))
    if erased:
        inside.sweep(clock.now(), 0)
    wire.sent.clear()
    following._find_behind = lambda: None  # type: ignore[method-assign]
    wire.put(LogGrew([LogPosition(1, 1, 0, 0, 1)], urgent=True))
    run(following, wire)
    assert wire.changed == [BIN]
    assert [mark for frame in wire.of(LedgerProgress) for mark in frame.positions] == [
        LogPosition(1, MASK, MASK, MASK, MASK, MASK)
    ]
    assert ledger.rows("select number from bins") == []
    assert ledger.rows("select id from captures") == []


def test_it_reports_how_far_the_building_is_once_a_second(inside: Inside, ledger: Ledger, monkeypatch) -> None:
    monkeypatch.setattr(follower_module, "CLOCK_S", 0.0)
    monkeypatch.setattr("app.storage.ledger.building.MAX_CAPTURES", 1)
    for number in range(3):
        inside.state(stating(number))
    ledger.follow()
    inside.apply(jobs.RequestReread(BIN))
    wire = Wire(inside)
    following = follower(wire, ledger)
    for _ in range(12):
        following._handle(give_epoch(inside))
        following._work()
        following._behind[1] = None
    building = [place for frame in wire.of(LedgerProgress) for place in frame.building or ()]
    assert building == [(1, BIN, 1, 1), (1, BIN, 2, 2)]


def test_more_marks_than_fit_in_a_transaction_are_reported_one_after_the_other(
    inside: Inside, ledger: Ledger, monkeypatch
) -> None:
    monkeypatch.setattr("app.storage.ledger.due_marks.LIMIT", 2)
    long_ago = clock.now() - timedelta(days=1)
    for number in range(5):
        inside.state(callback(f"out-{number}"), Role.STATUS, received_at=long_ago)
    wire = Wire(inside)
    run(follower(wire, ledger), wire)
    run_again = [frame for frame in wire.of(LedgerProgress) if frame.building is not None]
    assert [frame.changed for frame in run_again[-4:]] == [[BIN], [BIN], [BIN], []]
    assert ledger.rows("select count(*) from messages where instr(findings, 'stuck')") == [(5,)]


def test_damage_that_a_reader_has_found_ends_it(inside: Inside, ledger: Ledger) -> None:
    wire = Wire(inside)
    wire.put(LedgerDamaged("not a database"))
    with pytest.raises(DamagedFile, match="not a database"):
        run(follower(wire, ledger), wire)


def test_a_fault_of_the_database_is_no_fault_of_a_capture(inside: Inside, ledger: Ledger, monkeypatch) -> None:
    inside.state(stating(1))
    wire = Wire(inside)
    following = follower(wire, ledger)
    ledger.file.connection.execute("pragma query_only = 1")
    with pytest.raises(CannotWrite):
        run(following, wire)
    assert wire.notes == []
