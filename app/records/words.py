"""Words of exports: directions, statuses, and whether a webhook was accepted."""

from collections.abc import Mapping

from ..domain.messages.model import Direction
from ..domain.statuses import UNKNOWN, Status, Word
from ..providers import sheet_of
from ..providers.generic.words import word_of
from ..providers.sheet import plain

RECEIVED = Word(Status.RECEIVED, final=True)
"""The only status of an inbound message, whatever the provider calls it."""

_DIRECTIONS = {
    **dict.fromkeys(("in", "i", "mo", "incoming", "received", "receive"), Direction.INBOUND),
    **dict.fromkeys(("out", "o", "mt", "outgoing", "sent", "send"), Direction.OUTBOUND),
}
_ACCEPTED = {
    "delivered": True,
    "success": True,
    "succeeded": True,
    "webhookdelivered": True,
    "failed": False,
    "undelivered": False,
}


def direction_of(text: str, own: Mapping[str, Direction] | None = None) -> Direction | None:
    """What `outbound-api`, `INBOUND`, `mo` or `Incoming` means; `own`: words of a mapping. None: another word."""
    word = text.strip().lower()
    if own and word in own:
        return own[word]
    if word.startswith("inbound"):
        return Direction.INBOUND
    return Direction.OUTBOUND if word.startswith("outbound") else _DIRECTIONS.get(word)


def meaning_of_status(text: str, provider: str | None, own: Mapping[str, Word]) -> Word:
    """What a status word of an outbound message means: by the words of the shape or mapping, of the provider's
    webhooks, then by those that many gateways have."""
    key = plain(text)
    if key in own:
        return own[key]
    sheet = sheet_of(provider)
    word = UNKNOWN if sheet is None else sheet.word(text)
    return (word_of(text) or UNKNOWN) if word is UNKNOWN else word


def webhook_accepted(text: str) -> bool | None:
    """Whether a webhook was accepted, by a word or by the status of the answer; None: the word is unknown."""
    if text.isascii() and text.isdigit():
        return text.startswith("2") and len(text) == 3
    return _ACCEPTED.get(plain(text))
