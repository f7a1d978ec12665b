"""Bodies that may have been signed instead of the received one."""

from dataclasses import replace
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.signatures.bodies import MAX_BODIES, body_variants, write_fields
from app.signatures.reading import fields_of
from tests.signatures.requests import a_signed

FORM = [("Content-Type", "application/x-www-form-urlencoded")]


def causes_of(body: bytes, headers=()) -> dict[bytes, str]:
    return {each.body: each.cause for each in body_variants(a_signed(body=body, headers=headers))}


def cause_of_fields(received: dict[str, str], signed: dict[str, str]) -> str | None:
    """The cause of the variant that has these fields."""
    request = a_signed(body=urlencode(received).encode(), headers=FORM)
    wanted = sorted((name.encode(), value.encode()) for name, value in signed.items())
    return next((each.cause for each in body_variants(request) if sorted(fields_of(each.body)) == wanted), None)


@pytest.mark.parametrize(
    ("received", "signed", "cause"),
    [
        (b'{"a":1}', b'{"a":1}\n', "trailing_newline"),
        (b'{"a":1}\n', b'{"a":1}', "trailing_newline"),
        (b'{"a":1}\r\n', b'{"a":1}', "trailing_newline"),
        (b' {"a":1}', b'{"a":1}', "body_changed"),
        (b"<a>\r\n</a>", b"<a>\n</a>", "line_ends"),
        (b"<a>\n</a>", b"<a>\r\n</a>", "line_ends"),
        (b"\xef\xbb\xbf<a/>", b"<a/>", "byte_order_mark"),
        (b'{"a": "\\u00e9"}', '{"a":"é"}'.encode(), "body_changed"),
    ],
)
def test_a_changed_text_is_tried_and_named(received: bytes, signed: bytes, cause: str) -> None:
    assert causes_of(received, [("Content-Type", "application/json")])[signed] == cause


@pytest.mark.parametrize(
    ("received", "signed", "cause"),
    [
        ({"To": " 12125550199", "From": " 1 415"}, {"To": "+12125550199", "From": "+1 415"}, "plus_as_blank"),
        ({"Body": "a   b", "To": " 1"}, {"Body": "a + b", "To": "+1"}, "plus_as_blank"),
        ({"Body": "1    2   3"}, {"Body": "1 ++ 2 + 3"}, "plus_as_blank"),
        ({"Body": "a  b"}, {"Body": "a+ b"}, "plus_as_blank"),
        ({"Body": "a  b"}, {"Body": "a +b"}, "plus_as_blank"),
        ({"Body": "a+b"}, {"Body": "a b"}, "plus_as_blank"),
        ({"Body": "is 1 1 = 2"}, {"Body": "is 1+1 = 2"}, "plus_as_blank"),
        ({"Body": "1 1 and 2 2"}, {"Body": "1+1 and 2+2"}, "plus_as_blank"),
        ({"Body": "1 1", "To": " 49"}, {"Body": "1+1", "To": "+49"}, "plus_as_blank"),
        ({"Body": "hi", "To": "1"}, {"Body": "hi\n", "To": "1"}, "trimmed"),
        ({"Text": "hi"}, {"Text": " hi"}, "trimmed"),
        ({"Body": "hi"}, {"Body": "hi", "FromZip": ""}, "blank_params_dropped"),
        ({"Body": "hi"}, {"Body": "hi", "FromZip": "", "ToCity": ""}, "blank_params_dropped"),
        (
            {"Body": "hi", "FromCity": "X"},
            {"Body": "hi", "FromCity": "X", "FromZip": "", "FromState": "", "FromCountry": ""},
            "blank_params_dropped",
        ),
        ({"Body": "hi", "x": ""}, {"Body": "hi"}, "blank_params_dropped"),
        ({"Body": "hi", "x": "1"}, {"Body": "hi"}, "body_changed"),
        ({"Body": "a\nb"}, {"Body": "a\r\nb"}, "line_ends"),
        ({"Body": "Ã©"}, {"Body": "é"}, "charset"),
        ({"at": "20:00×tamp=17", "b": "1"}, {"at": "20:00", "timestamp": "17", "b": "1"}, "html_entity"),
        ({"a": "1©from=2"}, {"a": "1", "copyfrom": "2"}, "html_entity"),
    ],
)
def test_a_changed_field_is_tried_and_named(received: dict[str, str], signed: dict[str, str], cause: str) -> None:
    assert cause_of_fields(received, signed) == cause


def test_latin_1_fields_are_tried_as_utf8() -> None:
    assert causes_of(b"Body=%E9", FORM)[b"Body=%C3%A9"] == "charset"


def test_no_variant_is_the_received_body_or_there_twice_and_their_number_is_bounded() -> None:
    body = urlencode([(f"k{number}", f" {number}   x") for number in range(80)]).encode()
    found = body_variants(a_signed(body=body, headers=FORM))
    assert len({each.body for each in found} | {body}) == len(found) + 1
    assert len(found) <= MAX_BODIES


def test_a_large_form_is_only_tried_with_other_line_ends() -> None:
    for body in (b"Body=" + b"a" * 6_000, b"&".join([b"a=+1"] * 81)):
        assert set(causes_of(body, FORM).values()) == {"trailing_newline"}
    assert len(set(causes_of(b"&".join([b"a=+1"] * 80), FORM).values())) > 1


def test_a_variant_is_of_the_body_that_is_checked_not_of_the_received_one() -> None:
    request = replace(a_signed(body=b"a", headers=FORM), body=b"b=1&c=2")
    assert b"c=2" in {each.body for each in body_variants(request)}


@given(st.lists(st.tuples(st.binary(min_size=1, max_size=5), st.binary(max_size=8)), min_size=1, max_size=6))
def test_written_fields_are_read_back(fields: list[tuple[bytes, bytes]]) -> None:
    assert fields_of(write_fields(tuple(fields))) == tuple(fields)


@given(st.binary(max_size=80), st.booleans())
def test_it_never_raises(body: bytes, form: bool) -> None:
    body_variants(a_signed(body=body, headers=FORM if form else [("Content-Type", "application/json")]))
