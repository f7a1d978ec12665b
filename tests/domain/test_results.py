"""The result of a capture: exactly one of three."""

import pytest

from app.domain.captures import Outcome
from app.domain.results import CaptureResult, result_of
from app.domain.statuses import FAILURES, Status

SENT = Outcome(status=200, after_ms=2)


@pytest.mark.parametrize("status", Status)
def test_a_failed_delivery_has_failed_and_no_other_status(status: Status) -> None:
    found = result_of(status.value, (), SENT, has_fault=False)
    assert found is (CaptureResult.FAILED if status in FAILURES else CaptureResult.OK)


@pytest.mark.parametrize(
    "outcome",
    [
        Outcome(status=404, after_ms=2),
        Outcome(status=503, after_ms=2),
        Outcome(status=200, after_ms=2, sender_left=True),
        Outcome(status=200, after_ms=2, well_formed=False),
        Outcome(),
    ],
)
def test_an_answer_that_was_no_whole_2xx_has_failed(outcome: Outcome) -> None:
    assert result_of("delivered", ("plus_lost",), outcome, has_fault=False) is CaptureResult.FAILED


def test_a_fault_has_failed_also_where_the_answer_arrived() -> None:
    assert result_of(None, (), SENT, has_fault=True) is CaptureResult.FAILED


@pytest.mark.parametrize("outcome", [None, SENT])
def test_findings_are_odd_and_a_held_answer_is_no_failure(outcome: Outcome | None) -> None:
    assert result_of(None, ("plus_lost",), outcome, has_fault=False) is CaptureResult.ODD
    assert result_of(None, (), outcome, has_fault=False) is CaptureResult.OK
