"""The form for the columns of a file."""

import pytest

from app.domain.reconciliation.kept import FileColumns
from app.errors import Invalid
from app.web.reconciliations.columns import MOST_COLUMNS, MOST_FIELDS, MOST_SAMPLES, column_rows, read_columns

UNKNOWN = FileColumns(
    columns=("Ref", "Who"), guess={"id": "Ref"}, rows=(("a", ""), ("b", "c"), ("d",), ("e", "f"), ("g", "h"))
)


def test_columns_are_shown_with_their_guess_and_first_values() -> None:
    ref, who = column_rows(UNKNOWN, None)
    assert (ref.name, ref.use, ref.samples) == ("Ref", "id", ["a", "b", "d"])
    assert len(ref.samples) == MOST_SAMPLES
    assert (who.use, who.samples) == ("", ["c", "f", "h"])
    assert [each.use for each in column_rows(UNKNOWN, {"use.1": "from"})] == ["", "from"]


def test_a_file_with_many_columns_shows_the_first_ones() -> None:
    names = tuple(f"c{number}" for number in range(MOST_COLUMNS + 1))
    assert len(column_rows(FileColumns(columns=names, guess={}, rows=()), None)) == MOST_COLUMNS
    assert MOST_FIELDS >= 2 * MOST_COLUMNS + 1


def test_what_was_chosen_is_a_mapping() -> None:
    form = {"name.0": "Ref", "use.0": "id", "name.1": "Who", "use.1": "from", "use.2": "", "use.x": "to"}
    mapping = read_columns(form | {"direction": "outbound"})
    assert (mapping.columns.id, mapping.columns.sender, mapping.direction) == ("Ref", "Who", "outbound")
    assert read_columns(form | {"name.3": "Other", "use.3": "id"}).columns.id == "Ref", "the first one counts"
    with pytest.raises(Invalid) as caught:
        read_columns({"name.0": "Ref", "use.0": "id", "direction": "up"})
    assert caught.value.problems[0][0] == "direction"
