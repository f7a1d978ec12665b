"""The captures of one transaction of the ledger: loaded once, changed in memory, written once."""

import pytest

from app.domain.captures import Outcome
from app.domain.messages.model import LATE, MISPLACED
from app.domain.roles import Role
from app.domain.statuses import Status, Word
from app.storage.ledger.changes import ChangeKind
from tests.storage.builders import a_raw, reading_of
from tests.storage.inside import Inside, Ledger

from .events import an_inbound, callback, called, came
from .folds import changes, folding

NEW, CHANGED = ChangeKind.NEW, ChangeKind.CHANGED


def _findings(ledger: Ledger) -> list[str]:
    return [row[0] for row in ledger.rows("select findings from captures order by id")]


def test_a_capture_that_changes_twice_in_a_transaction_has_one_change(inside: Inside, ledger: Ledger) -> None:
    inside.state(came("m"))
    ledger.follow()
    before = len(changes(ledger))
    with folding(ledger) as fold:
        kept = fold.captures.get(1)
        assert kept is not None
        fold.captures.set_odd(kept, 0, (LATE,))
        fold.captures.set_paired(1, 7, ("no_fallback",))
    assert changes(ledger)[before:] == [(CHANGED, 1)]
    assert set(_findings(ledger)[0].split(",")) == {LATE, "no_fallback"}


def test_equal_findings_are_no_change(inside: Inside, ledger: Ledger) -> None:
    inside.state(came("m"))
    ledger.follow()
    with folding(ledger) as fold:
        kept = fold.captures.get(1)
        assert kept is not None
        fold.captures.set_odd(kept, 0, (LATE,))
    before = changes(ledger)
    with folding(ledger) as fold:
        kept = fold.captures.get(1)
        assert kept is not None
        fold.captures.set_odd(kept, 0, (LATE,))
        fold.captures.set_paired(1, 7, ())
    assert changes(ledger) == before


def test_findings_that_no_longer_apply_are_removed(inside: Inside, ledger: Ledger) -> None:
    inside.state(came("m"))
    ledger.follow()
    for codes in ((LATE,), ()):
        with folding(ledger) as fold:
            kept = fold.captures.get(1)
            assert kept is not None
            fold.captures.set_odd(kept, 0, codes)
            fold.captures.set_paired(1, 7, codes)
    assert _findings(ledger) == [""]
    assert ledger.rows("select odd, paired from captures") == [(None, None)]


def test_a_change_without_notification_is_written_and_has_no_seq(inside: Inside, ledger: Ledger) -> None:
    inside.state(came("m"))
    ledger.follow()
    before = changes(ledger)
    with folding(ledger) as fold:
        kept = fold.captures.get(1)
        assert kept is not None
        kept.messages = [None]
        fold.captures.change(kept, notify=False)
    assert changes(ledger) == before
    assert ledger.rows("select messages from captures") == [("[null]",)]


def test_an_erased_capture_is_neither_found_nor_written(inside: Inside, ledger: Ledger) -> None:
    inside.state(came("m"))
    ledger.follow()
    with folding(ledger) as fold:
        kept = fold.captures.get(1)
        assert kept is not None
        fold.captures.set_odd(kept, 0, (LATE,))
        fold.captures.forget(1)
        assert fold.captures.get(1) is None
    assert _findings(ledger) == [""]


def test_more_captures_than_one_query_takes_are_loaded(inside: Inside, ledger: Ledger) -> None:
    for n in range(502):
        inside.keep(a_raw(b"%d" % n))
    ledger.follow()
    with folding(ledger) as fold:
        fold.captures.look_up(list(range(1, 504)))
        found = [fold.captures.get(n) for n in (1, 500, 501, 502, 503)]
    assert [None if kept is None else kept.n for kept in found] == [1, 500, 501, 502, None]


def test_captures_are_counted_by_role_with_the_time_of_the_last(inside: Inside, ledger: Ledger) -> None:
    inside.state(came("a"))
    inside.state(came("b"), Role.FALLBACK)
    inside.state(callback("c"), Role.STATUS, salt="1")
    inside.state(callback("c"), Role.STATUS, salt="2")
    ledger.follow()
    counts = ledger.everything()["counts"]
    (last,) = ledger.rows("select received_at from captures order by id desc limit 1")[0]
    assert counts == {
        "captures": 4, "primary_count": 1, "fallback_count": 1, "status_count": 2, "voice_count": 0,
        "last_capture_at": last,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("role", "fallback", "is_call"),
    [
        (Role.PRIMARY, False, False),
        (Role.FALLBACK, True, False),
        (Role.VOICE, False, True),
        (Role.VOICE_FALLBACK, True, True),
        (Role.STATUS, None, False),
    ],
)
def test_only_captures_of_a_pair_of_urls_are_hits(
    inside: Inside, ledger: Ledger, role: Role, fallback: bool | None, is_call: bool
) -> None:
    inside.state(called("c") if is_call else came("m"), role)
    inside.settle(1, Outcome(status=500, after_ms=7))
    ledger.follow()
    with folding(ledger) as fold:
        kept = fold.captures.get(1)
        assert kept is not None
        assert kept.is_call == is_call
        hit = kept.hit
    if fallback is None:
        assert hit is None
    else:
        assert hit is not None
        assert (hit.n, hit.fallback, hit.ok, hit.status, hit.after_ms) == (1, fallback, False, 500, 7)


def test_only_a_callback_on_the_wrong_url_is_shown_as_a_callback(inside: Inside, ledger: Ledger) -> None:
    reading = reading_of(an_inbound("m", as_callback=Word(Status.DELIVERED, True)))
    inside.state(reading)
    ledger.follow()
    with folding(ledger) as fold:
        kept = fold.captures.get(1)
        assert kept is not None
        assert kept.kind_and_status() == ("inbound", "received")
        kept.odd[0] = (MISPLACED,)
        assert kept.kind_and_status() == ("status", "delivered")


def test_a_new_capture_takes_its_seq_when_it_is_written(inside: Inside, ledger: Ledger) -> None:
    inside.state(came("m"))
    inside.state(came("n"))
    ledger.follow()
    told = [(what, ref) for what, ref in changes(ledger) if what in (NEW, CHANGED)]
    assert told == [(NEW, 1), (NEW, 2)]
    seqs = [row[0] for row in ledger.rows("select seq from captures order by id")]
    assert seqs == [row[0] for row in ledger.rows("select seq from changes where what = 0 order by seq")]
