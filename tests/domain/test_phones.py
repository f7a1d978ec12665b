"""Numbers: E.164 where the spelling leaves no doubt, and as people read them."""

import pytest

from app.domain.phones import e164, lost_plus, region_of, show_phone


@pytest.mark.parametrize(
    ("spelled", "number"),
    [
        ("+14155550123", "+14155550123"),
        ("+1 (415) 555-0123", "+14155550123"),
        ("0014155550123", "+14155550123"),
        ("14155550123", "+14155550123"),
        (" 4155550123", "+4155550123"),
        ("447700900123", "+447700900123"),
        ("4155550123", None),
        ("+0155550123", None),
        ("+123456", None),
        ("+1234567890123456", None),
        ("88022", None),
        ("ACME", None),
        ("٤٤٧٧٠٠٩٠٠١٢٣", None),
        ("1" * 41, None),
        ("", None),
    ],
)
def test_a_number_without_doubt_becomes_e164(spelled: str, number: str | None) -> None:
    assert e164(spelled) == number


def test_ten_digits_are_a_number_only_where_a_provider_writes_them_so() -> None:
    assert e164("(415) 555-0123", ten_digits_are_us=True) == "+14155550123"
    assert e164("415555012", ten_digits_are_us=True) is None


@pytest.mark.parametrize(
    ("text", "lost"), [(" 14155550123", True), ("14155550123", False), (" 123456", False), ("  14155550123", False)]
)
def test_a_blank_before_digits_is_a_plus_that_was_not_encoded(text: str, lost: bool) -> None:
    assert lost_plus(text) is lost


def test_numbers_are_shown_in_their_usual_groups_and_all_else_as_it_came() -> None:
    assert show_phone("+14155550123") == "+1 415-555-0123"
    assert [show_phone(party) for party in ("ACME", "88022", "+1", None, "")] == [
        "ACME", "88022", "+1", "unknown", "unknown",
    ]  # fmt: skip


def test_a_number_has_a_country_where_there_is_one() -> None:
    assert (region_of("+442079460000"), region_of("+14155550123")) == ("GB", "US")
    assert [region_of(party) for party in (None, "", "88022", "+999123456789")] == [None] * 4
