"""What a call or a form may say about a fault, and what it becomes."""

from datetime import UTC, datetime, timedelta

import pytest

from app.domain.faults import LASTS, LONGEST, Fault, FaultKind
from app.errors import Invalid
from app.web.faults.inputs import FaultInput
from app.web.site.convert import convert

NOW = datetime(2026, 11, 29, 12, tzinfo=UTC)


def fault(**raw: object) -> Fault:
    return convert(raw, FaultInput).fault(NOW)


def problems(path: str = "", **raw: object) -> list[str]:
    with pytest.raises(Invalid) as error:
        convert(raw, FaultInput).fault(NOW, path)
    return [name for name, _ in error.value.problems]


def test_what_is_left_out_or_null_has_its_default() -> None:
    usual = Fault(kind=FaultKind.HOLD, until=NOW + LASTS)
    assert fault(kind="hold") == usual
    assert fault(kind="hold", status=None, seconds=None, count=None, until=None, chance=None) == usual


def test_one_status_is_a_list_of_one() -> None:
    assert fault(kind="status", status=500).statuses == (500,)
    assert fault(kind="status", status=[500, 429]).statuses == (500, 429)


def test_a_time_is_read_in_its_zone_and_lies_within_a_day() -> None:
    assert fault(kind="drop", until="2026-11-29T15:00:00+01:00").until == NOW + timedelta(hours=2)
    assert fault(kind="drop", until=NOW + LONGEST).until == NOW + LONGEST
    for until in (NOW, NOW + LONGEST + timedelta(microseconds=1), "9999-12-31T23:59:59-23:00"):
        assert problems(kind="drop", until=until) == ["until"]


def test_fields_of_other_kinds_are_named_with_the_path_of_the_fault() -> None:
    assert problems("fault.", kind="drop", status=500, seconds=1) == ["fault.status", "fault.seconds"]
    assert fault(kind="slow", seconds=0).seconds == 0
