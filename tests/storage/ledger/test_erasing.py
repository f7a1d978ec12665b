"""Rows of unused spaces are erased from the ledger."""

import pytest

from app.domain.captures import Outcome
from app.domain.roles import Role
from app.domain.statuses import Status
from app.storage.ledger import erasing
from app.storage.ledger.erasing import erase_step
from app.storage.ledger.search import SearchIndex
from app.storage.log import jobs
from tests.storage.inside import BIN, COUNTED, Inside, Ledger, claim_all

from .events import callback, called, came

OF_SPACES = ("calls", "texts", "conversations", "verdict_counts", "gap_counts", "changes", "parties", *COUNTED)
OF_IDS = ("captures", "messages", "pairings")


def fill(inside: Inside) -> None:
    for number in range(6):
        # A fallback that was used, because only its gap is counted.
        for role, status in ((Role.PRIMARY, 500), (Role.FALLBACK, 200)):
            inside.settle(inside.state(came(f"m-{number}", str(number)), role), Outcome(status=status, after_ms=1))
        inside.state(callback(f"out-{number}", Status.FAILED), Role.STATUS)
        inside.state(called(f"CA{number}"), Role.VOICE)


def rows(ledger: Ledger) -> dict[str, int]:
    return {
        table: ledger.rows(f"select count(*) from {table}")[0][0]
        for table in (*OF_SPACES, *OF_IDS, "links", "search")
    }  # fmt: skip


def words(ledger: Ledger) -> int:
    return ledger.rows("select count(*) from search where search match 'scope : s1'")[0][0]


@pytest.mark.parametrize("chunk", [1, 3, 200])
def test_nothing_is_left_of_a_bin_that_was_cleared_but_that_it_was(
    inside: Inside, ledger: Ledger, monkeypatch, chunk: int
) -> None:
    monkeypatch.setattr(erasing, "CHUNK", chunk)
    fill(inside)
    ledger.follow()
    ledger.index(15)
    before = rows(ledger)
    assert all(count > 0 for count in before.values()), before
    inside.apply(jobs.DropCaptures(BIN))
    ledger.follow()
    ledger.erase()
    assert {table: count for table, count in rows(ledger).items() if count} == {"changes": 1}
    assert words(ledger) == 0
    assert len(ledger.rows("select number from spaces")) == 1


def test_what_readers_see_stays(inside: Inside, ledger: Ledger) -> None:
    fill(inside)
    inside.add_bin("bin00002")
    ledger.follow()
    ledger.index()
    inside.apply(jobs.RequestReread(BIN))
    ledger.step()
    ledger.build()
    seen = ledger.everything()
    ledger.erase()
    assert ledger.everything() == seen
    again = inside.ledger("again.db")
    again.follow()
    again.index()
    kept, fresh = rows(ledger), rows(again)
    assert {table: kept[table] for table in fresh} == fresh
    again.close()


def test_a_step_whose_time_is_over_before_it_begins_erases_a_chunk(inside: Inside, ledger: Ledger, monkeypatch) -> None:
    """As with a database server that takes long for each query."""
    monkeypatch.setattr(erasing, "STEP_S", 0.0)
    fill(inside)
    ledger.follow()
    inside.apply(jobs.DropCaptures(BIN))
    ledger.follow()
    for _ in range(100):
        with ledger.file.database.write() as transaction:
            erase_step(transaction, SearchIndex(transaction), claim_all)
    assert len(ledger.rows("select number from spaces")) == 1


def test_a_step_is_bounded_in_time_and_reports_whether_there_is_more(
    inside: Inside, ledger: Ledger, monkeypatch
) -> None:
    monkeypatch.setattr(erasing, "STEP_S", 0.0)
    monkeypatch.setattr(erasing, "CHUNK", 4)
    fill(inside)
    ledger.follow()
    inside.apply(jobs.DropCaptures(BIN))
    ledger.follow()
    monkeypatch.setattr(erasing, "ticks", iter(range(1_000)).__next__)
    monkeypatch.setattr(erasing, "STEP_S", 1.5)
    left = []
    more = True
    while more:
        with ledger.file.database.write() as transaction:
            more = erase_step(transaction, SearchIndex(transaction), claim_all)
        left.append(sum(rows(ledger).values()))
    assert len(left) > 10
    assert left == sorted(left, reverse=True)
    assert len(ledger.rows("select number from spaces")) == 1
