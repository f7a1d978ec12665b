"""The columns of a record file, with the added ones."""

from app.export.own_columns import OWN, own_columns


def test_each_name_is_there_once_and_none_is_that_of_an_added_column() -> None:
    assert own_columns(["a", "a", "verdict", "", "a", ""]) == ["a", "a (2)", "verdict (2)", "", "a (3)", " (2)"]
    assert not set(own_columns(list(OWN))) & set(OWN)
