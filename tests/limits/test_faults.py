"""How long and how often a URL may misbehave: from a call and from a form, at the bound and one beyond it."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from app.domain import faults
from app.domain.drills import STEP_LASTS, series_steps
from app.domain.faults import Fault, FaultKind, check_fault
from app.errors import Invalid
from app.web.faults.form import LONGEST_MINUTES, problems_of, raw_of
from app.web.faults.inputs import FaultInput
from app.web.site.convert import convert

NOW = datetime(2026, 11, 29, 12, 0, tzinfo=UTC)


def _fault(raw: Mapping[str, object]) -> Fault:
    return convert(raw, FaultInput).fault(NOW)


STATUSES: Callable[[int], dict[str, Any]] = lambda n: {"kind": "status", "status": [503] * n}  # noqa: E731
MOST = [
    ("seconds", lambda n: {"kind": "hold", "seconds": n}, faults.MOST_SECONDS, faults.MOST_SECONDS + 0.5),
    ("status", STATUSES, faults.MOST_STATUSES, faults.MOST_STATUSES + 1),
    ("count", lambda n: {"kind": "drop", "count": n}, faults.MOST_COUNT, faults.MOST_COUNT + 1),
    ("until", lambda n: {"kind": "drop", "until": (NOW + n).isoformat()}, faults.LONGEST,
     faults.LONGEST + timedelta(seconds=1)),
]  # fmt: skip


@pytest.mark.parametrize(("field", "raw", "most", "more"), MOST)
def test_a_fault_is_set_at_the_bound_and_refused_beyond_it(field, raw, most, more) -> None:
    assert check_fault(_fault(raw(most)), NOW) == []
    with pytest.raises(Invalid) as refused:
        _fault(raw(more))
    assert [name for name, _ in refused.value.problems] == [field]


FORMS = [
    ("seconds", {"kind": "hold"}, f"{faults.MOST_SECONDS:g}", f"{faults.MOST_SECONDS + 0.5}"),
    ("status", {"kind": "status"}, "503," * faults.MOST_STATUSES, "503," * (faults.MOST_STATUSES + 1)),
    ("count", {"kind": "drop"}, str(faults.MOST_COUNT), str(faults.MOST_COUNT + 1)),
    ("minutes", {"kind": "drop"}, str(LONGEST_MINUTES), str(LONGEST_MINUTES + 1)),
]


@pytest.mark.parametrize(("field", "form", "most", "more"), FORMS)
def test_the_form_of_a_fault_has_the_same_bounds(field: str, form: dict[str, str], most: str, more: str) -> None:
    assert check_fault(_fault(raw_of(form | {field: most}, NOW)), NOW) == []
    with pytest.raises(Invalid) as refused:
        _fault(raw_of(form | {field: more}, NOW))
    assert list(problems_of(refused.value)) == [field]


def test_the_form_counts_the_longest_fault_in_minutes() -> None:
    assert timedelta(minutes=LONGEST_MINUTES) == faults.LONGEST


def test_a_fault_without_a_time_lasts_so_long() -> None:
    fault = _fault({"kind": "drop"})
    assert fault.until == NOW + faults.LASTS
    active = faults.ActiveFault(id="f", bin_id="b", role="primary", fault=fault, started_at=NOW, left=None)
    assert not active.is_over(NOW + faults.LASTS - timedelta(microseconds=1))
    assert active.is_over(NOW + faults.LASTS)


def test_a_fault_must_not_have_ended_before_it_begins() -> None:
    assert check_fault(Fault(kind=FaultKind.DROP, until=NOW + timedelta(microseconds=1)), NOW) == []
    assert [name for name, _ in check_fault(Fault(kind=FaultKind.DROP, until=NOW), NOW)] == ["until"]


def test_each_step_of_measuring_waits_so_long_for_its_message() -> None:
    steps = series_steps(NOW)
    assert {step.lasts_s for step in steps} == {STEP_LASTS.total_seconds()}
    assert all(check_fault(step.fault, NOW) == [] and step.fault.until == NOW + STEP_LASTS for step in steps)
