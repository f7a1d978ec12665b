"""The JSON of reconciliations."""

from datetime import UTC, datetime

import pytest

from app.domain.reconciliation.kept import ReconciliationWork, WorkState
from app.domain.reconciliation.verdicts import RecordVerdict
from app.web.reconciliations.shapes import show_reconciliation, show_record, show_records
from tests.storage.results import A_HEAD, A_RECORD

WORK = ReconciliationWork(
    id="1", bin_id="bin", file="log.csv", state=WorkState.FAILED, started_at=datetime(2026, 1, 1, tzinfo=UTC),
    problem="It is empty.",
)  # fmt: skip


@pytest.mark.parametrize(
    ("head", "work", "state"), [(None, WORK, "failed"), (A_HEAD, None, "done"), (A_HEAD, WORK, "failed")]
)
def test_an_earlier_result_stays_beside_a_comparison_that_failed(head: object, work: object, state: str) -> None:
    shown = show_reconciliation(head, work, {"2": 3} if head else {})  # type: ignore[arg-type]
    assert (shown.state, shown.result is None, shown.superseded) == (state, head is None, {"2": 3} if head else None)


def test_a_record_has_its_row_as_json_and_its_newer_verdict() -> None:
    shown = show_record(A_RECORD, {A_RECORD.key: RecordVerdict.SEEN})
    assert (shown.original, shown.text, shown.newer, shown.captures) == (["a", "b"], "hi", "seen", [3, 5])
    assert shown.at == "2025-11-25T19:46:40.000000Z"


def test_a_page_has_a_next_one_if_there_are_more() -> None:
    assert show_records([A_RECORD, A_RECORD], 1, {}).next == str(A_RECORD.number)
    assert show_records([A_RECORD], 1, {}).next is None
