"""What a call or a form may say about a bin."""

from datetime import timedelta

import pytest

from app.domain.bins import NAME_LENGTH
from app.errors import Invalid
from app.web.bins.inputs import BinInput
from app.web.site.convert import convert


def test_only_what_was_given_is_changed() -> None:
    assert convert({}, BinInput).fields() == {}
    given = {"name": "  Main  ", "provider": None, "retention": None, "stuck_after": "0"}
    assert convert(given, BinInput).fields() == {
        "name": "Main", "provider": None, "retention": None, "stuck_after": timedelta(0),
    }  # fmt: skip
    assert convert({"retention": " 30d "}, BinInput).fields() == {"retention": timedelta(days=30)}


@pytest.mark.parametrize(
    ("field", "good", "bad"),
    [
        ("name", "x" * NAME_LENGTH, "x" * (NAME_LENGTH + 1)),
        ("name", "x", ""),
        ("name", "a b", "a\x85b"),
        ("provider", "twilio", "Twilio"),
        ("retention", "36500d", "36501d"),
        ("stuck_after", "999999999s", "9999999999s"),
    ],
)
def test_a_value_at_its_limit_is_taken_and_one_behind_it_is_not(field: str, good: str, bad: str) -> None:
    assert field in convert({field: good}, BinInput).fields()
    with pytest.raises(Invalid) as error:
        convert({field: bad}, BinInput)
    assert [name for name, _ in error.value.problems] == [field]


def test_a_reason_says_what_would_be_right() -> None:
    with pytest.raises(Invalid) as error:
        convert({"name": None, "provider": "acme", "retention": 30, "stuck_after": None}, BinInput)
    reasons = dict(error.value.problems)
    assert "1 to 100 characters" in reasons["name"]
    assert reasons["provider"].startswith("must be null (detect) or one of ytel, ")
    assert "30d" in reasons["retention"]
    assert "5m" in reasons["stuck_after"]
