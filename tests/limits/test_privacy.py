"""How many names privacy settings have, what counts as a code, and how far encodings are undone."""

import base64
from dataclasses import replace
from urllib.parse import quote

import pytest
from msgspec import structs

from app.domain.masking.policy import FULL_MASK, LISTED_TEXT
from app.domain.masking.texts import HOST_WIDTH, LEAST_DIGITS, SHOWN_DIGITS, mask_number, mask_text
from app.domain.privacy import MAX_NAME, MAX_NAMES, Privacy, name_problem
from app.parsing.bounds import MAX_FIELDS, MAX_VALUES
from app.parsing.withholding.names import MAX_FORMS, MAX_LAYERS, SPARE, Undecidable, forms_of, names_of
from app.parsing.withholding.parts import in_parts
from app.parsing.withholding.requests import MAX_BODY, withhold
from app.parsing.withholding.values import MAX_NESTED, in_json, in_pairs
from tests.domain.masking.test_policy import PAIRING, ROW
from tests.parsing.support import FORM, request

NAMES = names_of(Privacy(withheld_fields=("card",)))


def test_a_list_has_this_number_of_names() -> None:
    assert name_problem(["a"] * MAX_NAMES, of_headers=False, is_withheld=False) is None
    assert name_problem(["a"] * (MAX_NAMES + 1), of_headers=False, is_withheld=False)


def test_a_name_has_this_number_of_characters() -> None:
    assert name_problem(["a" * MAX_NAME], of_headers=True, is_withheld=True) is None
    assert name_problem(["a" * (MAX_NAME + 1)], of_headers=True, is_withheld=True)


def test_this_number_of_digits_is_a_code() -> None:
    fewer = "7" * (LEAST_DIGITS - 1)
    assert mask_text(f"a {fewer}") == f"a {fewer}"
    assert "7" not in mask_text(f"a {fewer}7")


def test_this_number_of_digits_of_a_number_is_shown() -> None:
    assert mask_number("1" * SHOWN_DIGITS) == "1" * SHOWN_DIGITS
    assert mask_number("1" * (SHOWN_DIGITS + 1)) == "•" + "1" * SHOWN_DIGITS


def test_this_number_of_characters_of_a_text_is_masked_for_a_list() -> None:
    for length in (LISTED_TEXT, LISTED_TEXT + 1):
        text = "x" * length
        row = replace(ROW, reading=structs.replace(ROW.reading, text=text))
        assert len(FULL_MASK.rows([row])[0].reading.text or "") == LISTED_TEXT
        assert len(FULL_MASK.row(row).reading.text or "") == length
        assert len(FULL_MASK.pairing(structs.replace(PAIRING, text=text)).text or "") == LISTED_TEXT


def test_the_end_of_a_host_is_looked_for_in_this_number_of_characters() -> None:
    host = "a" * (HOST_WIDTH - 4) + "b.cn"
    assert mask_text(f"{host}/secret").endswith("/••••••••")
    assert mask_text(f"x{host}/secret").endswith("/••••••••")


def test_this_number_of_encodings_around_each_other_is_undone() -> None:
    text = "card="
    for _ in range(MAX_LAYERS):
        text = base64.b64encode(text.encode() + b" " * 9).decode()
    assert NAMES.carry(text) == "card"
    assert NAMES.carry(base64.b64encode(text.encode()).decode()) is None


def test_the_decoded_forms_of_a_text_have_this_length_together(monkeypatch: pytest.MonkeyPatch) -> None:
    text = quote("+" * 100)
    used = sum(map(len, forms_of(text))) - len(text)
    assert MAX_FORMS * len(text) + SPARE > used
    monkeypatch.setattr("app.parsing.withholding.names.MAX_FORMS", 0)
    monkeypatch.setattr("app.parsing.withholding.names.SPARE", used)
    assert len(list(forms_of(text))) > 1
    monkeypatch.setattr("app.parsing.withholding.names.SPARE", used - 1)
    with pytest.raises(Undecidable):
        list(forms_of(text))


def test_json_in_strings_is_opened_this_often() -> None:
    def nested(depth: int) -> str:
        text = '{"card":"velvet"}'
        for _ in range(depth):
            text = '{"a":' + quoted(text) + "}"
        return text

    def quoted(text: str) -> str:
        return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'

    inside = in_json(nested(MAX_NESTED), NAMES, set())
    assert inside is not None
    assert '\\"card\\' in inside
    assert "velvet" not in inside
    deeper = in_json(nested(MAX_NESTED + 1), NAMES, set())
    assert deeper is not None
    assert "velvet" not in deeper
    assert "card" not in deeper


def test_fields_and_parts_and_values_are_examined_up_to_these_numbers() -> None:
    assert in_pairs("&".join(["a=1"] * MAX_FIELDS), NAMES, set())
    with pytest.raises(Undecidable):
        in_pairs("&".join(["a=1"] * (MAX_FIELDS + 1)), NAMES, set())
    part = b"--b\r\nContent-Disposition: form-data; name=a\r\n\r\n1\r\n"
    assert in_parts(part * (MAX_FIELDS - 1) + b"--b--", "b", NAMES, set())
    with pytest.raises(Undecidable):
        in_parts(part * MAX_FIELDS + b"--b--", "b", NAMES, set())
    strings = ",".join(['"a"'] * MAX_VALUES)
    assert in_json(f"[{strings}]", NAMES, set())
    with pytest.raises(Undecidable):
        in_json(f'[{strings},"a"]', NAMES, set())


def test_a_larger_body_is_left_out() -> None:
    privacy = Privacy(withheld_fields=("card",))
    body = b"a=" + b"x" * (MAX_BODY - 2)
    assert withhold(request(body, FORM), privacy).body == body
    assert withhold(request(body + b"x", FORM), privacy).body == b""
