"""Rows have their columns by name and by position."""

from types import SimpleNamespace

import pytest

from app.storage.postgres.rows import NamedRow, named_rows


def a_cursor(*names: str) -> SimpleNamespace:
    """A cursor with a result that has these columns."""
    return SimpleNamespace(
        pgresult=SimpleNamespace(nfields=len(names), fname=lambda place: names[place].encode()),
    )


def test_a_column_is_found_by_its_name_and_by_its_position() -> None:
    row = named_rows(a_cursor("n", "größe"))([7, "x"])
    assert (row["n"], row[0], row["größe"], row[-1]) == (7, 7, "x", "x")
    assert list(row) == [7, "x"]
    assert row == (7, "x")
    assert dict(row) == {"n": 7, "größe": "x"}
    assert isinstance(row, NamedRow)


def test_a_name_that_several_columns_have_is_the_first_of_them() -> None:
    row = named_rows(a_cursor("id", "id", "n"))([1, 2, 3])
    assert (row["id"], row["n"]) == (1, 3)


def test_a_name_that_is_no_column_is_an_error() -> None:
    row = named_rows(a_cursor("n"))([1])
    with pytest.raises(KeyError):
        row["m"]
    with pytest.raises(IndexError):
        row[1]


def test_rows_of_equal_columns_share_a_class() -> None:
    first, second = named_rows(a_cursor("a", "b")), named_rows(a_cursor("a", "b"))
    assert first is second
    assert named_rows(a_cursor("b", "a")) is not first


def test_a_statement_without_a_result_has_no_columns() -> None:
    assert list(named_rows(SimpleNamespace(pgresult=None))([])) == []
