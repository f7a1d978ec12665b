"""Control characters are shown, and nothing else is changed."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.visible import escape_controls, name_character, show_character, show_controls, show_overrides


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a\0b", "a␀b"),
        ("\x1b[31m\x07", "␛[31m␇"),
        ("\x0b\x0c\x1f\x7f", "␋␌␟␡"),
        ("a\x80\x9fb", "a[U+0080][U+009F]b"),
        ("a\tb\r\nc", "a\tb\r\nc"),
        ("", ""),
        ("é☂😀\u200b\xa0\xad", "é☂😀\u200b\xa0\xad"),
    ],
)
def test_controls_have_pictures_and_all_else_stays(text: str, shown: str) -> None:
    assert show_controls(text) == shown


@given(st.text(st.characters(max_codepoint=0x2500)))
def test_no_control_is_left_and_nothing_else_is_lost(text: str) -> None:
    shown = show_controls(text)
    controls = {chr(code) for code in (*range(0x20), *range(0x7F, 0xA0))} - set("\t\r\n")
    assert not controls & set(shown)
    others = "".join(letter for letter in text if letter not in controls)
    assert show_controls(others) == others


@pytest.mark.parametrize(
    ("character", "shown"),
    [
        ("☂", "☂"),
        ("я", "я"),
        ("’", "’"),
        ("²", "²"),
        ("\0", "U+0000 control"),
        ("\u2028", "U+2028 LINE SEPARATOR"),
        ("\ufe0f", "U+FE0F VARIATION SELECTOR-16"),
        ("\u202e", "U+202E RIGHT-TO-LEFT OVERRIDE"),
    ],
)
def test_a_character_is_shown_if_it_can_be_seen_and_named_if_not(character: str, shown: str) -> None:
    assert show_character(character) == shown


def test_a_character_is_named_by_its_code_point_and_name() -> None:
    assert name_character("a") == "U+0061 LATIN SMALL LETTER A"
    assert name_character("\U000e0041") == "U+E0041 TAG LATIN CAPITAL LETTER A"


@given(st.text())
def test_json_with_escaped_controls_has_the_same_value(text: str) -> None:
    escaped = escape_controls(json.dumps(text, ensure_ascii=False))
    assert json.loads(escaped) == text
    assert show_controls(escaped) == escaped


def test_an_override_of_the_direction_is_written_out_and_other_marks_stay() -> None:
    assert show_overrides("pay \u202e001\u202c now") == "pay [U+202E]001\u202c now"
    assert show_overrides("\u202dabc") == "[U+202D]abc"
    assert show_overrides("שלום \u2067x\u2069") == "שלום \u2067x\u2069"
