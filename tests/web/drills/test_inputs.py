"""What a call or a form may say about a drill."""

from datetime import UTC, datetime

import pytest

from app.domain.faults import FaultKind
from app.domain.roles import Role
from app.errors import Invalid
from app.web.drills.inputs import DrillInput
from app.web.site.convert import convert

NOW = datetime(2026, 11, 29, 12, tzinfo=UTC)


def test_it_is_a_fault_or_a_measurement() -> None:
    role, fault = convert({"role": "voice", "fault": {"kind": "drop"}}, DrillInput).drill(NOW)
    assert (role, fault and fault.kind) == (Role.VOICE, FaultKind.DROP)
    assert convert({"measure": True}, DrillInput).drill(NOW) == (Role.PRIMARY, None)


@pytest.mark.parametrize(
    ("raw", "field"),
    [
        ({}, "fault"),
        ({"measure": True, "fault": {"kind": "drop"}}, "fault"),
        ({"fault": {"kind": "drop", "seconds": 1}}, "fault.seconds"),
        ({"fault": {"kind": "drop", "count": 0}}, "fault.count"),
        ({"fault": {"kind": "drop"}, "role": "fallback"}, "role"),
    ],
)
def test_what_contradicts_is_named_by_its_path(raw: dict, field: str) -> None:
    with pytest.raises(Invalid) as error:
        convert(raw, DrillInput).drill(NOW)
    assert [name for name, _ in error.value.problems] == [field]
