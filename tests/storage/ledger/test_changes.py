"""The changes that readers with a cursor get."""

from app.storage.ledger.changes import ChangeKind, Changes
from app.storage.ledger.spaces import SpaceState, add_space
from tests.storage.inside import Ledger


def test_a_capture_that_changes_more_than_once_in_a_transaction_is_reported_once(ledger: Ledger) -> None:
    with ledger.file.database.write() as transaction:
        space = add_space(transaction, 1, SpaceState.CURRENT, "", 0, first_seq=10)
        changes = Changes(transaction, space)
        assert [changes.add(ChangeKind.CHANGED, ref) for ref in (1, 1, 2, 1)] == [11, 11, 12, 12]
        changes.flush()
        assert changes.add(ChangeKind.CHANGED, 1) == 13
        changes.flush()
    assert ledger.rows("select seq, what, ref from changes") == [(11, 1, 1), (12, 1, 2), (13, 1, 1)]


def test_everything_else_is_reported_each_time_and_what_is_gone_by_its_name(ledger: Ledger) -> None:
    with ledger.file.database.write() as transaction:
        space = add_space(transaction, 1, SpaceState.CURRENT, "", 0, first_seq=0)
        changes = Changes(transaction, space)
        changes.add(ChangeKind.MESSAGE, 1)
        changes.add(ChangeKind.MESSAGE, 1)
        changes.add(ChangeKind.MESSAGE_GONE, 1, ("ytel", 'an "id"'))
        changes.flush()
    assert ledger.rows("select seq, what, ref, name from changes") == [
        (1, 2, 1, None), (2, 2, 1, None), (3, 5, 1, '["ytel", "an \\"id\\""]')
    ]  # fmt: skip
    assert space.last_seq == 3
