"""CSV as programs and spreadsheets write it, and what is wrong with a table, by its line."""

import io

import pytest

from app.records.failures import UnreadableRecords
from app.records.tables import Table


def _table(text: str) -> Table:
    return Table(io.StringIO(text, newline=""))


def _problem(text: str) -> str:
    with pytest.raises(UnreadableRecords) as error:
        list(_table(text))
    return str(error.value)


def test_a_text_may_have_quotes_line_breaks_and_separators() -> None:
    table = _table('a,b\r\n"one, ""two""\r\nthree",4\r\n5,"6"\r\n')
    assert table.columns == ("a", "b")
    assert list(table) == [['one, "two"\r\nthree', "4"], ["5", "6"]]


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_the_separator_is_found_in_the_header(separator: str) -> None:
    table = _table(separator.join(("a", "b", '"c,d;e"')) + "\n" + separator.join("123") + "\n")
    assert table.columns == ("a", "b", "c,d;e")
    assert list(table) == [["1", "2", "3"]]


@pytest.mark.parametrize("line", ["sep=;\r\n", "SEP=;\n", "\n\nsep=;\n"])
def test_a_line_before_the_header_may_name_the_separator(line: str) -> None:
    table = _table(f"{line}a;b,c\n1;2\n")
    assert table.columns == ("a", "b,c")
    assert list(table) == [["1", "2"]]


def test_blank_rows_are_left_out_and_missing_cells_are_blank() -> None:
    assert list(_table("a,b,c\n\n1\n,,\n1,2,3,,\n")) == [["1", "", ""], ["1", "2", "3"]]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_every_line_end_is_read(end: str) -> None:
    assert list(_table(f"a,b{end}1,2{end}3,4")) == [["1", "2"], ["3", "4"]]


def test_a_row_with_too_many_cells_is_named_by_its_line() -> None:
    problem = _problem('a,b\n"x\ny",2\n1,2,3\n')
    assert problem.startswith("file: Line 4 has 3 cells, but there are 2 columns.")
    assert "quotation marks" in problem


def test_a_missing_quotation_mark_is_named_by_the_line_where_its_row_begins() -> None:
    problem = _problem('a,b\n1,2\n3,"4\n' + "5,6\n" * 50_000)
    assert problem.startswith("file: Line 3: field larger than field limit")


def test_one_column_is_no_table() -> None:
    assert "only one column" in _problem("hello\nworld\n")
