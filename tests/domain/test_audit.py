"""What an entry of the audit log may contain, and its result."""

import pytest

from app.domain.audit import AuditResult, fact, result_of


@pytest.mark.parametrize(
    ("status", "result"),
    [
        (200, "done"),
        (303, "done"),
        (399, "done"),
        (400, "refused"),
        (404, "refused"),
        (499, "refused"),
        (500, "failed"),
    ],
)
def test_the_result_is_that_of_the_status(status: int, result: str) -> None:
    assert result_of(status) is AuditResult(result)


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("Support", "Support"),
        ("+14155550123", "…23"),
        ("Call +1 (415) 555-0123 now", "Call …23 now"),
        ("4155550123, 4155550177", "…23, …77"),
        ("1234567", "…67"),
        ("123456", "123456"),
        ("2026-11", "2026-11"),
        (1234567, "1234567"),
        ("", ""),
    ],
)
def test_a_fact_has_no_whole_phone_number(given: str | int, kept: str) -> None:
    assert fact(given) == kept
