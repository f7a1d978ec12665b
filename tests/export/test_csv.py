"""CSV: what a spreadsheet reads back, and what it must never take for a formula."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.export import EXPORTERS, About

ABOUT = About(columns=("n", "text", "findings"), version="1", origin="http://sms.example.net")


def _read_back(*values: dict) -> list[list[str]]:
    form = EXPORTERS["csv"]
    data = form.begin(ABOUT) + b"".join(form.row(ABOUT, each) for each in values) + form.end
    return list(csv.reader(io.StringIO(data.decode(), newline="")))


def _cell(text: object) -> str:
    return _read_back({"n": 1, "text": text, "findings": []})[1][1]


def test_it_has_a_header_line_and_lists_are_json() -> None:
    rows = _read_back({"n": 7, "text": 'a "b", c\r\nd', "findings": ["duplicate", "late_status"]})
    assert rows == [["n", "text", "findings"], ["7", 'a "b", c\r\nd', '["duplicate","late_status"]']]


@pytest.mark.parametrize("text", ["=1+1", "+1+1", "-2", "@SUM(A1)", "\t=1", "\r=1", "+1 415", "+", "+1234567890123456"])
def test_a_cell_that_begins_like_a_formula_gets_an_apostrophe(text: str) -> None:
    assert _cell(text) == "'" + text


@pytest.mark.parametrize("text", ["+14155550123", "+447700900123", "+12", "hello", "'=1", "1-2", "a=b"])
def test_phone_numbers_and_everything_else_stay_as_they_are(text: str) -> None:
    assert _cell(text) == text


def test_null_is_empty_and_an_empty_text_is_two_quotes() -> None:
    form = EXPORTERS["csv"]
    assert form.row(ABOUT, {"n": 1, "text": None, "findings": []}) == b"1,,[]\r\n"
    assert form.row(ABOUT, {"n": 1, "text": "", "findings": []}) == b'1,"",[]\r\n'


def test_yes_and_no_are_words() -> None:
    assert (_cell(True), _cell(False)) == ("true", "false")


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=40))
def test_any_text_comes_back_as_it_was_or_with_its_apostrophe(text: str) -> None:
    assert _cell(text) in (text, "'" + text)
