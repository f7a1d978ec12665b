"""From the fields of a request to the events that are stored: parties, ids, meanings of status words, bounds.

A sheet's `read` gives the values of the request. What follows from them in the same way for all providers is added
here.
"""

from collections.abc import Callable, Iterable
from itertools import islice
from operator import attrgetter
from typing import Any

from msgspec.structs import replace

from ...domain.events import Event, made_id
from ...domain.phones import e164
from ...domain.roles import Kind
from ...domain.statuses import Status, Word
from .bounds import MAX_EVENTS, MAX_MEDIA, MAX_TEXT, MAX_VALUE
from .files import types_of
from .glance import Glance
from .parties import ReadNumber, party

_SHORT = ("sender_said", "recipient_said", "raw_status", "price", "currency", "error_code")
_short_values = attrgetter(*_SHORT)


def id_of_one(name: str | None, recipient: str | None, place: int, read_number: ReadNumber = e164) -> str:
    """The id of one recipient's message, where a provider has one id for all of them: `id:recipient`, or `id:place`
    without a recipient. Blank without an id."""
    suffix = f":{party(recipient, read_number) or place}"
    return name[: MAX_VALUE - len(suffix)] + suffix if name else ""


def finished(
    glance: Glance, events: Iterable[Event], word: Callable[[str | None], Word | None], read_number: ReadNumber = e164
) -> tuple[Event, ...]:
    """Events as they are stored, the first `MAX_EVENTS`. `word`: what a status word means, None where it says nothing.

    An inbound message is received, and final. A callback without a status gets that of its word; without a word it has
    none. Values out of all proportion are cut, blank ones left out; only a text may be "". A blank id is replaced by a
    made one. Types of files, and whether a stamp has seconds, are read from the fields of the request.
    """
    return tuple([_finished(glance, event, word, read_number) for event in islice(events, MAX_EVENTS)])


def _finished(
    glance: Glance, event: Event, word: Callable[[str | None], Word | None], read_number: ReadNumber
) -> Event:
    sender, recipient = party(event.sender_said, read_number), party(event.recipient_said, read_number)
    at = event.said_at
    to_minute = at is not None and not at.second and at in glance.minutes
    changed: dict[str, Any] = {"sender": sender, "recipient": recipient, "said_to_minute": to_minute}
    text = event.text
    if text is not None and len(text) > MAX_TEXT:
        changed["text"] = text = text[:MAX_TEXT]
    if not 0 < len(event.message_id) <= MAX_VALUE:
        made = made_id(sender, recipient, text, at or glance.raw.received_at)
        changed["message_id"] = event.message_id[:MAX_VALUE] or made
    for name, value in zip(_SHORT, _short_values(event), strict=True):
        if value is not None and not 0 < len(value) <= MAX_VALUE:
            changed[name] = value[:MAX_VALUE] or None
    if event.media:
        changed["media_types"] = types_of(glance, event.media[:MAX_MEDIA])
        changed["media"] = tuple([address[:MAX_TEXT] for address in event.media[:MAX_MEDIA]])
    if event.piece is not None and len(event.piece.ref) > MAX_VALUE:
        changed["piece"] = None
    if event.kind is Kind.INBOUND:
        changed["status"], changed["final"] = Status.RECEIVED, True
    elif event.kind is Kind.STATUS and event.status is None:
        meant = word(event.raw_status) if event.raw_status else None
        if meant is not None:
            changed["status"], changed["final"] = meant.status, meant.final
    return replace(event, **changed)
