"""The ledger has the annotations of the log, and viewers get each change."""

from app.storage.log import jobs
from tests.storage.engines import on_both_engines
from tests.storage.inside import BIN, Inside, Ledger

from .events import came
from .folds import changes

pytestmark = on_both_engines


def test_a_change_is_copied_and_takes_a_seq(inside: Inside, ledger: Ledger) -> None:
    for name in ("a", "b", "c"):
        inside.state(came(name))
    ledger.follow()
    before = len(changes(ledger))
    inside.annotate(1, 3, pinned=True, tags=("late", "new"))
    inside.annotate(3, note="called back")
    ledger.follow()
    assert ledger.annotations(1) == [(1, 1, "", "late,new"), (3, 1, "called back", "late,new")]
    assert changes(ledger)[before:] == [(1, 1), (1, 3)]
    ledger.follow()
    assert len(changes(ledger)) == before + 2


def test_it_goes_with_its_capture_and_does_not_return(inside: Inside, ledger: Ledger) -> None:
    for name in ("a", "b"):
        inside.state(came(name))
    inside.annotate(1, 2, pinned=True)
    inside.drop(1)
    ledger.follow()
    assert ledger.annotations(1) == [(2, 1, "", "")]
    inside.apply(jobs.DropCaptures(BIN))
    ledger.follow()
    ledger.erase()
    assert ledger.rows("select count(*) from annotations") == [(0,)]


def test_one_whose_capture_is_being_deleted_is_passed_over(inside: Inside, ledger: Ledger) -> None:
    """The bytes of a cleared bin are erased later, and so are its annotations."""
    inside.state(came("a"))
    inside.annotate(1, pinned=True)
    inside.apply(jobs.DropCaptures(BIN))
    ledger.follow()
    assert ledger.rows("select count(*) from annotations") == [(0,)]
    assert ledger.rows("select a from spaces where state = 'current'") == [(1,)]


def test_it_is_kept_when_the_bin_is_parsed_again(inside: Inside, ledger: Ledger) -> None:
    inside.state(came("a"))
    inside.annotate(1, note="kept")
    ledger.follow()
    inside.apply(jobs.RequestReread(BIN))
    ledger.follow()
    ledger.build()
    ((space,),) = ledger.rows("select space from bins")
    assert space > 1
    assert ledger.annotations(space) == [(1, 0, "kept", "")]
