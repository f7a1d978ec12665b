"""What a call may send to save a filter; the service checks the texts."""

import pytest

from app.errors import Invalid
from app.web.filters.inputs import FilterInput
from app.web.site.convert import convert


def test_a_filter_has_a_name_and_a_text() -> None:
    given = convert({"name": "Failed", "q": "status:failed"}, FilterInput)
    assert (given.name, given.q) == ("Failed", "status:failed")


@pytest.mark.parametrize(
    ("raw", "fields"),
    [
        ({}, ["name", "q"]),
        ({"name": "x"}, ["q"]),
        ({"name": 1, "q": []}, ["name", "q"]),
        ({"id": "x"}, ["id", "name", "q"]),
    ],
)
def test_every_field_that_is_wrong_or_missing_is_named(raw: dict, fields: list[str]) -> None:
    with pytest.raises(Invalid) as error:
        convert(raw, FilterInput)
    assert sorted(field for field, _ in error.value.problems) == fields
