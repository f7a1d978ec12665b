"""JSON of any shape, in and out: what is not as documented counts as not there, so no sheet can stumble over it.

The sheets of JSON providers name fields in their `meanings` by dotted path in lower case, as a `Glance` gives them,
but without the positions in lists: `results.0.messageId` is `results.messageid`.
"""

import json
from collections.abc import Iterable
from datetime import datetime
from itertools import islice

from msgspec.structs import replace

from ...domain.events import Event, made_id
from ...domain.phones import e164
from ...parsing import JsonValue
from .bounds import MAX_MEDIA, MAX_TEXT, MAX_VALUE
from .glance import Glance
from .parties import Spell, party

# Ten times the largest documented batch (Infobip: 100 reports), and a whole Sinch batch of recipients.
MAX_EVENTS = 1_000
_SHORT = ("message_id", "sender_said", "recipient_said", "raw_status", "price", "currency", "error_code")


def at(value: JsonValue, *path: str) -> JsonValue:
    """What stands at the end of a path of keys; None where the path breaks off."""
    for key in path:
        if not isinstance(value, dict):
            return None
        value = value.get(key)
    return value


def text_at(value: JsonValue, *path: str) -> str | None:
    """A text, a number as its digits, true and false as those words; None for null and for anything bigger."""
    found = at(value, *path)
    if isinstance(found, str):
        return found
    if isinstance(found, bool):
        return str(found).lower()
    return repr(found) if isinstance(found, int | float) else None


def items(value: JsonValue) -> list[JsonValue]:
    """A list as it is, an object as a list of one, anything else as none."""
    if isinstance(value, list):
        return value
    return [value] if isinstance(value, dict) else []


def texts(value: JsonValue) -> tuple[str, ...]:
    """The texts of a list that are not blank; a bare text is a list of one."""
    if isinstance(value, str):
        return (value,) if value else ()
    return tuple(item for item in value if isinstance(item, str) and item) if isinstance(value, list) else ()


def finished(glance: Glance, events: Iterable[Event], spell: Spell = e164) -> tuple[Event, ...]:
    """Events as rows hold them.

    A sheet says what stands in the request; from that come the parties in `spell`'s spelling and, for an event with a
    blank id, a made one. What is out of all proportion is cut.
    """
    return tuple(_cut(_complete(glance, event, spell)) for event in islice(events, MAX_EVENTS))


def _complete(glance: Glance, event: Event, spell: Spell) -> Event:
    sender = event.sender or party(event.sender_said, spell)
    recipient = event.recipient or party(event.recipient_said, spell)
    if event.message_id and (sender, recipient) == (event.sender, event.recipient):
        return event
    when = event.said_at or glance.raw.received_at
    name = event.message_id or made_id(sender, recipient, event.text, when)
    return replace(event, message_id=name, sender=sender, recipient=recipient)


def _cut(event: Event) -> Event:
    long = {name: said[:MAX_VALUE] for name in _SHORT if (said := getattr(event, name)) and len(said) > MAX_VALUE}
    if event.text is not None and len(event.text) > MAX_TEXT:
        long["text"] = event.text[:MAX_TEXT]
    if long:
        event = replace(event, **long)
    if event.piece is not None and len(event.piece.ref) > MAX_VALUE:
        event = replace(event, piece=None)
    if event.media and (len(event.media) > MAX_MEDIA or max(map(len, event.media)) > MAX_TEXT):
        event = replace(event, media=tuple(address[:MAX_TEXT] for address in event.media[:MAX_MEDIA]))
    return event


def count(text: str | None) -> int | None:
    """A small whole number above 0, as segments and pieces are counted."""
    if not text or len(text) > 4 or not text.isascii() or not text.isdigit():
        return None
    return int(text) or None


def dump(value: object) -> bytes:
    """JSON as it goes on the wire, in UTF-8."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")


def stamp_ms(moment: datetime) -> str:
    """`2024-07-11T09:26:30.012`, without a zone."""
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03}"
