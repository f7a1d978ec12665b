"""The reader for the field mapping of a bin: a user has set where the requests of a provider have their values.

The provider of such a reading is "custom". A request in which the mapping finds nothing is parsed as usual.
"""

from collections.abc import Sequence
from functools import lru_cache

from ..domain.events import Event
from ..domain.mappings import FieldMapping, read_mapping
from ..domain.roles import VOICE_ROLES, Kind, Role
from ..domain.statuses import UNKNOWN, Word
from .generic.words import word_of
from .kit.addresses import Address, FieldIndex, Numbers, general_name, read_address, request_fields
from .kit.bounds import MAX_MEDIA
from .kit.events import finished
from .kit.glance import Glance
from .kit.times import read_any
from .kit.values import error_code
from .sheet import plain

# The first of these that a request has decides how many messages it is about.
_DECIDING = ("id", "status", "text", "from", "to")
_SINGLE = ("from", "to", "text", "id", "status", "time", "error")


class _Column:
    """The values of one address, for each message. Of a place, the first `most` values that are not blank."""

    def __init__(self, address: Address, deciding: Address, found: FieldIndex, most: int) -> None:
        shared = address.shared(deciding)
        # An item of a list has only the values of the same item.
        self._same = [place for place in range(shared) if address.numbers[place] is None]
        self._values: dict[Numbers, list[str]] = {}
        for numbers, value in found.matches(address):
            values = self._values.setdefault(self._key(numbers), [])
            if value and len(values) < most:
                values.append(value)

    def at(self, numbers: Numbers) -> list[str] | None:
        """The values that belong to the message at these numbers of the deciding address; empty if they are blank, None
        if there are none."""
        return self._values.get(self._key(numbers))

    def _key(self, numbers: Numbers) -> Numbers:
        return tuple([numbers[place] for place in self._same]) if self._same else ()


_Columns = dict[str, list[_Column]]


def _first(columns: Sequence[_Column], numbers: Numbers) -> str | None:
    """The first value that is not blank; "" if all are blank, None if there are none."""
    found = None
    for column in columns:
        values = column.at(numbers)
        if values:
            return values[0]
        if values is not None:
            found = ""
    return found


class CustomReader:
    """A mapping that is ready to be used. Nothing here raises, whatever was sent."""

    def __init__(self, mapping: FieldMapping) -> None:
        self.mapping = mapping
        self._addresses = {
            meaning: tuple(map(read_address, mapping.fields.addresses(meaning))) for meaning in (*_SINGLE, "media")
        }
        self._words = {plain(word): meant for word, meant in mapping.words().items()}

    def meaning(self, raw_status: str) -> Word | None:
        """What a status word means by the mapping, else with all gateways; None where neither is known."""
        return self._words.get(plain(raw_status)) or usual_meaning(raw_status)

    def word(self, raw_status: str | None) -> Word | None:
        """The same for an event: a word without a meaning is unknown. None for no word."""
        return (self.meaning(raw_status) or UNKNOWN) if raw_status else None

    def events(self, glance: Glance, role: Role) -> tuple[Event, ...]:
        """What the request states, complete and bounded; empty if the mapping finds nothing."""
        found = FieldIndex(request_fields(glance))
        deciding = next(filter(found.has, (each for name in _DECIDING for each in self._addresses[name])), None)
        if deciding is None:
            return ()
        columns = {
            meaning: [
                _Column(address, deciding, found, MAX_MEDIA if meaning == "media" else 1) for address in addresses
            ]
            for meaning, addresses in self._addresses.items()
        }
        read = (self._event(columns, numbers, glance, role) for numbers in found.places(deciding))
        return finished(glance, filter(None, read), self.word)

    def _event(self, columns: _Columns, numbers: Numbers, glance: Glance, role: Role) -> Event | None:
        """The event at a place; None where it would have no content."""
        one = {meaning: _first(columns[meaning], numbers) for meaning in _SINGLE}
        text = one["text"]
        if text is None and not (one["id"] or one["from"] or one["to"]):
            return None
        media = [value for column in columns["media"] for value in column.at(numbers) or ()]
        kind = self.mapping.kinds.of(role) or _usual_kind(role, status=one["status"], text=text)
        return Event(
            kind=kind,
            message_id=one["id"] or "",
            sender_said=one["from"],
            recipient_said=one["to"],
            text=text,
            media=tuple(dict.fromkeys(media))[:MAX_MEDIA],
            raw_status=one["status"] or None,
            said_at=read_any(one["time"], glance.raw.received_at),
            error_code=error_code(one["error"]),
            as_callback=self.word(one["status"]) if kind is Kind.INBOUND else None,
        )


@lru_cache(maxsize=64)
def custom_reader(mapping: str | None) -> CustomReader | None:
    """The reader for a stored mapping; None without one, and for one that this version cannot parse."""
    try:
        return None if mapping is None else CustomReader(read_mapping(mapping))
    except ValueError:
        return None


def usual_meaning(raw_status: str) -> Word | None:
    """What a status word means with all gateways; None where that is not known."""
    word = word_of(raw_status)
    return None if word == UNKNOWN else word


def suggest(glance: Glance, events: Sequence[Event]) -> dict[str, str]:
    """What the fields of a request probably are, by address: those whose values its reading without a mapping has."""
    if not events:
        return {}
    event = events[0]
    wanted = {
        "id": event.message_id,
        "from": event.sender_said,
        "to": event.recipient_said,
        "text": event.text,
        "status": event.raw_status,
        "error": event.error_code,
    }
    found: dict[str, str] = {}
    for field in request_fields(glance):
        address = general_name(glance, field.name)
        for meaning, value in wanted.items():
            if value and field.value == value and meaning not in found.values() and address not in found:
                found[address] = meaning
        if field.value and field.value in event.media:
            found.setdefault(address, "media")
        elif event.said_at is not None and read_any(field.value, glance.raw.received_at) == event.said_at:
            found.setdefault(address, "time")
    return found


def _usual_kind(role: Role, *, status: str | None, text: str | None) -> Kind:
    if role in VOICE_ROLES:
        return Kind.VOICE
    return Kind.STATUS if role is Role.STATUS or (status and text is None) else Kind.INBOUND
