"""The same JSON as other libraries write it."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.signatures.json_forms import MAX_JSON, json_forms

VALUE = {"b": 'é/😀\n"\\', "a": [1.50, {}, [], None, True], "c": {"d": "x, y: z"}}
STYLES = {
    "Python": {},
    "JavaScript": {"separators": (",", ":"), "ensure_ascii": False},
    "compact": {"separators": (",", ":")},
    "wide": {"ensure_ascii": False},
    "indent": {"indent": 2, "ensure_ascii": False},
    "indent 4": {"indent": 4},
    "tab": {"indent": "\t"},
    "sorted": {"sort_keys": True, "separators": (",", ":"), "ensure_ascii": False},
}


def write(style: str) -> bytes:
    return json.dumps(VALUE, **STYLES[style]).encode()


@pytest.mark.parametrize("signed", STYLES)
@pytest.mark.parametrize("received", ["Python", "compact", "indent", "tab"])
def test_json_of_one_library_is_found_from_that_of_another(received: str, signed: str) -> None:
    assert write(signed) in {written for _, written in json_forms(write(received))}


def test_php_escapes_slashes_and_numbers_stay_as_they_were_sent() -> None:
    forms = {written for _, written in json_forms('{"n": 1.50e+3, "u": "a/é"}'.encode())}
    assert b'{"n":1.50e+3,"u":"a\\/\\u00e9"}' in forms
    assert '{"n":1.50e+3,"u":"a\\/é"}'.encode() in forms
    back = {written for _, written in json_forms(b'{"n":1.50e+3,"u":"a\\/\\u00e9"}')}
    assert '{"n":1.50e+3,"u":"a/é"}'.encode() in back


def test_half_of_a_surrogate_pair_stays_escaped() -> None:
    assert b'{"a":"\\ud83d"}' in {written for words, written in json_forms(b'{"a": "\\ud83d"}') if "unescaped" in words}


def test_a_final_newline_is_tried_and_said_in_words() -> None:
    forms = {written: words for words, written in reversed(list(json_forms(b'{"a": 1}')))}
    assert forms[b'{"a":1}'] == "the JSON is written without blanks"
    assert forms[b'{"a":1}\n'] == "the JSON is written without blanks, with a final newline"


@pytest.mark.parametrize("body", [b"", b"a=1", b"\xff", b'"text"', b"[1]" + b" " * MAX_JSON])
def test_what_is_no_object_or_list_or_too_large_has_no_forms(body: bytes) -> None:
    assert list(json_forms(body)) == []


@given(st.text(alphabet='{}[]",:\\u0d8 \n1é', max_size=40), st.integers(0, 200))
def test_it_never_raises(text: str, depth: int) -> None:
    list(json_forms(("[" * depth + text).encode()))
