"""CSV: a spreadsheet reads the values back, and evaluates none as a formula."""

import csv
import io
import re
import time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from app.domain.visible import show_controls
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


@pytest.mark.parametrize("text", ["=1+1", "+1+1", "-2", "@SUM(A1)", "＝1", "+1 415", "+", "+1234567890123456"])
def test_a_cell_that_begins_like_a_formula_gets_an_apostrophe(text: str) -> None:
    assert _cell(text) == "'" + text


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("x;=HYPERLINK(1)", "x;'=HYPERLINK(1)"),
        ("+1415;=1", "'+1415;'=1"),
        ("a\n=1", "a\n'=1"),
        ("a\r\n@b", "a\r\n'@b"),
        ("x\t=1+1", "x\t'=1+1"),
        (" =1", " '=1"),
        ("\u00a0\u200b\ufeff=1", "\u00a0\u200b\ufeff'=1"),
        ("x; \x0b\x00-1", "x; ␋␀'-1"),
        ('x;"=1"', 'x;"\'=1"'),
        ("x;;\n;=1;-1", "x;;\n;'=1;'-1"),
        ("\t=1", "'\t'=1"),
        ("\n", "'\n"),
    ],
)
def test_so_does_one_behind_a_separator_whatever_blanks_and_quotes_are_between(text: str, written: str) -> None:
    assert _cell(text) == written


@pytest.mark.parametrize(
    "text",
    ["+14155550123", "+447700900123", "+12", "hello", "'=1", "1-2", "a=b", "see you - bye", "x;y\tz\nw", "a, =)"],
)
def test_phone_numbers_and_everything_else_stay_as_they_are(text: str) -> None:
    assert _cell(text) == text


@pytest.mark.parametrize(
    ("text", "written"), [("a\0b", "a␀b"), ("\x1b[1m", "␛[1m"), ("a\x85b", "a[U+0085]b"), ("\0", "'␀")]
)
def test_a_control_character_is_visible_and_ends_nothing(text: str, written: str) -> None:
    assert _cell(text) == written
    assert _read_back({"n": 1, "text": "", "findings": [text]})[1][2].isprintable()


def test_every_cell_is_quoted_and_null_alone_is_empty() -> None:
    form = EXPORTERS["csv"]
    assert form.begin(ABOUT) == b'"n","text","findings"\r\n'
    assert form.row(ABOUT, {"n": 1, "text": None, "findings": []}) == b'"1",,"[]"\r\n'
    assert form.row(ABOUT, {"n": 1, "text": "", "findings": []}) == b'"1","","[]"\r\n'


def test_yes_and_no_are_words() -> None:
    assert (_cell(True), _cell(False)) == ("true", "false")


anything = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
# The significant signs, in high density so that they are adjacent.
tricky = st.text("=+-@＝;,\t\r\n \"'\0\u00a0\u200b1x", max_size=16)


@given(anything | tricky)
def test_any_text_comes_back_as_it_was_but_for_apostrophes_and_controls(text: str) -> None:
    assert _cell(text).replace("'", "") == show_controls(text).replace("'", "")


@given(st.lists(st.tuples(tricky, tricky), min_size=1, max_size=3), st.sampled_from(",;\t"))
@example([("", 'x;"=1')], ";")
@example([('"', ";\n=1"), ("\t=1", "")], "\t")
def test_no_spreadsheet_reads_a_formula_whichever_separator_it_splits_at(rows: list, separator: str) -> None:
    form = EXPORTERS["csv"]
    data = b"".join(form.row(ABOUT, {"n": 1, "text": one, "findings": two}) for one, two in rows).decode()
    cells = [cell for line in csv.reader(io.StringIO(data, newline=""), delimiter=separator) for cell in line]
    formulas = [cell for cell in cells if re.match("[\\s\0\u200b]*[=+@＝-]", cell)]
    assert [cell for cell in formulas if not re.fullmatch(r"\+[0-9]{2,15}", cell)] == []


def test_a_text_full_of_separators_takes_no_longer_than_another_one() -> None:
    since = time.process_time()
    for text in ("\n" * 1_000_000, "; " * 500_000, ';"' * 500_000 + "="):
        EXPORTERS["csv"].row(ABOUT, {"n": 1, "text": text, "findings": []})
    assert time.process_time() - since < 2
