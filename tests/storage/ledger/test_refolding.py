"""How much is folded again when captures are deleted, and what happens when that is too much."""

from datetime import timedelta

import pytest

from app import clock
from app.domain.roles import Role
from app.domain.statuses import Status
from app.storage.ledger import folding, refolding
from app.storage.ledger.refolding import Refold
from tests.storage.builders import reading_of
from tests.storage.inside import Inside, Ledger
from tests.storage.scripted import MADE

from .events import an_inbound, callback, called, came

START = clock.now() - timedelta(minutes=10)


def same_again(ledger: Ledger) -> bool:
    """It equals one that is made from the remaining captures."""
    again = ledger.inside.ledger("again.db")
    again.follow()
    there, here = ledger.everything(), again.everything()
    again.close()
    for name in here:
        assert there[name] == here[name], name
    return there == here


def folded(monkeypatch) -> list[int]:
    """How many messages each deletion folds again."""
    counts = []
    apply = Refold.apply

    def count(self: Refold) -> None:
        counts.append(len(self._parts))
        apply(self)

    monkeypatch.setattr(Refold, "apply", count)
    return counts


def test_only_what_depends_on_a_capture_is_folded_again(inside: Inside, ledger: Ledger, monkeypatch) -> None:
    counts = folded(monkeypatch)
    for number in range(20):
        inside.state(came(f"m-{number}", str(number)))
        inside.state(callback(f"out-{number}"), Role.STATUS)
    ledger.follow()
    for n in (1, 2):
        inside.drop(n)
        ledger.follow()
    assert counts == [1, 1]
    assert same_again(ledger)


def test_the_same_text_in_a_row_is_looked_at_and_not_folded_again(inside: Inside, ledger: Ledger, monkeypatch) -> None:
    counts = folded(monkeypatch)
    for number in range(20):
        inside.state(came(f"m-{number}", "the same"))
    ledger.follow()
    inside.drop(1)
    ledger.follow()
    assert counts == [1]
    assert same_again(ledger)


@pytest.mark.parametrize("gone", [1, 2, 3, 4])
def test_repeats_without_an_id_are_found_again_after_one_of_them_was_deleted(
    inside: Inside, ledger: Ledger, gone: int
) -> None:
    for second in (0, 50, 100, 150):
        inside.state(came(MADE, "YES"), received_at=START + timedelta(seconds=second))
    ledger.follow()
    assert len(ledger.everything()["messages"]) == 2
    inside.drop(gone)
    ledger.follow()
    assert same_again(ledger)


@pytest.mark.parametrize("gone", [[1], [3], [1, 2], [2, 5], [4, 5, 6], [1, 2, 3, 4, 5, 6]])
@pytest.mark.parametrize("limit", [2, 1_000])
def test_events_behind_the_limit_are_counted_as_if_the_deleted_ones_had_never_come(
    inside: Inside, ledger: Ledger, monkeypatch, gone: list[int], limit: int
) -> None:
    monkeypatch.setattr(folding, "MAX_EVENTS", limit)
    monkeypatch.setattr(refolding, "MAX_EVENTS", limit)
    words = (Status.QUEUED, Status.SENT, Status.SENT, Status.DELIVERED, Status.FAILED, Status.SENT)
    for number, status in enumerate(words):
        at = START + timedelta(seconds=number)
        inside.state(callback("out", status), Role.STATUS, received_at=at, salt=str(number))
        inside.state(called("CA1"), Role.VOICE if number % 2 else Role.STATUS, received_at=at)
        inside.state(called("CA2"), Role.VOICE, received_at=at)
    ledger.follow()
    for n in gone:
        for place in range(3):
            inside.drop(3 * n - place)
    ledger.follow()
    assert same_again(ledger)


def test_a_request_with_many_messages_takes_its_part_of_each(inside: Inside, ledger: Ledger) -> None:
    for _ in range(2):
        inside.state(reading_of(*[an_inbound(f"m-{number}", str(number)) for number in range(5)]))
    ledger.follow()
    inside.drop(1)
    ledger.follow()
    assert same_again(ledger)
    assert len(ledger.everything()["messages"]) == 5


def test_where_too_much_depends_on_a_capture_its_row_goes_at_once_and_the_rest_is_rebuilt(
    inside: Inside, ledger: Ledger, monkeypatch
) -> None:
    for number in range(4):
        inside.state(came(f"{'made' if number % 2 else 'm'}-{number}", "the same"),
                     Role.FALLBACK if number % 2 else Role.PRIMARY)  # fmt: skip
    ledger.follow()
    monkeypatch.setattr(refolding, "MAX_MESSAGES", 1)
    inside.drop(1)
    ledger.step()
    assert [row["id"] for row in ledger.everything()["captures"]] == [2, 3, 4]
    assert ledger.rows("select reader from spaces") == [("",)]
    ledger.step()
    ledger.build()
    assert same_again(ledger)


def test_a_deletion_after_one_that_was_too_much_does_not_stop_anything(
    inside: Inside, ledger: Ledger, monkeypatch
) -> None:
    reading = reading_of(*[an_inbound(f"m-{number}", str(number)) for number in range(3)])
    for _ in range(3):
        inside.state(reading)
    ledger.follow()
    monkeypatch.setattr(refolding, "MAX_MESSAGES", 1)
    inside.drop(1)
    ledger.step()
    monkeypatch.setattr(refolding, "MAX_MESSAGES", 1_000)
    inside.drop(2)
    inside.state(reading)
    ledger.step()
    assert [row["id"] for row in ledger.everything()["captures"]] == [3, 4]
    ledger.build()
    assert same_again(ledger)
