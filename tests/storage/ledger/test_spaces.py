"""Spaces: one result of parsing one bin each, with its numbers and cursors."""

import pytest

from app.domain.roles import Role
from app.storage.ids import row_id
from app.storage.ledger.spaces import (
    SpaceState,
    add_space,
    epoch_of,
    find_space,
    first_seq_of,
    read_space,
    save_space,
)
from app.storage.log import jobs
from tests.storage.engines import on_both_engines
from tests.storage.inside import BIN, Inside, Ledger

from .events import came


@on_both_engines
def test_a_space_comes_back_as_it_was_saved(ledger: Ledger) -> None:
    with ledger.file.database.write() as transaction:
        space = add_space(transaction, 7, SpaceState.BUILDING, "reader", 3, first_seq=first_seq_of(9), floor_n=5)
        assert (space.bin, space.state, space.reader, space.rereads, space.n) == (7, "building", "reader", 3, 5)
        assert (space.first_seq, space.last_seq) == (first_seq_of(9), first_seq_of(9))
        space.n, space.k, space.d, space.indexed_n, space.last_capture_at = 8, 2, 1, 4, 99
        for _ in range(3):
            space.next_seq()
        space.count(Role.VOICE_FALLBACK.value, 2)
        space.state = SpaceState.CURRENT.value
        save_space(transaction, space)
        assert find_space(transaction, space.number) == space
        assert (space.captures, space.voice_fallback_count, space.last_seq) == (2, 2, first_seq_of(9) + 3)
        assert find_space(transaction, space.number + 1) is None


@on_both_engines
def test_numbers_of_spaces_are_never_given_twice(ledger: Ledger) -> None:
    with ledger.file.database.write() as transaction:
        first = add_space(transaction, 1, SpaceState.CURRENT, "", 0, first_seq=0)
        transaction.run("erase_space", {"number": first.number})
        assert add_space(transaction, 1, SpaceState.CURRENT, "", 0, first_seq=0).number > first.number


@on_both_engines
@pytest.mark.parametrize("role", list(Role))
def test_each_role_has_a_count_of_its_own(ledger: Ledger, role: Role) -> None:
    with ledger.file.database.write() as transaction:
        space = add_space(transaction, 1, SpaceState.CURRENT, "", 0, first_seq=0)
        space.count(role.value, 1)
        counts = [space.primary_count, space.fallback_count, space.status_count, space.voice_count]
        counts.append(space.voice_fallback_count)
    assert [count for count, each in zip(counts, Role, strict=True) if each is role] == [1]
    assert sum(counts) == space.captures == 1


def test_cursors_of_a_later_epoch_are_above_all_of_an_earlier_one() -> None:
    assert first_seq_of(2) > first_seq_of(1) + 4_000_000_000
    assert epoch_of(first_seq_of(2) - 1) == 1
    assert epoch_of(first_seq_of(2)) == 2


@on_both_engines
def test_ids_of_one_space_lie_together_and_in_order(ledger: Ledger) -> None:
    with ledger.file.database.write() as transaction:
        first, second = (add_space(transaction, 1, SpaceState.CURRENT, "", 0, first_seq=0) for _ in range(2))
    assert first.id(1) == row_id(first.number, 1) < first.id(2) < second.id(0)


@on_both_engines
def test_a_space_that_deletions_have_spoilt_belongs_to_no_reader(ledger: Ledger) -> None:
    with ledger.file.database.write() as transaction:
        space = add_space(transaction, 1, SpaceState.CURRENT, "1", 0, first_seq=0)
    assert not space.is_spoilt
    space.spoil()
    assert space.is_spoilt
    assert space.reader != "1"


@on_both_engines
def test_a_bin_that_is_read_again_has_higher_cursors_and_one_that_is_cleared_continues(
    inside: Inside, ledger: Ledger
) -> None:
    def cursors() -> tuple[int, int]:
        ((first, last),) = ledger.rows("select first_seq, last_seq from spaces where state = 'current'")
        return first, last

    inside.state(came("a"))
    ledger.follow()
    grown = cursors()
    inside.apply(jobs.DropCaptures(BIN))
    ledger.follow()
    cleared = cursors()
    assert cleared[0] == grown[0]
    assert cleared[1] > grown[1]
    inside.apply(jobs.RequestReread(BIN))
    ledger.step()
    ledger.build()
    assert cursors()[0] > cleared[1]


@on_both_engines
def test_settings_that_change_are_a_change_that_viewers_see(inside: Inside, ledger: Ledger) -> None:
    ledger.follow()
    with ledger.file.database.read() as transaction:
        before = read_space(transaction.one("get_space", {"number": 1}))
    inside.apply(jobs.SetBin(BIN, "Another name", None, None, 300))
    ledger.follow()
    with ledger.file.database.read() as transaction:
        assert read_space(transaction.one("get_space", {"number": 1})).last_seq > before.last_seq
        assert transaction.one("ledger_bin", {"number": 1})["name"] == "Another name"
