"""Names of saved filters."""

import pytest

from app.domain.saved_filters import MAX_FILTER_NAME, name_problem, suggested_name


@pytest.mark.parametrize("name", ["Failed", "✗ failed, “all”", "a" * MAX_FILTER_NAME])
def test_a_name_is_a_line_of_text(name: str) -> None:
    assert name_problem(name) is None


@pytest.mark.parametrize("name", ["", "  ", "a" * (MAX_FILTER_NAME + 1), "a\nb", "a\x00", "a\u2028b", "\ud800"])
def test_a_name_that_is_none_is_refused_with_the_reason(name: str) -> None:
    assert name_problem(name)


def test_the_name_that_is_suggested_is_the_filter_shortened() -> None:
    assert suggested_name("status:failed") == "status:failed"
    long = suggested_name("x" * (MAX_FILTER_NAME + 1))
    assert long == "x" * (MAX_FILTER_NAME - 1) + "…"
    assert name_problem(long) is None
