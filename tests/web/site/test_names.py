"""What is a name, for the document of the API and for the check."""

import re

import pytest

from app.web.site.names import DURATION, NAME, check_name


@pytest.mark.parametrize("name", ["a", " a ", "ü", "a b", "日本"])
def test_a_name_is_one_line_of_text(name: str) -> None:
    check_name(name, 100)
    assert re.search(NAME, name)


@pytest.mark.parametrize("name", ["", " ", "a\nb", "a\n", "\u2028", "a\x00", "a\x7f"])
def test_an_empty_name_or_one_with_control_characters_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="must"):
        check_name(name, 100)
    assert not re.search(NAME, name)


def test_a_duration_is_a_number_with_its_unit() -> None:
    assert [text for text in ("0", "5m", " 30d ", "5", "5 m", "-1s") if re.search(DURATION, text)] == [
        "0", "5m", " 30d ",
    ]  # fmt: skip
