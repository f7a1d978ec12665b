"""Numbers as people read them. Short codes, sender names and odd numbers stay as they came."""

import re
from functools import lru_cache

import phonenumbers

SEPARATORS = re.compile(r"[\s().\-/]+")


def e164(number: str, *, ten_digits_are_us: bool = False) -> str | None:
    """`+` and digits where the spelling leaves no doubt, else None (short codes, sender names, national numbers).

    Ten bare digits stay in doubt unless the provider writes North American numbers so.
    """
    # Nearly all come so. Looking is as quick as remembering, and a bin has more numbers than can be remembered.
    if 8 <= len(number) <= 16 and number[0] == "+" and number[1] != "0" and number.isascii() and number[1:].isdigit():
        return number
    return _e164(number, ten_digits_are_us)


@lru_cache(maxsize=8_192)
def _e164(number: str, ten_digits_are_us: bool) -> str | None:
    if len(number) > 40:
        return None
    bare = SEPARATORS.sub("", number)
    if bare.startswith("00"):
        bare = "+" + bare[2:]
    digits = bare.removeprefix("+")
    if not digits.isascii() or not digits.isdigit() or digits.startswith("0"):
        return None
    if bare.startswith("+"):
        return bare if 7 <= len(digits) <= 15 else None
    if lost_plus(number) or 11 <= len(digits) <= 15:
        return "+" + digits
    return "+1" + digits if ten_digits_are_us and len(digits) == 10 else None


def lost_plus(number: str) -> bool:
    """A blank in front of 7 to 15 digits: a `+` that was not percent-encoded in a form."""
    return number.startswith(" ") and 8 <= len(number) <= 16 and number[1:].isascii() and number[1:].isdigit()


@lru_cache(maxsize=8_192)
def show_phone(party: str | None) -> str:
    """`+14155550123` as `+1 415-555-0123`; "possible" is the test, since fictional numbers are not "valid"."""
    if not party:
        return "unknown"
    if not party.startswith("+") or len(party) > 20:
        return party
    try:
        number = phonenumbers.parse(party)
    except phonenumbers.NumberParseException:
        return party
    if not phonenumbers.is_possible_number(number):
        return party
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL))


def region_of(party: str | None) -> str | None:
    """The country or countries of a number, as a two-letter code where there is one."""
    if not party or not party.startswith("+") or len(party) > 20:
        return None
    try:
        number = phonenumbers.parse(party)
    except phonenumbers.NumberParseException:
        return None
    region = phonenumbers.region_code_for_number(number)
    return str(region) if region else None
