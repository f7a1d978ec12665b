"""The error of a file names the cure, and the API can answer with it."""

from app.errors import Invalid
from app.records.failures import UnknownColumns, UnreadableRecords


def test_it_is_about_the_field_file() -> None:
    error = UnreadableRecords("The file is empty.")
    assert isinstance(error, Invalid)
    assert error.problems == (("file", "The file is empty."),)
    assert (error.status, error.code) == (422, "unreadable_records")


def test_many_columns_are_abbreviated() -> None:
    error = UnknownColumns([f"c{n}" for n in range(13)], [["1"]])
    assert "c0, c1" in str(error)
    assert "c11 …." in str(error)
    assert error.code == "unknown_columns"
