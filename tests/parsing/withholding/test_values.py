"""Values are replaced where they stand, and everything around them stays as received."""

import pytest

from app.domain.privacy import Privacy
from app.parsing.withholding.names import Undecidable, names_of
from app.parsing.withholding.values import in_json, in_pairs, in_string

NAMES = names_of(Privacy(withheld_fields=("card",)))


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ('{ "a" : 1 ,\n"card" : 4 , "b":[ ] }', '{ "a" : 1 ,\n"card" : "[not stored]" , "b":[ ] }'),
        ('{"card":{"a":[{"card":1}]},"b":1}', '{"card":"[not stored]","b":1}'),
        ('{"card":null}', '{"card":"[not stored]"}'),
        ('[{"card":"\\"}"},{"card":[]}]', '[{"card":"[not stored]"},{"card":"[not stored]"}]'),
        ('{"a":"\\ud83d\\ude00","é":1.50e3}', '{"a":"\\ud83d\\ude00","é":1.50e3}'),
    ],
)  # fmt: skip
def test_json_keeps_its_other_bytes(text: str, shown: str) -> None:
    assert in_json(text, NAMES, set()) == shown


@pytest.mark.parametrize("text", ["card", '{"card":1', '"card"', "{'card':1}", '{"card":1}{}', "[" * 5000])
def test_what_is_no_json_is_not_read_as_such(text: str) -> None:
    assert in_json(text, NAMES, set()) is None


def test_a_form_keeps_its_order_its_separators_and_its_escapes() -> None:
    found: set[str] = set()
    assert in_pairs("a=%41&&card=1;Card=2&b", NAMES, found) == (
        "a=%41&&card=%5Bnot%20stored%5D;Card=%5Bnot%20stored%5D&b"
    )
    assert found == {"card"}
    assert in_pairs("card:4111", NAMES, set()) == "%5Bnot%20stored%5D"


def test_a_value_that_is_the_name_of_a_field_is_not_certain() -> None:
    with pytest.raises(Undecidable):
        in_string(" Card ", NAMES, set())
    with pytest.raises(Undecidable):
        in_pairs("a%26card%3D1=x", NAMES, set())
    assert in_string("a card", NAMES, set()) == "a card"
    assert in_string("card=1", NAMES, set()) == "[not stored]"
