"""Numbers of forms."""

import pytest

from app.web.site.forms import number_of


@pytest.mark.parametrize(
    ("text", "number"),
    [("0", 0), ("007", 7), ("9" * 15, 10**15 - 1), ("1.5", 1.5), (".5", 0.5), ("0.125", 0.125)],
)
def test_digits_are_a_number(text: str, number: float) -> None:
    assert number_of(text) == number
    assert type(number_of(text)) is type(number)


@pytest.mark.parametrize(
    "text", ["", " 1", "-1", "+1", "1e3", "1.", ".", "1.2.3", "٣", "²", "0x1", "nan", "9" * 16, "1\n"]
)
def test_any_other_text_stays_as_it_is(text: str) -> None:
    assert number_of(text) == text
