"""The fields of a token, and what is said about wrong ones."""

from datetime import timedelta

import pytest

from app.domain.access import AccessRole
from app.errors import Invalid
from app.web.site.convert import convert
from app.web.tokens.inputs import TokenInput


def test_a_name_and_a_role_are_enough() -> None:
    given = convert({"name": "ci", "role": "read"}, TokenInput)
    assert (given.name, given.role, given.bins, given.time) == ("ci", AccessRole.READ, None, None)


@pytest.mark.parametrize(
    ("text", "time"), [("30d", timedelta(days=30)), (90, timedelta(seconds=90)), (" 1h ", timedelta(hours=1))]
)
def test_the_time_is_a_duration_or_a_number_of_seconds(text: object, time: timedelta) -> None:
    assert convert({"name": "ci", "role": "admin", "expires_in": text}, TokenInput).time == time


@pytest.mark.parametrize(
    ("fields", "wrong", "cure"),
    [
        ({"name": ""}, "name", "1 to 100 characters"),
        ({"role": "owner"}, "role", "one of read, write, admin"),
        ({"bins": []}, "bins", "null (all bins) or a list of 1 to 200"),
        ({"bins": "x"}, "bins", "null (all bins) or a list of 1 to 200"),
        ({"expires_in": "soon"}, "expires_in", "is not a duration"),
        ({"expires_in": "0d"}, "expires_in", "longer than 0"),
        ({"expires_in": 0}, "expires_in", "a duration such as 30d"),
        ({"expires_at": "2030"}, "expires_at", "unknown field"),
    ],
)
def test_a_wrong_field_is_named_with_the_cure(fields: dict, wrong: str, cure: str) -> None:
    with pytest.raises(Invalid) as error:
        convert({"name": "ci", "role": "read", **fields}, TokenInput)
    ((name, text),) = error.value.problems
    assert name == wrong
    assert cure in text
