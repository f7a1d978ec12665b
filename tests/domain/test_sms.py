"""How a text travels as SMS."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.phones import region_of, show_phone
from app.domain.sms import describe_sms, measure_sms


@pytest.mark.parametrize(
    ("text", "encoding", "units", "segments"),
    [
        ("", "GSM-7", 0, 1),
        ("hello", "GSM-7", 5, 1),
        ("a" * 160, "GSM-7", 160, 1),
        ("a" * 161, "GSM-7", 161, 2),
        ("a" * 306, "GSM-7", 306, 2),
        ("a" * 307, "GSM-7", 307, 3),
        ("€" * 80, "GSM-7", 160, 1),
        ("€" * 81, "GSM-7", 162, 2),
        ("Grüße", "GSM-7", 5, 1),
        ("☂", "UCS-2", 1, 1),
        ("я" * 70, "UCS-2", 70, 1),
        ("я" * 71, "UCS-2", 71, 2),
        ("😀" * 35, "UCS-2", 70, 1),
        ("😀" * 36, "UCS-2", 72, 2),
    ],
)
def test_segments_are_counted_as_a_network_counts_them(text: str, encoding: str, units: int, segments: int) -> None:
    facts = describe_sms(text)
    assert (facts.encoding, facts.units, facts.segments) == (encoding, units, segments)


def test_a_character_of_two_units_is_not_cut_by_the_end_of_a_part() -> None:
    assert describe_sms("a" * 152 + "€" + "a" * 152).segments == 3
    assert describe_sms("a" * 151 + "€" + "a" * 153).segments == 2


def test_the_character_that_forced_ucs2_is_named() -> None:
    assert describe_sms("café ☂ €").forced_by == "☂"
    assert describe_sms("it’s").forced_by == "’"
    assert describe_sms("plain").forced_by is None


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("a\0b", "U+0000 control"),
        ("a\u200bb", "U+200B ZERO WIDTH SPACE"),
        ("a\u00a0b", "U+00A0 NO-BREAK SPACE"),
        ("e\u0301", "U+0301 COMBINING ACUTE ACCENT"),
        ("a\ue000", "U+E000 control"),
    ],
)
def test_a_character_that_cannot_be_seen_forces_ucs2_by_its_name(text: str, named: str) -> None:
    assert describe_sms(text).forced_by == named


def test_hidden_characters_are_named_once() -> None:
    assert describe_sms("a\u202eb\u200bc\u200b").hidden == ("U+202E RIGHT-TO-LEFT OVERRIDE", "U+200B ZERO WIDTH SPACE")
    assert describe_sms("line\nbreak").hidden == ()


@pytest.mark.parametrize(
    ("party", "shown"),
    [
        ("+14155550123", "+1 415-555-0123"),
        ("+447700900123", "+44 7700 900123"),
        ("88022", "88022"),
        ("MYBRAND", "MYBRAND"),
        ("+1", "+1"),
        ("+99999999999999", "+99999999999999"),
        ("<b>", "<b>"),
        (None, "unknown"),
    ],
)
def test_numbers_are_shown_as_people_write_them(party: str | None, shown: str) -> None:
    assert show_phone(party) == shown


def test_a_number_knows_its_country() -> None:
    assert (region_of("+14155550123"), region_of("MYBRAND"), region_of(None)) == ("US", None, None)


@given(st.text(alphabet="aé€[☂🚗 ", max_size=400))
def test_the_short_measure_says_what_the_long_one_says(text: str) -> None:
    facts = describe_sms(text)
    assert measure_sms(text) == (facts.encoding, facts.segments)
