"""The search index follows the fold, and removes what is deleted."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.domain.roles import Role
from app.storage.ids import number_of
from app.storage.ledger.search import SearchIndex, scope_of
from app.storage.ledger.spaces import find_space
from app.storage.log import jobs
from tests.storage.engines import PostgresEngine, SqliteEngine
from tests.storage.inside import BIN, Inside, Ledger

from .events import THEM, US, callback, came


@pytest.fixture(params=["sqlite", "postgresql"])
def inside(request, tmp_path: Path) -> Iterator[Inside]:
    is_sqlite = request.param == "sqlite"
    made = Inside(tmp_path, None if is_sqlite else PostgresEngine(request.getfixturevalue("make_database")))
    yield made
    made.close()


def found(ledger: Ledger, word: str, space: int = 1, columns: str = "{text rest}") -> list[int]:
    values = {"scope": scope_of(space), "columns": columns, "p": [f" {word} "], "limit": 100}
    with ledger.file.database.read() as transaction:
        return sorted(number_of(row[0]) for row in transaction.all("search_hits", values))


def parties(ledger: Ledger) -> list[tuple]:
    return ledger.rows("select space, recipient, number, n from parties")


@pytest.fixture
def filled(inside: Inside, ledger: Ledger) -> Ledger:
    inside.state(came("a", "Good morning"))
    inside.state(came("b", "Good night"))
    inside.state(callback("c"), Role.STATUS)
    ledger.follow()
    return ledger


def test_it_takes_in_so_many_at_once_and_says_whether_more_are_waiting(filled: Ledger) -> None:
    with filled.file.database.write() as transaction:
        space = find_space(transaction, 1)
        assert space is not None
        steps = [(SearchIndex(transaction).advance(space, 2), space.indexed_n) for _ in range(2)]
    assert steps == [(True, 2), (False, 3)]
    assert found(filled, "good") == [1, 2]


def test_words_are_found_within_their_space_and_their_column(filled: Ledger) -> None:
    filled.index()
    assert found(filled, "morning", columns="text") == [1]
    assert found(filled, "night") == [2]
    assert found(filled, "night", space=2) == []


def test_the_numbers_of_a_capture_are_indexed_for_both_ends(filled: Ledger) -> None:
    filled.index()
    assert parties(filled) == [
        (1, 0, US, 3), (1, 0, THEM, 1), (1, 0, THEM, 2), (1, 1, US, 1), (1, 1, US, 2), (1, 1, THEM, 3)
    ]  # fmt: skip


def test_what_is_deleted_is_forgotten_whether_it_was_indexed_or_not(inside: Inside, filled: Ledger) -> None:
    filled.index(2)
    inside.drop(1)
    inside.drop(3)
    filled.follow()
    filled.index()
    assert found(filled, "good") == [2]
    assert {n for *_, n in parties(filled)} == {2}
    if isinstance(inside.engine, SqliteEngine):
        filled.rows("insert into search (search) values ('integrity-check')")


def test_the_newest_capture_of_the_index_is_forgotten_too(inside: Inside, filled: Ledger) -> None:
    filled.index(2)
    inside.drop(2)
    filled.follow()
    assert found(filled, "good") == [1]
    filled.index()
    assert found(filled, "night") == []


def test_it_remembers_that_texts_may_still_be_in_the_files(filled: Ledger) -> None:
    with filled.file.database.write() as transaction:
        space = find_space(transaction, 1)
        assert space is not None
        index = SearchIndex(transaction)
        index.advance(space, 2)
        assert not index.has_erased
        # Not indexed yet, but in a row.
        index.forget(space, [3])
        assert index.has_erased


def test_a_gap_at_the_end_is_no_reason_to_look_again(inside: Inside, filled: Ledger) -> None:
    inside.drop(3)
    filled.follow()
    assert filled.index(1)
    while filled.index(1):
        pass
    assert filled.rows("select indexed_n, n from spaces") == [(3, 3)]


def test_a_bin_that_was_cleared_begins_behind_what_is_gone(inside: Inside, filled: Ledger) -> None:
    filled.index()
    inside.apply(jobs.DropCaptures(BIN))
    inside.state(came("d", "Good evening"))
    filled.follow()
    assert filled.rows("select indexed_n from spaces where state = 'current'") == [(3,)]
    filled.index()
    assert found(filled, "good") == [1, 2]
    filled.erase()
    assert (found(filled, "good"), found(filled, "good", space=2)) == ([], [4])
