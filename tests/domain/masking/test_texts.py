"""Masked numbers, codes and links: what stays, what does not, and that no input takes long."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.masking.texts import HIDDEN, mask_link, mask_number, mask_text, mask_value


@pytest.mark.parametrize(
    ("party", "shown"),
    [
        ("+14155550123", "+•••••••••23"), ("45678", "•••78"), ("whatsapp:+14155550123", "whatsapp:+•••••••••23"),
        ("ACME", "ACME"), ("(415) 555-0123", "(•••) •••-••23"), ("12", "12"), ("", ""), ("+٤١٥٥٥٥٠١٢٣", "+••••••••٢٣"),
    ],
)  # fmt: skip
def test_a_number_keeps_its_width_and_its_last_two_digits(party: str, shown: str) -> None:
    assert mask_number(party) == shown
    assert len(shown) == len(party)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Your code is 482913.", "Your code is ••••••."), ("482 913", "••• •••"), ("12-34-56", "••-••-••"),
        ("G-4829", "G-••••"), ("PIN4829x", "PIN••••x"), ("at 3pm, 120 left", "at 3pm, 120 left"),
        ("48\u200b29", "••\u200b••"), ("４８２９", "••••"), ("call +1 (415) 555-0123", "call +• (•••) •••-••••"),
        ("open https://acme.example/r/a8Xk?c=1 now", f"open https://acme.example/{HIDDEN} now"),
        ("acme.co/a8Xk", f"acme.co/{HIDDEN}"), ("acme.co:8080/a8Xk", f"acme.co:••••/{HIDDEN}"),
        ("见https://a.cn/x9", f"见https://a.cn/{HIDDEN}"), ("and/or, yes?", "and/or, yes?"),
        ("https://acme.example/", "https://acme.example/"), ("https://otp48291.example", "https://otp•••••.example"),
        ("https://a.example#tok", f"https://a.example#{HIDDEN}"),
    ],
)  # fmt: skip
def test_codes_numbers_and_links_in_a_text_are_masked(text: str, shown: str) -> None:
    assert mask_text(text) == shown


def test_a_value_that_is_a_number_is_masked_like_one() -> None:
    assert mask_value("+14155550123") == "+•••••••••23"
    assert mask_value(" 14155550123") == " •••••••••23"
    assert mask_value("482913") == "••••••"
    assert mask_value("2026-11-29T20:05:36Z") == "••••-••-••T20:05:36Z"


def test_a_link_is_masked_behind_its_host() -> None:
    assert mask_link("https://media.example/m/1.jpg") == f"https://media.example/{HIDDEN}"
    assert mask_link("media.example/m") == f"media.example/{HIDDEN}"
    assert mask_link("https://media.example") == "https://media.example"


@given(st.text())
def test_a_masked_text_has_no_four_digits_in_a_row(text: str) -> None:
    digits = 0
    for character in mask_text(text):
        digits = digits + 1 if character.isdecimal() else 0
        assert digits < 4


@given(st.text(alphabet="0123456789+ -()."))
def test_a_masked_number_shows_two_digits_at_most(party: str) -> None:
    assert sum(character.isdecimal() for character in mask_number(party)) <= 2
    assert len(mask_number(party)) == len(party)


@pytest.mark.parametrize("piece", ["a", "a.", "1 ", "/", "a.b/", "://", "1-", "(", "\u200b1", "."])
def test_a_hostile_text_takes_time_by_its_length_only(piece: str) -> None:
    text = piece * (200_000 // len(piece))
    assert len(mask_text(text)) >= 8
    assert mask_number(text) is not None
    assert mask_value(text)
