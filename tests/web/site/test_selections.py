"""Which captures a call is about."""

from datetime import UTC, datetime, timedelta

import pytest

from app import clock
from app.domain.search import When
from app.errors import Invalid
from app.services.selections import Selection
from app.web.site.convert import convert
from app.web.site.selections import WHICH, SelectionInput


def test_captures_are_listed_or_match_a_filter() -> None:
    assert convert({"numbers": [3, 1]}, SelectionInput).selection() == Selection(numbers=(3, 1))
    assert convert({"upto": 5, "q": " "}, SelectionInput).selection() == Selection(upto=5)
    found = convert({"upto": 0, "q": "code", "after": 3, "without": [4]}, SelectionInput).selection()
    assert (found.upto, found.after, found.without) == (0, 3, frozenset({4}))
    assert found.query is not None


@pytest.mark.parametrize(
    "wrong", [{}, {"q": "code"}, {"numbers": []}, {"numbers": [1], "upto": 2}, {"numbers": [1], "q": "a"},
              {"numbers": [1], "without": [1]}]
)  # fmt: skip
def test_nothing_is_selected_by_accident(wrong: dict) -> None:
    with pytest.raises(Invalid) as refused:
        convert(wrong, SelectionInput)
    assert refused.value.problems == (("body", WHICH),)


def test_times_ago_count_from_the_moment_of_the_choice() -> None:
    at = datetime(2026, 11, 25, 14, tzinfo=UTC)
    for text in ("2026-11-25T14:00:00Z", "2026-11-25T14:00:00", "2026-11-25T15:00:00+01:00"):
        query = convert({"upto": 5, "q": "after:10m", "at": text}, SelectionInput).selection().query
        assert query is not None
        (term,) = query.terms
        assert isinstance(term, When)
        assert term.moment == at - timedelta(minutes=10)
    query = convert({"upto": 5, "q": "after:10m"}, SelectionInput).selection().query
    assert query is not None
    assert isinstance(query.terms[0], When)
    assert abs(query.terms[0].moment - clock.now()) < timedelta(minutes=11)
    with pytest.raises(Invalid, match="such as 2026-11-25T14:00:00Z"):
        convert({"upto": 5, "at": "yesterday"}, SelectionInput)
    with pytest.raises(Invalid, match="unknown filter"):
        convert({"upto": 5, "q": "nonsense:1"}, SelectionInput).selection()
