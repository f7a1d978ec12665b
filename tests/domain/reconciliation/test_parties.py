"""Numbers that are known in part."""

import pytest

from app.domain.reconciliation.parties import fits, is_partial


@pytest.mark.parametrize(
    ("number", "partial", "is_fitting"),
    [
        ("+14155550123", "+141556…", True),  # rounded up
        ("+14155649999", "+141556…", True),
        ("+14156500000", "+141556…", False),
        ("+14155550123", "+141555…", True),
        ("+447700900123", "+4477…", True),
        ("+442079460123", "…2079460123", True),
        ("+442079460124", "…2079460123", False),
        ("+14155550123", "+14155550123", True),
        ("+14155550123", "+14155550124", False),
        ("Acme", "+141556…", False),
        ("Acme", "Acme", True),
        ("+141", "+141556…", False),
        (None, "+141556…", False),
        ("+14155550123", None, False),
        (None, None, True),
    ],
)
def test_a_number_fits_its_known_part(number: str | None, partial: str | None, is_fitting: bool) -> None:
    assert fits(number, partial) is is_fitting


def test_a_part_is_marked() -> None:
    assert is_partial("+141556…")
    assert is_partial("…5550123")
    assert not is_partial("+14155550123")
    assert not is_partial(None)
    assert not is_partial("")
