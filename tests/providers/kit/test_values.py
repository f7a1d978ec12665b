"""Values out of JSON of any shape: what is not as documented counts as not there."""

import pytest

from app.providers.kit.values import at, count, error_code, items, lowered, text_at, texts


@pytest.mark.parametrize(
    ("value", "text"),
    [("", ""), ("a", "a"), (7, "7"), (0.03, "0.03"), (True, "true"), (None, None), ([], None), ({}, None)],
)
def test_a_scalar_is_a_text_and_anything_bigger_is_none(value, text):
    assert text_at({"a": {"b": value}}, "a", "b") == text


@pytest.mark.parametrize("value", [None, 1, "x", [], {"a": []}, {"a": {"c": 1}}, {"a": "b"}])
def test_a_path_that_breaks_off_leads_nowhere(value):
    assert at(value, "a", "b") is None


def test_positions_lead_into_lists_only_and_names_into_objects_only():
    value = {"to": [{"n": 1}, "x"], "0": "zero"}
    assert text_at(value, "to", 0, "n") == "1"
    assert at(value, "to", 7) is at(value, "to", "n") is at(value, 0) is at([1], 0, 0) is None


def test_names_are_found_in_any_case_and_the_first_of_two_stays():
    value = lowered({"Data": [{"messageId": "m"}], "FROM": "first", "from": "second"})
    assert value == {"data": [{"messageid": "m"}], "from": "first"}
    assert lowered("Text") == "Text"


def test_lists_are_taken_as_they_come_and_a_single_value_is_a_list_of_one():
    assert items([1, {}]) == [1, {}]
    assert items({"a": 1}) == [{"a": 1}]
    assert items("x") == ["x"]
    assert items({"a": False}, "a") == [False]
    assert items(None) == items({"a": None}, "a") == items({}, "a") == []


def test_only_texts_that_are_not_blank_are_texts():
    assert texts({"to": ["a", "", 1, None]}, "to") == ("a",)
    assert texts("a") == ("a",)
    assert texts({"a": 1}) == texts("") == ()


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("2", 2), ("9999", 9999), ("0", None), ("", None), (None, None), ("-1", None), ("1.5", None), ("٣", None),
        ("12345", None),
    ],
)  # fmt: skip
def test_only_a_small_whole_number_counts(text, number):
    assert count(text) == number


@pytest.mark.parametrize(("code", "error"), [("30003", "30003"), ("0", None), ("000", None), ("", None), (None, None)])
def test_zeros_are_no_error(code, error):
    assert error_code(code) == error
