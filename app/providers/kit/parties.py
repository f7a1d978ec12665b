"""Senders and recipients: E.164 where the spelling leaves no doubt, beside the verbatim spelling."""

import re
from collections.abc import Callable
from functools import partial

from ...domain.phones import e164
from .bounds import MAX_VALUE

# What stands before a number of these is the channel. Others ("messenger:…", "client:…") have ids that are no numbers.
_CHANNEL = re.compile(r"(?:whatsapp|sms|mms|rcs|tel|viber):", re.IGNORECASE)

Spell = Callable[[str], str | None]
# Ytel, Twilio and SignalWire write North American numbers with ten bare digits in places.
north_american = partial(e164, ten_digits_are_us=True)


def party(said: str | None, spell: Spell = e164) -> str | None:
    """A number as `+…`, anything else (short code, sender name) as it was sent; None for none or a blank one."""
    if not said or not said.strip():
        return None
    return spell(said) or said[:MAX_VALUE]


def international(said: str) -> str | None:
    """For providers that document numbers as digits with country code and without `+` (Vonage, Plivo, Sinch …).

    Fewer than 10 digits is a short code, more than 15 no number.
    """
    bare = said.strip()
    if bare.isascii() and bare.isdigit() and 10 <= len(bare) <= 15 and not bare.startswith("0"):
        return "+" + bare
    return e164(said)


def channelled(said: str | None, spell: Spell = e164) -> str | None:
    """Like `party`, with the channel before a number left out: `whatsapp:+14155550123` is `+14155550123`."""
    if said and ":" in said and (channel := _CHANNEL.match(said)):
        return spell(said[channel.end() :]) or said[:MAX_VALUE]
    return party(said, spell)
