"""Numbers of exports and of what spreadsheets make of them."""

import pytest

from app.providers.kit.parties import international, north_american
from app.records.numbers import read_party


@pytest.mark.parametrize(
    ("cell", "party"),
    [
        ("+14155550123", "+14155550123"),
        ("14155550123", "+14155550123"),
        ("'+14155550123", "+14155550123"),
        ("whatsapp:+14155550123", "+14155550123"),
        ("14155550123.0", "+14155550123"),
        ("31612345678", "+31612345678"),
        ("1.4155550123E+10", "+14155550123"),
        ("1.41556E+10", "+141556…"),
        ("1,41556E+10", "+141556…"),
        ("4.477E11", "+4477…"),
        ("90210", "90210"),
        ("Acme", "Acme"),
        ("AcmeInc 24", "AcmeInc 24"),
        ("02079460123", "…2079460123"),
        ("", None),
        ("  ", None),
        ("1E+99", "1"),
    ],
)
def test_a_cell_is_a_number_a_name_or_a_part_of_a_number(cell: str, party: str | None) -> None:
    assert read_party(cell, international) == party


def test_ten_digits_are_a_north_american_number_where_the_provider_writes_so() -> None:
    assert read_party("4155550123", north_american) == "+14155550123"


def test_a_long_cell_is_cut() -> None:
    assert len(read_party("x" * 1_000, international) or "") == 200
