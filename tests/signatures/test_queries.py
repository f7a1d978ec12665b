"""Other forms of a query: another order, other escapes, a parameter less."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.signatures.queries import MAX_QUERY, query_edits, reescaped


@pytest.mark.parametrize(
    ("seen", "signed"),
    [
        ("n=O%27Hara", "n=O'Hara"),
        ("n=O'Hara", "n=O%27Hara"),
        ("n=a%20b", "n=a+b"),
        ("n=a+b", "n=a%20b"),
        ("n=%c3%a9", "n=%C3%A9"),
        ("n=%C3%A9", "n=%c3%a9"),
        ("n=%C3%A9", "n=\xc3\xa9"),
        ("n=%28a%29", "n=(a)"),
        ("n=(a)", "n=%28a%29"),
        ("to=%2B1", "to=+1"),
        ("n=a:b", "n=a%3Ab"),
    ],
)
def test_the_same_query_with_other_escapes(seen: str, signed: str) -> None:
    assert signed in reescaped(seen)
    assert ("query_escaping", signed) in set(query_edits(seen))


def test_many_parameters_are_sorted_reversed_and_moved_one_by_one() -> None:
    pairs = [f"{name}=1" for name in "badcfe"]
    orders = {query for cause, query in query_edits("&".join(pairs)) if cause == "query_order"}
    assert {"a=1&b=1&c=1&d=1&e=1&f=1", "e=1&f=1&c=1&d=1&a=1&b=1", "a=1&d=1&c=1&f=1&e=1&b=1"} <= orders
    assert len(orders) <= 150


def test_a_url_without_a_query_may_have_been_signed_with_a_blank_one() -> None:
    assert list(query_edits(None)) == [("query_dropped", "")]
    assert list(query_edits("")) == [("query_dropped", None)]


def test_a_long_query_is_only_dropped() -> None:
    assert list(query_edits("a=" + "%27" * MAX_QUERY)) == [("query_dropped", None)]


def test_no_form_is_the_query_itself_or_there_twice() -> None:
    forms = reescaped("n=O%27Hara+%c3%a9")
    assert len(set(forms)) == len(forms)
    assert "n=O%27Hara+%c3%a9" not in forms


@given(st.text(alphabet="%+&=' 27eE\xe9\ud800", max_size=20))
def test_it_never_raises(query: str) -> None:
    list(query_edits(query))
