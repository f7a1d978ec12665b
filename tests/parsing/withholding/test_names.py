"""Names of fields in all the ways in which they are encoded."""

import base64

import pytest

from app.domain.privacy import Privacy
from app.parsing.withholding.names import Undecidable, forms_of, names_of

NAMES = names_of(Privacy(withheld_headers=("x-a",), withheld_fields=("card", "card.number")))


@pytest.mark.parametrize(
    "name",
    ["card", " CARD ", "c%61rd", "c%2561rd", "pay[card]", "card[0]", "a.card", "card\x00", "c\\u0061rd", "card.number"],
)  # fmt: skip
def test_a_name_is_found(name: str) -> None:
    assert NAMES.find(name) in ("card", "card.number")


@pytest.mark.parametrize("name", ["cardholder", "a card holder".replace(" ", "_"), "", "carde"])
def test_another_name_is_not(name: str) -> None:
    assert NAMES.find(name) is None


@pytest.mark.parametrize(
    "text", ['"card":1', "card=1", "<card>1", 'card\\": 1', "card] = 1", "card%3D1", "&#99;ard=1;"]
)
def test_a_name_with_the_sign_of_a_value_is_found(text: str) -> None:
    assert NAMES.carry(text) == "card"
    assert NAMES.mention(text) == "card"


def test_a_word_in_a_sentence_has_no_value() -> None:
    assert NAMES.carry("my card, please") is None
    assert NAMES.mention("my card, please") == "card"
    assert NAMES.mention("nothing") is None


def test_without_names_nothing_is_found() -> None:
    none = names_of(Privacy(withheld_headers=("x-a",)))
    assert none.headers == {b"x-a"}
    assert none.mention("card=1") is None
    assert none.find("card") is None


def test_compressed_base64_is_not_certain() -> None:
    with pytest.raises(Undecidable):
        list(forms_of(base64.b64encode(b"\x1f\x8b" + b"x" * 20).decode()))
