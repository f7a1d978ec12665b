"""The filter of the audit log."""

from datetime import UTC, datetime, timedelta

import pytest

from app import clock
from app.domain.audit import AuditFilter, AuditResult
from app.errors import Invalid
from app.web.audit.inputs import audit_filter


def test_empty_parameters_are_no_filter() -> None:
    assert audit_filter({}) == audit_filter({"who": " ", "since": "", "result": ""}) == AuditFilter()


def test_each_parameter_is_read() -> None:
    given = {"who": "CI", "action": "bin", "bin": "b1", "result": "refused", "since": "2026-11-25", "until": "2h"}
    found = audit_filter(given)
    assert (found.who, found.action, found.bin, found.result) == ("CI", "bin", "b1", AuditResult.REFUSED)
    assert found.since == datetime(2026, 11, 25, tzinfo=UTC)
    assert found.until is not None
    assert timedelta(0) <= clock.now() - found.until - timedelta(hours=2) < timedelta(minutes=1)


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("action", "Bin!", "such as bin.delete"),
        ("action", "bin.", "such as bin.delete"),
        ("result", "ok", "one of done, refused, failed"),
        ("since", "yesterday", "such as 2026-11-25T14:00:00Z"),
        ("until", "#5", "such as 2026-11-25T14:00:00Z"),
    ],
)
def test_a_wrong_one_is_named_with_what_would_be_right(name: str, value: str, said: str) -> None:
    with pytest.raises(Invalid) as error:
        audit_filter({name: value})
    assert [field for field, _ in error.value.problems] == [name]
    assert said in error.value.problems[0][1]
