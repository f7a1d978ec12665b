"""What the follower does with one bin in one transaction: settings, deletions, captures, outcomes."""

import pytest

from app import clock
from app.domain.captures import Outcome, RawRequest, Reading
from app.domain.reader import ReaderSettings
from app.domain.roles import Role
from app.storage.ids import row_id
from app.storage.ledger import steps
from app.storage.ledger.feed import read_log_heads
from app.storage.ledger.read_timer import CUT_OFF, TakesTooLong
from app.storage.ledger.steps import BROKEN, PARSING_S, SKIPPED, SLOW, CaptureReader
from app.storage.log import jobs
from app.storage.log.results import LogPosition
from tests.storage.builders import a_raw
from tests.storage.inside import BIN, Inside, Ledger
from tests.storage.scripted import read

from .events import came
from .folds import changes

OK = Outcome(status=200, after_ms=2)


def _problems(ledger: Ledger) -> list[str | None]:
    return [row[0] for row in ledger.rows("select problem from captures order by id")]


def _slow(*_: object) -> None:
    raise TakesTooLong


def test_a_changed_setting_takes_a_seq_once(inside: Inside, ledger: Ledger) -> None:
    ledger.follow()
    before = ledger.rows("select last_seq from spaces")[0][0]
    inside.apply(jobs.SetBin(BIN, "a name", "twilio", None, 60))
    for _ in range(2):
        ledger.follow()
        ledger.step()
        assert ledger.rows("select last_seq from spaces") == [(before + 1,)]
    assert ledger.rows("select name, stuck_s from bins") == [("a name", 60)]


def test_a_bin_is_followed_when_nothing_of_it_is_left_in_the_log(inside: Inside, ledger: Ledger) -> None:
    def is_followed() -> bool:
        with ledger._write(None) as step:
            (head,) = read_log_heads(step._log, [1])
            return step.is_followed(head)

    assert not is_followed()
    ledger.follow()
    assert is_followed()
    for change in (
        lambda: inside.state(came("m")),
        lambda: inside.settle(1, OK),
        lambda: inside.apply(jobs.SetBin(BIN, "b", None, None, 60)),
        lambda: inside.drop(1),
    ):
        change()
        assert not is_followed()
        ledger.follow()
        assert is_followed()


def test_its_position_is_that_of_the_bin_in_the_log(inside: Inside, ledger: Ledger) -> None:
    def position() -> LogPosition:
        with ledger._write(None) as step:
            (head,) = read_log_heads(step._log, [1])
            return step.position_of(head)

    assert position() == LogPosition(1, 0, 0, 0, -1)
    for text in ("a", "b"):
        inside.state(came(text, text))
    inside.settle(1, OK)
    inside.drop(2)
    ledger.follow()
    assert position() == LogPosition(1, 2, 1, 1, 0)


def test_a_capture_that_cannot_be_parsed_is_kept_with_the_reason(inside: Inside, ledger: Ledger) -> None:
    for n in range(4):
        inside.keep(a_raw(b"%d" % n), Role.STATUS if n == 3 else Role.PRIMARY)
    inside.apply(jobs.SkipCapture(1, 1, "1"), jobs.SkipCapture(1, 2, "1" + CUT_OFF), jobs.SkipCapture(1, 3, "0"))
    ledger.broken.add(row_id(1, 4))
    ledger.follow()
    assert _problems(ledger) == [SKIPPED, SLOW, None, BROKEN]
    assert ledger.rows("select kind from captures where problem = ?", BROKEN) == [("status",)]


def test_a_capture_whose_parsing_is_cut_off_is_reported_and_the_next_one_is_parsed(inside: Inside) -> None:
    def first_is_slow(raw, role, provider, settings):
        return _slow() if raw.body == b"0" else read(raw, role, provider, settings)

    ledger = inside.ledger("slow.db", first_is_slow)
    for n in range(2):
        inside.keep(a_raw(b"%d" % n))
    with ledger._write(None) as step:
        (head,) = read_log_heads(step._log, [1])
        space = step.current_space(head)
        assert space is not None
        step.follow(head, space, 10)
        assert step.cut_off == [(1, 1)]
    assert _problems(ledger) == [SLOW, None]
    ledger.close()


