"""Senders and recipients: a number as E.164, anything else as it was sent."""

import pytest

from app.domain.phones import e164
from app.providers.kit.bounds import MAX_VALUE
from app.providers.kit.parties import international, north_american, party


@pytest.mark.parametrize(
    ("spelled", "meant"),
    [
        ("whatsapp:+14155550123", "+14155550123"),
        ("WhatsApp:+14155550123", "+14155550123"),
        ("whatsapp: 14155550123", "+14155550123"),
        ("whatsapp:4155550123", "+14155550123"),
        ("messenger:1000000000000163", "messenger:1000000000000163"),
        ("client:anna", "client:anna"),
        ("whatsapp:", "whatsapp:"),
        ("tel:+14155550123", "+14155550123"),
        ("sms:72345", "72345"),
        ("TEL:21585555", "21585555"),
        ("rcs:agent", "rcs:agent"),
        ("tel:", None),
        ("ACME", "ACME"),
        ("72345", "72345"),
        ("x" * 1_000, "x" * MAX_VALUE),
        (" ", None),
        ("", None),
        (None, None),
    ],
)
def test_a_channel_before_a_number_is_no_part_of_it(spelled: str | None, meant: str | None) -> None:
    assert party(spelled, north_american) == meant


def test_ten_digits_are_american_only_where_a_provider_writes_them_so() -> None:
    assert party("4155550123", north_american) == "+14155550123"
    assert party("4155550123", e164) == "4155550123"
    assert party("14155550123", international) == "+14155550123"


@pytest.mark.parametrize(
    ("digits", "number"),
    [
        ("123456789", None), ("1234567890", "+1234567890"), ("1" * 15, "+" + "1" * 15), ("1" * 16, None),
        ("0123456789", None),
    ],
)  # fmt: skip
def test_digits_without_a_plus_are_a_number_from_10_to_15_of_them(digits: str, number: str | None) -> None:
    assert international(digits) == number
