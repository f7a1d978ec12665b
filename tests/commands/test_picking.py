"""A part of a bin is named by its id, or by its name if that is unique."""

import click
import pytest

from app.commands.picking import pick

ITEMS = [
    {"id": "a1", "name": "one"}, {"id": "a2", "name": "two"}, {"id": "a3", "name": "two"}, {"id": "one", "name": "x"},
]  # fmt: skip


def test_an_id_comes_before_a_name() -> None:
    assert pick(ITEMS, "a1", "alert")["name"] == "one"
    assert pick(ITEMS, "one", "alert")["name"] == "x"
    assert pick(ITEMS, "x", "alert")["id"] == "one"


@pytest.mark.parametrize(("wanted", "said"), [("two", "more than one alert 'two'"), ("three", "no alert 'three'")])
def test_what_is_not_unique_is_an_error_that_names_the_list(wanted: str, said: str) -> None:
    with pytest.raises(click.UsageError, match=rf"{said} in this bin; `smsbin alerts list`"):
        pick(ITEMS, wanted, "alert")
