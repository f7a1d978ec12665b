"""What a call may say about a replay."""

import pytest

from app.domain.replays import MOST_AT_ONCE
from app.errors import Invalid
from app.web.replays.inputs import ReplayInput
from app.web.site.convert import convert

URL = "https://example.net/sms"


def test_captures_keep_their_order_and_credentials_stay_at_home() -> None:
    given = convert({"captures": [3, 1, 3], "url": URL}, ReplayInput)
    assert (given.captures, given.url, given.credentials) == ([3, 1, 3], URL, False)
    assert len(convert({"captures": [1] * MOST_AT_ONCE, "url": URL}, ReplayInput).captures) == MOST_AT_ONCE


@pytest.mark.parametrize("captures", [[], [1] * (MOST_AT_ONCE + 1), [0], [10**18], [1.0], [True], "1", None])
def test_captures_are_a_list_of_numbers(captures: object) -> None:
    with pytest.raises(Invalid) as error:
        convert({"captures": captures, "url": URL}, ReplayInput)
    ((field, reason),) = error.value.problems
    assert field == "captures"
    assert "a list of 1 to 50" in reason


def test_every_missing_field_is_named() -> None:
    with pytest.raises(Invalid) as error:
        convert({"credentials": 1}, ReplayInput)
    assert {name for name, _ in error.value.problems} == {"captures", "url", "credentials"}
