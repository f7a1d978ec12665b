"""After the deletion of a capture the ledger is as if it had never come."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from app import clock
from app.domain.captures import Outcome
from app.domain.events import Piece
from app.domain.messages.model import CONTRADICTORY, DUPLICATE, LATE, MISPLACED, SOFT_DUPLICATE
from app.domain.roles import Role
from app.domain.statuses import Status, Word
from app.storage.ledger import deleting
from app.storage.log import jobs
from tests.storage.builders import reading_of
from tests.storage.inside import BIN, Inside, Ledger

from .events import THEM, US, an_inbound, callback, called, came

START = clock.now() - timedelta(minutes=10)
OK, FAILED = Outcome(status=200, after_ms=2), Outcome(status=500, after_ms=2)


def at(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


def codes(ledger: Ledger) -> str:
    """All findings of captures and messages."""
    seen = ledger.everything()
    return ",".join([row["findings"] for row in (*seen["captures"], *seen["messages"].values())])


def delete(ledger: Ledger, *numbers: int) -> None:
    """Delete them, one in each step, and compare with a ledger that is made from the remaining captures."""
    ledger.follow()
    for n in numbers:
        assert ledger.inside.drop(n)
        ledger.follow()
    again = ledger.inside.ledger("again.db")
    again.follow()
    assert ledger.everything() == again.everything()
    again.close()


def test_a_callback_is_late_no_more_when_the_one_that_was_ahead_of_it_is_gone(inside: Inside, ledger: Ledger) -> None:
    inside.state(callback("out", Status.DELIVERED), Role.STATUS)
    inside.state(callback("out", Status.SENT), Role.STATUS)
    ledger.follow()
    assert LATE in codes(ledger)
    delete(ledger, 1)
    assert LATE not in codes(ledger)
    assert ledger.everything()["messages"][("ytel", "out")]["status"] == "sent"


def test_two_ends_contradict_each_other_no_more_when_one_is_gone(inside: Inside, ledger: Ledger) -> None:
    inside.state(callback("out", Status.DELIVERED), Role.STATUS)
    inside.state(callback("out", Status.FAILED), Role.STATUS)
    ledger.follow()
    assert CONTRADICTORY in codes(ledger)
    delete(ledger, 1)
    assert CONTRADICTORY not in codes(ledger)
    assert ledger.everything()["messages"][("ytel", "out")]["status"] == "failed"


def test_a_repeated_request_is_no_duplicate_when_the_first_is_gone(inside: Inside, ledger: Ledger) -> None:
    for _ in range(2):
        inside.state(came("m"))
    ledger.follow()
    assert DUPLICATE in codes(ledger)
    delete(ledger, 1)
    assert codes(ledger).strip(",") == ""


def test_the_same_text_is_no_soft_duplicate_when_the_first_is_gone(inside: Inside, ledger: Ledger) -> None:
    for number in range(3):
        inside.state(came(f"m-{number}"), received_at=at(40 * number))
    ledger.follow()
    assert codes(ledger).count(SOFT_DUPLICATE) == 4
    delete(ledger, 1)
    assert codes(ledger).count(SOFT_DUPLICATE) == 2
    delete(ledger, 2)
    assert SOFT_DUPLICATE not in codes(ledger)


def test_a_misplaced_callback_is_an_inbound_message_when_the_status_is_gone(inside: Inside, ledger: Ledger) -> None:
    inside.state(callback("m"), Role.STATUS)
    inside.state(reading_of(an_inbound("m", as_callback=Word(Status.DELIVERED, True))))
    ledger.follow()
    assert MISPLACED in codes(ledger)
    delete(ledger, 1)
    assert MISPLACED not in codes(ledger)
    assert ledger.everything()["messages"][("ytel", "m")]["direction"] == "inbound"
    assert ledger.everything()["verdicts"] == [("neither_ok", 1)]


def test_a_conversation_goes_with_its_last_message(inside: Inside, ledger: Ledger) -> None:
    inside.state(came("a", sender="+14155550001"))
    inside.state(callback("b"), Role.STATUS)
    inside.state(callback("b", Status.DELIVERED), Role.STATUS)
    ledger.follow()
    delete(ledger, 1)
    assert ledger.everything()["conversations"] == [(THEM, US)]
    delete(ledger, 2)
    assert ledger.everything()["conversations"] == [(THEM, US)]
    delete(ledger, 3)
    assert ledger.everything()["conversations"] == []


def test_a_conversation_moves_with_a_message_whose_first_capture_named_other_parties(
    inside: Inside, ledger: Ledger
) -> None:
    inside.state(callback("b", recipient="+14155550001"), Role.STATUS)
    inside.state(callback("b", Status.DELIVERED), Role.STATUS)
    ledger.follow()
    assert ledger.everything()["conversations"] == [("+14155550001", US)]
    delete(ledger, 1)
    assert ledger.everything()["conversations"] == [(THEM, US)]


@pytest.mark.parametrize(("gone", "verdict"), [(1, "fallback_only"), (2, "neither_ok")], ids=["primary", "fallback"])
def test_a_verdict_is_that_of_the_hits_that_are_left(inside: Inside, ledger: Ledger, gone: int, verdict: str) -> None:
    inside.settle(inside.state(came("m"), received_at=at(0)), FAILED)
    inside.settle(inside.state(came("m"), Role.FALLBACK, received_at=at(2)), OK)
    ledger.follow()
    assert ledger.everything()["gaps"] == [(2000, 1)]
    delete(ledger, gone)
    assert ledger.everything()["verdicts"] == [(verdict, 1)]
    assert ledger.everything()["gaps"] == []


def test_twins_part_when_the_message_that_joined_them_is_gone(inside: Inside, ledger: Ledger) -> None:
    inside.settle(inside.state(came("m"), received_at=at(0)), FAILED)
    inside.settle(inside.state(came("made-1"), Role.FALLBACK, received_at=at(1)), OK)
    inside.settle(inside.state(came("made-2"), Role.FALLBACK, received_at=at(2)), OK)
    ledger.follow()
    assert ledger.everything()["verdicts"] == [("fallback_after_error", 1), ("fallback_only", 1)]
    delete(ledger, 2)
    assert ledger.everything()["verdicts"] == [("fallback_after_error", 1)]
    delete(ledger, 1)
    assert ledger.everything()["verdicts"] == [("fallback_only", 1)]


def test_a_call_keeps_what_its_other_captures_say(inside: Inside, ledger: Ledger) -> None:
    inside.settle(inside.state(called("CA1"), Role.VOICE, received_at=at(0)), FAILED)
    inside.settle(inside.state(called("CA1"), Role.VOICE_FALLBACK, received_at=at(1)), OK)
    ledger.follow()
    delete(ledger, 1)
    assert ledger.everything()["verdicts"] == [("fallback_only", 1)]
    assert ledger.everything()["calls"] == [("CA1", 2, 0)]
    delete(ledger, 2)
    assert ledger.everything()["pairings"] == []


def test_a_piece_that_is_deleted_leaves_the_text_of_the_others(inside: Inside, ledger: Ledger) -> None:
    for number, text in enumerate(("a", "b", "c"), 1):
        inside.state(came(f"p-{number}", text, piece=Piece("7", number, 3)), received_at=at(number))
    ledger.follow()
    assert list(ledger.everything()["messages"]) == [("ytel", "p-1")]
    delete(ledger, 1)
    ((name, message),) = ledger.everything()["messages"].items()
    assert (name, message["text"]) == (("ytel", "p-2"), "bc")


@pytest.mark.parametrize("role", [Role.PRIMARY, Role.FALLBACK, Role.STATUS, Role.VOICE, Role.VOICE_FALLBACK])
def test_the_counts_are_those_of_what_is_left(inside: Inside, ledger: Ledger, role: Role) -> None:
    inside.state(came("a"), role, received_at=at(0))
    inside.state(came("b"), role, received_at=at(1))
    ledger.follow()
    delete(ledger, 2)
    (space,) = ledger.rows(f"select captures, {role.value.replace('-', '_')}_count, last_capture_at from spaces")
    assert space[:2] == (1, 1)
    assert ledger.everything()["captures"][0]["received_at"] == space[2]
    delete(ledger, 1)
    assert ledger.everything()["counts"]["last_capture_at"] is None


def test_viewers_are_notified_of_the_capture_its_message_and_what_changed(inside: Inside, ledger: Ledger) -> None:
    inside.state(callback("out", Status.DELIVERED), Role.STATUS)
    inside.state(callback("out", Status.SENT), Role.STATUS)
    inside.state(came("alone"))
    ledger.follow()
    (before,) = ledger.rows("select last_seq from spaces")
    delete(ledger, 1, 3)
    rows = ledger.rows("select what, ref, name from changes where seq > ? order by seq", *before)
    assert sorted(rows, key=str) == [
        (1, 2, None), (2, 1, None), (3, 1, None), (3, 3, None), (5, 2, '["ytel", "alone"]')
    ]  # fmt: skip


def test_what_the_retention_took_is_reported_in_one_and_its_changes_are_forgotten(
    inside: Inside, ledger: Ledger, monkeypatch
) -> None:
    monkeypatch.setattr(deleting, "CHUNK", 2)
    for number in range(7):
        inside.state(came(f"m-{number}", str(number)), received_at=at(number))
    ledger.follow()
    inside.sweep(at(105.5), 100)
    steps = 0
    while not ledger.step():
        steps += 1
    assert steps == 2
    assert [row["id"] for row in ledger.everything()["captures"]] == [7]
    seqs = ledger.rows("select what, ref from changes where what in (0, 4) order by seq")
    assert seqs == [(0, 7), (4, 2), (4, 4), (4, 6)]


def test_a_cleared_bin_is_empty_and_continues_with_its_numbers_and_cursors(inside: Inside, ledger: Ledger) -> None:
    inside.state(came("a"))
    ledger.follow()
    (before,) = ledger.rows("select last_seq from spaces")
    inside.apply(jobs.DropCaptures(BIN))
    ledger.follow()
    assert ledger.everything()["captures"] == []
    assert ledger.rows("select what, ref from changes where seq > ?", *before) == [(4, 1)]
    inside.state(came("a"))
    delete(ledger)
    assert [row["id"] for row in ledger.everything()["captures"]] == [2]


def test_a_bin_that_is_made_after_another_was_deleted_shows_nothing_of_it(inside: Inside, ledger: Ledger) -> None:
    """The ledger has not followed in the meantime."""
    inside.state(came("a"))
    ledger.follow()
    inside.apply(jobs.DropBin(BIN))
    inside.sweep(clock.now(), 0)
    inside.add_bin("bin00002")
    numbers = [head.number for head in ledger._heads()]
    assert numbers == [2]
    for number in (1, 2):
        ledger.step(number)
    assert ledger.everything(1) == {}
    assert ledger.everything(2)["captures"] == []


def _nothing(_: Inside) -> None:
    pass


def _clear(inside: Inside) -> None:
    inside.apply(jobs.DropCaptures(BIN))


@pytest.mark.parametrize("first", [_nothing, _clear])
def test_a_deletion_of_what_was_never_read_changes_nothing(
    inside: Inside, ledger: Ledger, first: Callable[[Inside], None]
) -> None:
    inside.state(came("a"))
    inside.state(came("b"))
    inside.drop(1)
    first(inside)
    inside.state(came("c"))
    delete(ledger, 3)
    assert len(ledger.everything()["captures"]) == (1 if first is _nothing else 0)
