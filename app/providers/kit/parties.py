"""Senders and recipients: E.164 where the spelling is unambiguous, else as sent."""

import re
from collections.abc import Callable
from functools import partial

from ...domain.phones import e164
from .bounds import MAX_VALUE

# Channels that come before a number. Others ("messenger:…", "client:…") have ids that are no numbers.
_CHANNEL = re.compile(r"(?:whatsapp|sms|mms|rcs|tel|viber):", re.IGNORECASE)
# Schemes of URLs (RFC 3966, RFC 5724): what follows is the number or short code itself.
_SCHEMES = ("tel:", "sms:")

ReadNumber = Callable[[str], str | None]
"""A number as one provider writes it, to E.164; None for what is no such number."""

# Ytel, Twilio and SignalWire write North American numbers with ten bare digits in places.
north_american = partial(e164, ten_digits_are_us=True)


def international(text: str) -> str | None:
    """For providers that document numbers as digits with country code and without `+` (Vonage, Plivo, Sinch …).

    Fewer than 10 digits is a short code, more than 15 no number.
    """
    bare = text.strip()
    if bare.isascii() and bare.isdigit() and 10 <= len(bare) <= 15 and not bare.startswith("0"):
        return "+" + bare
    return e164(text)


def party(text: str | None, read_number: ReadNumber = e164) -> str | None:
    """A number as `+…`, without a channel before it (`whatsapp:+14155550123` is `+14155550123`); anything else (short
    code, sender name) as it was sent; None for none or a blank one."""
    if not text or not text.strip():
        return None
    if ":" not in text or (channel := _CHANNEL.match(text)) is None:
        return read_number(text) or text[:MAX_VALUE]
    bare = text[channel.end() :]
    return read_number(bare) or ((bare.strip() or None) if channel[0].lower() in _SCHEMES else text[:MAX_VALUE])