def test_clearing_a_bin_continues_its_cursors_in_an_empty_space(inside: Inside, ledger: Ledger) -> None:
    for text in ("a", "b"):
        inside.state(came(text, text))
    ledger.follow()
    before = ledger.rows("select last_seq, first_seq from spaces where state = 'current'")[0]
    inside.apply(jobs.DropCaptures(BIN))
    inside.state(came("c", "c"))
    ledger.follow()
    last_seq, first_seq = ledger.rows("select last_seq, first_seq from spaces where state = 'current'")[0]
    assert (last_seq > before[0], first_seq) == (True, before[1])
    assert [row["id"] for row in ledger.everything()["captures"]] == [3]
    assert (4, 2) in changes(ledger), "everything up to the second capture was deleted"


def test_outcomes_of_captures_that_are_not_followed_yet_wait_for_them(inside: Inside, ledger: Ledger) -> None:
    for text in ("a", "b"):
        inside.settle(inside.state(came(text, text)), OK)
    ledger.step(limit=1)
    assert ledger.rows("select n, k from spaces") == [(1, 1)]
    ledger.step(limit=1)
    assert ledger.rows("select n, k from spaces") == [(2, 2)]
    assert ledger.rows("select out_status from captures") == [(200,), (200,)]


def test_a_space_that_cannot_be_continued_is_replaced_by_an_empty_one(inside: Inside, ledger: Ledger) -> None:
    inside.state(came("m"))
    ledger.follow()
    with ledger._write(None) as step:
        (head,) = read_log_heads(step._log, [1])
        space = step.current_space(head)
        assert space is not None
        step.start_over(head, space, 500)
    assert ledger.rows("select state from spaces order by number") == [("gone",), ("current",)]
    assert ledger.everything()["captures"] == []
    ledger.follow()
    assert [row["id"] for row in ledger.everything()["captures"]] == [1]


def test_a_deleted_bin_leaves_nothing_for_readers(inside: Inside, ledger: Ledger) -> None:
    inside.state(came("m"))
    ledger.follow()
    inside.apply(jobs.DropBin(BIN))
    ledger.step()
    assert ledger.rows("select number from bins") == []
    assert ledger.rows("select state from spaces") == [("gone",)]


def test_a_space_of_another_version_or_before_a_request_is_outdated(inside: Inside, ledger: Ledger) -> None:
    def is_outdated() -> bool:
        with ledger._write(None) as step:
            (head,) = read_log_heads(step._log, [1])
            space = step.current_space(head)
            assert space is not None
            return step.is_outdated(head, space)

    ledger.follow(now=clock.now())
    assert not is_outdated()
    inside.apply(jobs.RequestReread(BIN))
    assert is_outdated()
    ledger.follow()
    ledger.build()
    assert not is_outdated()
    ledger.reader = CaptureReader(read, "2")
    assert is_outdated()


def test_only_a_bin_with_secrets_is_parsed_again_when_the_settings_of_the_server_change(
    inside: Inside, ledger: Ledger
) -> None:
    def is_outdated(secrets_version: str) -> bool:
        ledger.reader = CaptureReader(read, "1", secrets_version)
        with ledger._write(None) as step:
            (head,) = read_log_heads(step._log, [1])
            return step.is_outdated(head, step.current_space(head))

    inside.keep(a_raw())
    ledger.follow()
    assert not is_outdated("1 with a key")
    inside.apply(jobs.SetSecret(BIN, "primary", None, "s3cret", "h", 1))
    ledger.follow()
    ledger.build()
    assert not is_outdated("1 with a key")
    assert is_outdated("1 with another key")
    inside.apply(jobs.DropSecret(BIN, "primary"))
    ledger.reader = CaptureReader(read, "1", "1 with a key")
    ledger.follow()
    ledger.build()
    assert not is_outdated("1 with another key")


def test_a_step_ends_early_when_parsing_takes_long_and_the_next_one_continues(inside: Inside, ledger: Ledger) -> None:
    def slow(raw: RawRequest, role: Role, provider: str | None, settings: ReaderSettings) -> Reading:
        moments[0] += PARSING_S / 2 + 0.001
        return read(raw, role, provider, settings)

    moments = [100.0]
    for number in range(5):
        inside.state(came(f"m{number}"))
        inside.settle(number + 1, OK)
    ledger.reader = CaptureReader(slow, "1")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(steps, "ticks", lambda: moments[0])
        for count in (2, 4, 5):
            is_done = ledger.step()
            assert ledger.rows("select count(*), count(out_status) from captures") == [(count, count)]
        assert is_done
    again = inside.ledger("again.db")
    again.follow()
    assert again.everything() == ledger.everything()
