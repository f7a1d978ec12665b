"""The events and outcomes of captures in messages and pairings."""

from datetime import datetime, timedelta

import pytest

from app import clock
from app.domain.captures import Outcome
from app.domain.events import Piece
from app.domain.messages.model import CONTRADICTORY, DUPLICATE, LATE, MISPLACED, SOFT_DUPLICATE
from app.domain.roles import Role
from app.domain.statuses import Status, Word
from app.storage.ledger import folding
from tests.storage.builders import reading_of
from tests.storage.inside import Inside, Ledger
from tests.storage.scripted import MADE

from .events import THEM, US, an_inbound, callback, called, came

START = clock.now() - timedelta(minutes=10)
OK, FAILED = Outcome(status=200, after_ms=2), Outcome(status=500, after_ms=2)


def at(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


def capture_findings(ledger: Ledger) -> list[set[str]]:
    return [set(filter(None, row["findings"].split(","))) for row in ledger.everything()["captures"]]


def one_message(ledger: Ledger) -> dict:
    (found,) = ledger.everything()["messages"].values()
    return found


@pytest.mark.parametrize("limit", [1, 500])
def test_what_is_odd_about_an_event_is_reported_on_its_capture_and_its_message(
    inside: Inside, ledger: Ledger, limit: int
) -> None:
    for status in (Status.DELIVERED, Status.SENT, Status.FAILED):
        inside.state(callback("out", status), Role.STATUS, salt=status.value)
    inside.state(callback("out", Status.DELIVERED), Role.STATUS, salt=Status.DELIVERED.value)
    ledger.follow(limit)
    first, late, contradictory, again = capture_findings(ledger)
    assert (first, late) == (set(), {LATE})
    assert CONTRADICTORY in contradictory
    assert DUPLICATE in again
    assert {LATE, CONTRADICTORY, DUPLICATE} <= set(one_message(ledger)["findings"].split(","))


def test_a_message_that_turns_out_to_be_an_outbound_one_shows_its_inbound_looking_capture_as_a_callback(
    inside: Inside, ledger: Ledger
) -> None:
    inside.state(callback("m", Status.QUEUED), Role.STATUS)
    word = Word(Status.DELIVERED, True)
    inside.state(reading_of(an_inbound("m", as_callback=word)))
    ledger.follow()
    _, second = ledger.everything()["captures"]
    assert (second["kind"], second["status"], second["findings"]) == ("status", "delivered", MISPLACED)
    assert (one_message(ledger)["direction"], one_message(ledger)["status"]) == ("outbound", "delivered")
    assert ledger.everything()["pairings"] == []


def test_an_inbound_message_that_turns_outbound_leaves_its_pairing(inside: Inside, ledger: Ledger) -> None:
    inside.state(came("m"))
    ledger.follow()
    assert len(ledger.everything()["pairings"]) == 1
    inside.state(callback("m"), Role.STATUS)
    ledger.follow()
    assert (ledger.everything()["pairings"], ledger.everything()["verdicts"]) == ([], [])
    assert not one_message(ledger)["has_pairing"]


def test_the_first_outcome_that_is_reported_counts(inside: Inside, ledger: Ledger) -> None:
    n = inside.state(came("m"))
    inside.settle(n, FAILED)
    inside.settle(n, OK)
    ledger.follow()
    inside.settle(n, OK)
    ledger.follow()
    (row,) = ledger.everything()["captures"]
    assert row["out_status"] == 500
    assert ledger.everything()["verdicts"] == [("neither_ok", 1)]


def test_an_outcome_that_comes_later_settles_the_pairings_of_each_message_in_the_request(
    inside: Inside, ledger: Ledger
) -> None:
    n = inside.state(reading_of(an_inbound("a", "1"), an_inbound("b", "2")))
    ledger.follow()
    assert ledger.everything()["verdicts"] == [("neither_ok", 2)]
    inside.settle(n, OK)
    ledger.follow()
    assert ledger.everything()["verdicts"] == [("primary_only", 2)]


def test_a_fallback_makes_a_gap_and_a_verdict_of_both(inside: Inside, ledger: Ledger) -> None:
    inside.settle(inside.state(came("m"), received_at=at(0)), FAILED)
    inside.settle(inside.state(came("m"), Role.FALLBACK, received_at=at(1.5), method="GET"), OK)
    ledger.follow()
    assert ledger.everything()["verdicts"] == [("fallback_after_error", 1)]
    assert ledger.everything()["gaps"] == [(1500, 1)]
    assert one_message(ledger)["findings"] == "fallback_method"
    assert capture_findings(ledger) == [set(), {"fallback_method"}]


def test_calls_make_a_pairing_and_no_message(inside: Inside, ledger: Ledger) -> None:
    inside.settle(inside.state(called("CA1"), Role.VOICE, received_at=at(0)), FAILED)
    inside.settle(inside.state(called("CA1"), Role.VOICE_FALLBACK, received_at=at(1)), OK)
    inside.state(called("CA1"), Role.STATUS, received_at=at(2))
    ledger.follow()
    assert ledger.everything()["messages"] == {}
    assert ledger.everything()["calls"] == [("CA1", 1, 0), ("CA1", 2, 0), ("CA1", 3, 0)]
    (pairing,) = ledger.everything()["pairings"]
    assert (pairing["verdict"], pairing["call"], pairing["events"]) == ("fallback_after_error", "CA1", 2)


@pytest.mark.parametrize("limit", [1, 500])
def test_the_same_text_on_the_other_url_without_an_id_is_the_twin_of_one_message_only(
    inside: Inside, ledger: Ledger, limit: int
) -> None:
    inside.state(came("m", "hi"), received_at=at(0))
    inside.state(came("made-1", "hi"), Role.FALLBACK, received_at=at(1))
    inside.state(came("made-2", "hi"), Role.FALLBACK, received_at=at(2))
    ledger.follow(limit)
    first, second = ledger.everything()["pairings"]
    names = {(pairing["message"], pairing["twin"]) for pairing in (first, second)}
    assert names == {(("ytel", "m"), ("ytel", "made-1")), (("ytel", "made-2"), None)}
    assert capture_findings(ledger)[2] >= {SOFT_DUPLICATE}
    assert SOFT_DUPLICATE not in capture_findings(ledger)[1]


def test_pieces_of_a_long_message_join_in_any_order(inside: Inside, ledger: Ledger) -> None:
    inside.state(came("p2", "world", piece=Piece("7", 2, 2)), received_at=at(0))
    inside.state(came("p1", "hello ", piece=Piece("7", 1, 2)), received_at=at(1))
    ledger.follow()
    assert one_message(ledger)["text"] == "hello world"
    assert one_message(ledger)["links"] == [(1, 0), (2, 0)]


def test_events_behind_a_limit_are_counted_and_change_nothing_else(inside: Inside, ledger: Ledger, monkeypatch) -> None:
    monkeypatch.setattr(folding, "MAX_EVENTS", 2)
    for number, status in enumerate((Status.QUEUED, Status.SENT, Status.DELIVERED)):
        inside.state(callback("out", status), Role.STATUS, received_at=at(number))
    for number in range(3):
        inside.state(called("CA1"), Role.VOICE, received_at=at(number))
    ledger.follow()
    found = one_message(ledger)
    assert (found["status"], found["events"], found["last_n"], len(found["links"])) == ("sent", 3, 3, 3)
    (pairing,) = ledger.everything()["pairings"]
    assert (pairing["events"], len(pairing["hits"])) == (3, 2)


def test_conversations_are_the_pairs_of_all_messages(inside: Inside, ledger: Ledger) -> None:
    inside.state(came("a", sender="+14155550001"))
    inside.state(callback("b"), Role.STATUS)
    ledger.follow()
    assert ledger.everything()["conversations"] == [("+14155550001", US), (THEM, US)]


def test_new_captures_take_their_cursors_before_the_messages_that_changed_with_them(
    inside: Inside, ledger: Ledger
) -> None:
    for number in range(2):
        inside.state(came(f"m-{number}", str(number)))
    ledger.follow()
    (first,) = ledger.rows("select first_seq from spaces")
    rows = ledger.rows("select seq - ?, what, ref from changes order by seq", *first)
    assert rows == [(1, 0, 1), (2, 0, 2), (3, 2, 1), (4, 2, 2)]
    inside.settle(2, OK)
    inside.settle(2, OK)
    ledger.follow()
    assert ledger.rows("select what, ref from changes where seq > ?", first[0] + 4) == [(1, 2)]


@pytest.mark.parametrize(
    ("second", "role", "salt", "messages", "finding"),
    [
        (60, Role.PRIMARY, "", 1, DUPLICATE),
        (60, Role.PRIMARY, "other", 2, SOFT_DUPLICATE),
        (61, Role.PRIMARY, "", 2, None),
        (1, Role.FALLBACK, "", 2, None),
    ],
)
def test_an_identical_request_without_an_id_to_the_same_url_within_a_minute_is_a_duplicate(
    inside: Inside, ledger: Ledger, second: float, role: Role, salt: str, messages: int, finding: str | None
) -> None:
    inside.state(came(MADE, "YES"), received_at=at(0))
    inside.state(came(MADE, "YES"), role, received_at=at(second), salt=salt)
    ledger.follow()
    assert len(ledger.everything()["messages"]) == messages
    found = capture_findings(ledger)[1]
    assert found & {DUPLICATE, SOFT_DUPLICATE} == ({finding} if finding else set())


def test_equal_messages_of_one_request_are_several_and_each_is_repeated(inside: Inside, ledger: Ledger) -> None:
    reading = reading_of(an_inbound(MADE, "YES"), an_inbound(MADE, "YES"))
    for second in (0, 5):
        inside.state(reading, received_at=at(second))
    ledger.follow()
    first, again = capture_findings(ledger)
    assert len(ledger.everything()["messages"]) == 2
    assert (DUPLICATE in first, DUPLICATE in again) == (False, True)
