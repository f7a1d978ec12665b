"""Time-based marks: a message without updates is stuck, a fallback that does not come is missing. A mark is removed
when something arrives, and a rebuilt ledger has the same marks.
"""

from datetime import datetime, timedelta

import pytest

from app import clock
from app.domain.captures import Outcome
from app.domain.pairings.model import FALLBACK_WITHIN, NO_FALLBACK
from app.domain.roles import Role
from app.domain.statuses import Status
from app.domain.units import micros
from app.storage.ledger.due_marks import mark_due
from app.storage.log import jobs
from tests.storage.engines import on_both_engines
from tests.storage.inside import BIN, Inside, Ledger

from .events import callback, came

pytestmark = on_both_engines

START = clock.now() - timedelta(hours=1)
SILENCE = timedelta(seconds=300)
FAILED = Outcome(status=500, after_ms=3)


def at(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


def findings(ledger: Ledger, table: str = "messages") -> list[str]:
    return [codes for (codes,) in ledger.rows(f"select findings from {table} order by id")]


def mark(ledger: Ledger, now: datetime, behind: list[int] = []) -> list[int]:  # noqa: B006
    """The bins that changed."""
    with ledger.file.database.write() as transaction:
        return [space.bin for space in mark_due(transaction, micros(now), behind)]


def test_a_message_is_stuck_when_it_was_silent_for_longer_than_its_bin_allows(inside: Inside, ledger: Ledger) -> None:
    inside.state(callback("a"), Role.STATUS, received_at=START)
    inside.state(callback("b"), Role.STATUS, received_at=at(1))
    ledger.follow(now=START)
    assert mark(ledger, START + SILENCE) == []
    assert mark(ledger, at(0.5) + SILENCE) == [1]
    assert findings(ledger) == ["stuck", ""]
    assert mark(ledger, at(0.5) + SILENCE) == []


@pytest.mark.parametrize("event", [came("a"), callback("a", Status.DELIVERED)], ids=["inbound", "final"])
def test_what_expects_nothing_more_is_never_stuck(inside: Inside, ledger: Ledger, event) -> None:
    inside.state(event, Role.STATUS, received_at=START)
    ledger.follow(now=START)
    assert mark(ledger, at(10**6)) == []


def test_a_bin_that_allows_any_silence_marks_nothing(inside: Inside, ledger: Ledger) -> None:
    inside.apply(jobs.SetBin(BIN, "Bin", None, None, 0))
    inside.state(callback("a"), Role.STATUS, received_at=START)
    ledger.follow(now=START)
    assert mark(ledger, at(10**6)) == []


def test_a_callback_takes_the_mark_and_it_comes_back_when_it_is_due_again(inside: Inside, ledger: Ledger) -> None:
    inside.state(callback("a"), Role.STATUS, received_at=START)
    ledger.follow(now=START)
    mark(ledger, at(400))
    inside.state(callback("a"), Role.STATUS, received_at=at(401))
    ledger.follow(now=at(401))
    assert "stuck" not in findings(ledger)[0]
    assert mark(ledger, at(700)) == []
    assert mark(ledger, at(702)) == [1]


def test_a_bin_that_allows_more_silence_takes_the_mark_only_from_what_is_not_overdue(
    inside: Inside, ledger: Ledger
) -> None:
    inside.state(callback("long ago"), Role.STATUS, received_at=START)
    inside.state(callback("lately"), Role.STATUS, received_at=at(500))
    ledger.follow(now=START)
    mark(ledger, at(1_000))
    assert findings(ledger) == ["stuck", "stuck"]
    inside.apply(jobs.SetBin(BIN, "Bin", None, None, 800))
    ledger.follow(now=at(1_000))
    assert findings(ledger) == ["stuck", ""]
    inside.apply(jobs.SetBin(BIN, "Bin", None, None, 0))
    ledger.follow(now=at(1_000))
    assert findings(ledger) == ["", ""]


def test_a_fallback_is_missed_when_the_primary_has_failed_for_long_enough(inside: Inside, ledger: Ledger) -> None:
    n = inside.state(came("a"), received_at=START)
    ledger.follow()
    assert mark(ledger, at(3_000)) == []
    inside.settle(n, FAILED)
    ledger.follow()
    assert mark(ledger, START + FALLBACK_WITHIN) == []
    assert mark(ledger, at(0.1) + FALLBACK_WITHIN) == [1]
    assert findings(ledger, "pairings") == findings(ledger) == findings(ledger, "captures") == [NO_FALLBACK]


def test_a_fallback_that_comes_after_all_takes_the_mark_everywhere(inside: Inside, ledger: Ledger) -> None:
    inside.settle(inside.state(came("a"), received_at=START), FAILED)
    ledger.follow()
    mark(ledger, at(40))
    inside.settle(inside.state(came("a"), Role.FALLBACK, received_at=at(50)), Outcome(status=200, after_ms=1))
    ledger.follow()
    assert mark(ledger, at(3_000)) == []
    assert NO_FALLBACK not in "".join(findings(ledger) + findings(ledger, "captures") + findings(ledger, "pairings"))


def test_nothing_is_marked_in_a_space_that_is_behind_the_log(inside: Inside, ledger: Ledger) -> None:
    inside.state(callback("a"), Role.STATUS, received_at=START)
    inside.settle(inside.state(came("b"), received_at=START), FAILED)
    ledger.follow(now=START)
    assert mark(ledger, at(1_000), [1]) == []
    assert mark(ledger, at(1_000), [2]) == [1]


def test_so_many_at_once_and_the_rest_by_the_next_call(inside: Inside, ledger: Ledger, monkeypatch) -> None:
    monkeypatch.setattr("app.storage.ledger.due_marks.LIMIT", 2)
    for number in range(5):
        inside.state(callback(f"out-{number}"), Role.STATUS, received_at=START)
    ledger.follow(now=START)
    counts = []
    while mark(ledger, at(1_000)):
        counts.append(findings(ledger).count("stuck"))
    assert counts == [2, 4, 5]


def test_a_ledger_that_is_rebuilt_has_the_same_marks(inside: Inside, ledger: Ledger) -> None:
    for number in range(3):
        inside.state(callback(f"out-{number}"), Role.STATUS, received_at=at(200 * number))
        inside.settle(inside.state(came(f"in-{number}"), received_at=at(10 * number)), FAILED)
    ledger.follow(now=START)
    now = at(350)
    mark(ledger, now)
    again = inside.ledger("again.db")
    again.follow(now=now)
    mark(again, now)
    assert findings(ledger).count("stuck") == 1
    assert ledger.everything() == again.everything()
    inside.apply(jobs.RequestReread(BIN))
    ledger.step(now=now)
    ledger.build()
    mark(ledger, now)
    assert ledger.everything() == again.everything()
    again.close()


def test_viewers_are_notified_of_each_mark(inside: Inside, ledger: Ledger) -> None:
    inside.state(callback("a"), Role.STATUS, received_at=START)
    ledger.follow(now=START)
    (before,) = ledger.rows("select last_seq from spaces")
    mark(ledger, at(400))
    assert ledger.rows("select what, ref from changes where seq > ?", *before) == [(2, 1)]
