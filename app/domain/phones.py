"""Numbers as people read them. Short codes, sender names and odd numbers stay as they came."""

from functools import lru_cache

import phonenumbers


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
