"""The counts by time follow each change of what they count. `test_thrown_away.py` compares them with a scan after
random histories."""

from datetime import UTC, datetime, timedelta

import pytest

from app.domain.captures import FaultHit, Outcome
from app.domain.roles import Role
from app.domain.statuses import Status
from app.storage.ledger.counts import DAY, HOUR, MAX_CODE, MINUTE
from app.storage.log import jobs
from tests.storage.builders import scripted
from tests.storage.engines import on_both_engines
from tests.storage.inside import BIN, COUNTED, Inside, Ledger

from .events import callback, came
from .scanning import scanned

pytestmark = on_both_engines

AT = datetime(2026, 11, 28, 14, 3, 30, tzinfo=UTC)
OK, FAILED = Outcome(status=200, after_ms=2), Outcome(status=500, after_ms=2)


def intervals(ledger: Ledger, unit: int = MINUTE) -> list[tuple]:
    """ok, failed and odd of each interval."""
    return ledger.rows("select ok, failed, odd from interval_counts where unit = ? order by at", unit)


def test_an_interval_is_a_minute_an_hour_or_a_day(inside: Inside, ledger: Ledger) -> None:
    for minutes in (0, 0, 1, 60, 24 * 60):
        inside.state(came(f"m{minutes}", f"{minutes}"), received_at=AT + timedelta(minutes=minutes))
    ledger.follow()
    counts = [[sum(row) for row in intervals(ledger, unit)] for unit in (MINUTE, HOUR, DAY)]
    assert counts == [[2, 1, 1, 1], [3, 1, 1], [4, 1]]


def test_an_outcome_that_comes_later_moves_the_capture(inside: Inside, ledger: Ledger) -> None:
    n = inside.state(came("m"), received_at=AT)
    ledger.follow()
    assert intervals(ledger) == [(1, 0, 0)]
    inside.settle(n, FAILED)
    ledger.follow()
    assert [intervals(ledger, unit) for unit in (MINUTE, HOUR, DAY)] == [[(0, 1, 0)]] * 3


def test_a_finding_that_comes_later_moves_the_capture(inside: Inside, ledger: Ledger) -> None:
    """The second capture makes the first a soft duplicate of nothing, and is odd itself until the first is deleted."""
    first = inside.state(came("a", "same"), received_at=AT)
    inside.state(came("b", "same"), received_at=AT)
    ledger.follow()
    assert intervals(ledger) == [(1, 0, 1)]
    inside.drop(first)
    ledger.follow()
    assert intervals(ledger) == [(1, 0, 0)]


def test_nothing_is_left_of_an_interval_without_captures(inside: Inside, ledger: Ledger) -> None:
    inside.settle(inside.state(came("in"), received_at=AT), OK)
    inside.state(callback("out", Status.FAILED), Role.STATUS, received_at=AT)
    ledger.follow()
    assert all(ledger.rows(f"select * from {table}") for table in COUNTED)
    for n in (1, 2):
        inside.drop(n)
    ledger.follow()
    assert not any(ledger.rows(f"select * from {table}") for table in COUNTED)


def test_a_fault_counts_as_failed_also_when_the_capture_is_loaded_again(inside: Inside, ledger: Ledger) -> None:
    fault = FaultHit(fault="f", kind="slow", said="slow")
    n = inside.keep(scripted(came("m"), received_at=AT), fault=fault)
    ledger.follow()
    inside.settle(n, OK)
    ledger.follow()
    assert intervals(ledger) == [(0, 1, 0)]


@pytest.mark.parametrize("more", [0, 1])
def test_a_code_is_counted_up_to_a_length(inside: Inside, ledger: Ledger, more: int) -> None:
    inside.state(callback("out", Status.FAILED, error_code="7" * (MAX_CODE + more)), Role.STATUS, received_at=AT)
    ledger.follow()
    assert ledger.rows("select distinct code from failure_counts") == [("7" * MAX_CODE,)]


def test_a_message_that_is_delivered_after_all_is_no_failure(inside: Inside, ledger: Ledger) -> None:
    inside.state(callback("out", Status.UNDELIVERED, error_code="30005"), Role.STATUS, received_at=AT)
    ledger.follow()
    inside.state(callback("out", Status.DELIVERED), Role.STATUS, received_at=AT + timedelta(seconds=2))
    ledger.follow()
    assert ledger.rows("select * from failure_counts") == []
    assert ledger.rows("select unit, messages from final_counts") == [(HOUR, 1), (DAY, 1)]


def test_the_counts_are_those_of_the_rows_also_after_clearing_and_reading_again(inside: Inside, ledger: Ledger) -> None:
    for number in range(20):
        role = Role.FALLBACK if number % 3 else Role.PRIMARY
        n = inside.state(came(f"m{number // 2}", "text"), role, received_at=AT + timedelta(minutes=number))
        inside.settle(n, FAILED if number % 4 else OK)
    ledger.follow()
    assert ledger.everything()["counted"] == scanned(ledger)
    inside.apply(jobs.RequestReread(BIN))
    ledger.step()
    ledger.build()
    assert ledger.everything()["counted"] == scanned(ledger)
    inside.apply(jobs.DropCaptures(BIN))
    inside.state(came("new"), received_at=AT)
    ledger.follow()
    assert ledger.everything()["counted"] == scanned(ledger)
    assert [row[2:] for row in ledger.everything()["counted"]["interval_counts"]] == [(1, 0, 0)] * 3
