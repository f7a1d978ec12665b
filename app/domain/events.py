"""An event: one fact that a reading states about one message (or, for voice, about one call).

Why `msgspec.Struct` and not a dataclass: one is created for every capture and stored; a Struct is created three times
as fast and is encoded as a list without names.
"""

import hashlib
from datetime import datetime

import msgspec

from .roles import Kind
from .statuses import Status, Word

_MADE = "made-"


class Piece(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """One piece of a long message that the provider delivers in several requests. `number` starts at 1."""

    ref: str
    number: int
    total: int


class Event(msgspec.Struct, frozen=True, kw_only=True, array_like=True, gc=False):
    """One fact about one message, as a data sheet read it.

    `message_id` is the provider's, verbatim, or `made-…` where the request has none (`made_id`); for voice the call's.
    `sender` and `recipient` are E.164 where the number allows it, else as sent; `*_said` are the verbatim spellings.
    `text` None: the request carries none; "" is an empty SMS. `media` are addresses, never fetched; `media_types` are
    the types that the provider states for them, in their order, "" for none. `raw_status` is the provider's own word.
    `said_at` is the provider's own stamp of this fact, in UTC; `said_to_minute`: it has no seconds. `price` and
    `currency` are texts as sent. `segments` is the provider's own count. `as_callback`: what the word means if the
    message turns out to be an outbound one (with some providers only the URL distinguishes the two). New fields come
    at the end, with a default: databases hold events of older versions.
    """

    kind: Kind
    message_id: str
    sender: str | None = None
    recipient: str | None = None
    sender_said: str | None = None
    recipient_said: str | None = None
    text: str | None = None
    media: tuple[str, ...] = ()
    status: Status | None = None
    raw_status: str | None = None
    final: bool = False
    said_at: datetime | None = None
    price: str | None = None
    currency: str | None = None
    error_code: str | None = None
    segments: int | None = None
    piece: Piece | None = None
    as_callback: Word | None = None
    media_types: tuple[str, ...] = ()
    said_to_minute: bool = False


def made_id(sender: str | None, recipient: str | None, text: str | None, at: datetime | str) -> str:
    """An id for a message without one: the same for the same parties, text and time. `at` is the message's own time, as
    read or as sent, else that of its arrival."""
    key = "\0".join((sender or "", recipient or "", text or "", at if isinstance(at, str) else at.isoformat()))
    return _MADE + hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def is_made(message_id: str) -> bool:
    """Whether the request had no message id."""
    return message_id.startswith(_MADE)
