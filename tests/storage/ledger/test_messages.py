"""The messages of one transaction of the ledger: loaded once, changed in memory, written once."""

from datetime import datetime, timedelta

from msgspec.structs import replace

from app import clock
from app.domain.events import Piece
from app.domain.messages.folding import PIECES_WITHIN, begin
from app.domain.messages.model import Fact, Message
from app.domain.roles import Role
from app.domain.statuses import Status
from app.storage.ids import number_of
from app.storage.ledger.changes import ChangeKind
from tests.storage.builders import reading_of
from tests.storage.engines import on_both_engines
from tests.storage.inside import Inside, Ledger

from .events import US, an_inbound, callback, came
from .folds import changes, folding

pytestmark = on_both_engines

NOW = clock.now()


def _message(message_id: str, at: datetime = NOW, **more: object) -> Message:
    return begin(Fact(n=1, at=at, provider="ytel", event=an_inbound(message_id, **more)))


def _conversations(ledger: Ledger) -> list[tuple]:
    return ledger.rows("select theirs, ours from conversations")


def test_messages_get_ascending_rows_and_one_seq_each(inside: Inside, ledger: Ledger) -> None:
    inside.state(came("first"))
    ledger.follow()
    with folding(ledger) as fold:
        expected = fold.messages.next_id
        made = [fold.messages.begin(_message(name), None) for name in ("a", "b")]
        assert [entry.id for entry in made] == [expected, expected + 1]
        fold.messages.change(made[0], replace(made[0].message, text="changed"))
    told = [ref for what, ref in changes(ledger) if what == ChangeKind.MESSAGE]
    assert told == [1, 3, 2], "the last changed is the last in order"
    assert ledger.rows("select text from messages where message_id = 'a'") == [("changed",)]


def test_an_unchanged_message_is_not_written(inside: Inside, ledger: Ledger) -> None:
    inside.state(came("m"))
    ledger.follow()
    before = changes(ledger)
    with folding(ledger) as fold:
        entry = fold.messages.find(("m", "ytel"))
        assert entry is not None
        fold.messages.change(entry, entry.message)
    assert changes(ledger) == before


def test_a_message_is_found_by_its_id_and_provider_together(inside: Inside, ledger: Ledger) -> None:
    inside.state(came("m"))
    ledger.follow()
    with folding(ledger) as fold:
        found = fold.messages.find(("m", "ytel"))
        assert found is not None
        assert fold.messages.get(found.id) is found
        assert fold.messages.find(("m", "twilio")) is None
        assert fold.messages.find(("n", "ytel")) is None


def test_an_erased_message_that_begins_again_keeps_its_row_and_is_not_reported_as_deleted(
    inside: Inside, ledger: Ledger
) -> None:
    inside.state(came("m"))
    ledger.follow()
    with folding(ledger) as fold:
        entry = fold.messages.find(("m", "ytel"))
        assert entry is not None
        fold.messages.erase(entry)
        assert fold.messages.find(("m", "ytel")) is None
        again = fold.messages.begin(_message("m"), None)
        assert again.id == entry.id
    assert not [what for what, _ in changes(ledger) if what == ChangeKind.MESSAGE_GONE]
    assert ledger.rows("select count(*) from messages") == [(1,)]


def test_an_erased_message_is_reported_by_its_provider_and_id(inside: Inside, ledger: Ledger) -> None:
    inside.state(came("m"))
    ledger.follow()
    with folding(ledger) as fold:
        entry = fold.messages.find(("m", "ytel"))
        assert entry is not None
        fold.messages.erase(entry)
    assert ledger.rows("select ref, name from changes where what = 5") == [(number_of(entry.id), '["ytel", "m"]')]
    assert ledger.rows("select count(*) from messages") == [(0,)]


def test_a_conversation_goes_with_its_last_message(inside: Inside, ledger: Ledger) -> None:
    inside.state(came("a"))
    inside.state(came("b", "another text"))
    ledger.follow()
    for name, left in (("a", 1), ("b", 0)):
        with folding(ledger) as fold:
            entry = fold.messages.find((name, "ytel"))
            assert entry is not None
            fold.messages.erase(entry)
        assert len(_conversations(ledger)) == left


def test_a_message_between_other_numbers_leaves_its_old_conversation(inside: Inside, ledger: Ledger) -> None:
    inside.state(came("a"))
    ledger.follow()
    with folding(ledger) as fold:
        entry = fold.messages.find(("a", "ytel"))
        assert entry is not None
        fold.messages.change(entry, replace(entry.message, sender="+14155550199"))
    assert _conversations(ledger) == [("+14155550199", US)]


def test_a_callback_changes_the_status_and_nothing_else_of_the_row(inside: Inside, ledger: Ledger) -> None:
    inside.state(callback("m", Status.SENT), Role.STATUS)
    ledger.follow()
    columns = "sender, recipient, text, first_at"
    before = ledger.rows(f"select {columns} from messages")
    inside.state(callback("m", Status.DELIVERED), Role.STATUS)
    ledger.follow()
    assert ledger.rows(f"select {columns} from messages") == before
    assert ledger.rows("select status, final, events from messages") == [("delivered", 1, 2)]


def test_parts_of_a_long_message_are_found_near_their_time_the_newest_first(inside: Inside, ledger: Ledger) -> None:
    for name, at in (("far", NOW - 2 * PIECES_WITHIN), ("old", NOW - PIECES_WITHIN / 2), ("young", NOW)):
        part = Piece(ref="9", number=1, total=2)
        inside.state(reading_of(an_inbound(name, name, piece=part)), received_at=at)
    ledger.follow()
    with folding(ledger) as fold:
        key = next(entry.message.piece_key for entry in [fold.messages.find(("young", "ytel"))] if entry is not None)
        assert key is not None
        found = fold.messages.find_pieces(key, NOW + timedelta(seconds=1))
    assert [entry.message.message_id for entry in found] == ["young", "old"]
