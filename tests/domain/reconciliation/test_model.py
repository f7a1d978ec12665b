"""The figures of a result."""

from app.domain.messages.model import Direction
from app.domain.reconciliation.model import DirectionSummary, ReconciliationSummary
from app.domain.reconciliation.verdicts import LOST, RecordReason, RecordVerdict


def test_what_is_missing_is_the_sum_of_all_reasons() -> None:
    lost = ((RecordReason.SERVER_DOWN, 2), (RecordReason.UNKNOWN, 1))
    assert DirectionSummary(direction=Direction.INBOUND, total=10, arrived=7, lost=lost).missing == 3


def test_lost_are_the_records_with_a_verdict_of_loss() -> None:
    verdicts = dict.fromkeys(RecordVerdict, 1)
    summary = ReconciliationSummary(records=15, verdicts=verdicts, also={}, reasons={}, directions=())
    assert summary.lost == len(LOST)
