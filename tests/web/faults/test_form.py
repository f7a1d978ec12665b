"""The form of faults: its texts as JSON, and problems under its own fields."""

from datetime import UTC, datetime, timedelta

import pytest

from app.errors import Invalid
from app.web.faults.form import problems_of, raw_of
from app.web.faults.inputs import FaultInput
from app.web.site.convert import convert

NOW = datetime(2026, 11, 29, 12, tzinfo=UTC)


def problems(**form: str) -> dict[str, str]:
    with pytest.raises(Invalid) as error:
        convert(raw_of(form, NOW), FaultInput).fault(NOW)
    return problems_of(error.value)


def test_texts_become_numbers_and_minutes_a_time() -> None:
    form = {"kind": "status", "status": " 500, 429 ", "count": "3", "minutes": "5", "chance": "50", "seconds": "x"}
    assert raw_of(form, NOW) == {
        "kind": "status", "status": [500, 429], "count": 3, "until": NOW + timedelta(minutes=5), "chance": 50,
    }  # fmt: skip
    assert raw_of({"kind": "slow", "seconds": "2.5", "count": " "}, NOW) == {"kind": "slow", "seconds": 2.5}


@pytest.mark.parametrize("minutes", ["0", "1441", "1.5", "-1", "", "9" * 15, "soon"])
def test_a_time_that_is_none_is_named_minutes(minutes: str) -> None:
    assert problems(kind="drop", minutes=minutes) == {"minutes": "must be a whole number from 1 to 1,440"}


@pytest.mark.parametrize("minutes", ["1", "1440"])
def test_the_first_and_the_last_minute_are_taken(minutes: str) -> None:
    assert convert(raw_of({"kind": "drop", "minutes": minutes}, NOW), FaultInput).fault(NOW).until > NOW


def test_every_wrong_field_is_named_in_words_for_a_form() -> None:
    found = problems(kind="status", status="many", count="0", chance="101")
    assert set(found) == {"status", "count", "chance"}
    assert "commas" in found["status"]
    assert set(problems()) == {"kind"}


def test_the_fault_of_a_drill_is_named_the_same() -> None:
    assert problems_of(Invalid(("fault.until", "must lie ahead"), ("role", "must be primary"))) == {
        "minutes": "must be a whole number from 1 to 1,440", "role": "must be primary",
    }  # fmt: skip
