"""What a share is for and how long it is open, from the input of the call and of the form."""

from datetime import timedelta

import pytest

from app.domain.shares import SharedComparison, SharedMessage, SharedPart
from app.errors import Invalid
from app.web.shares.inputs import ShareInput
from app.web.site.convert import convert


@pytest.mark.parametrize(
    ("given", "part"),
    [
        ({}, SharedPart()),
        ({"q": " status:failed "}, SharedPart(q="status:failed")),
        ({"n": 7}, SharedPart(n=7)),
        (
            {"message": {"provider": "twilio", "message_id": "SM1"}},
            SharedPart(message=SharedMessage(provider="twilio", message_id="SM1")),
        ),
        ({"comparison": {"n": 1}}, SharedPart(comparison=SharedComparison(n=1))),
        ({"comparison": {"n": 1, "m": 2}}, SharedPart(comparison=SharedComparison(n=1, m=2))),
    ],
)
def test_it_is_for_one_part_of_the_bin_or_for_all_of_it(given: dict, part: SharedPart) -> None:
    made = convert({"expires_in": "1h", **given}, ShareInput)
    assert made.part == part
    assert made.mask


@pytest.mark.parametrize(
    ("given", "time"), [("7d", timedelta(days=7)), (90, timedelta(seconds=90)), ("90d", timedelta(days=90))]
)
def test_its_time_is_a_duration_or_seconds(given: str | int, time: timedelta) -> None:
    assert convert({"expires_in": given}, ShareInput).time == time


@pytest.mark.parametrize("given", ["91d", "0s", 0, "soon", None])
def test_a_time_that_is_too_long_or_none_is_named(given: object) -> None:
    with pytest.raises(Invalid) as error:
        convert({"expires_in": given}, ShareInput)
    assert [field for field, _ in error.value.problems] == ["expires_in"]
