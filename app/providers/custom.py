"""The reader for the field mapping of a bin: a user has set where the requests of a provider have their values.

The provider of such a reading is "custom". A request in which the mapping finds nothing is parsed as usual.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import NamedTuple

from ..domain.events import Event
from ..domain.mappings import FieldMapping, read_mapping, usual_word
from ..domain.roles import VOICE_ROLES, Kind, Role
from ..domain.statuses import UNKNOWN, Status, Word
from ..parsing import JsonValue, every_field
from .kit.bounds import MAX_MEDIA
from .kit.events import finished
from .kit.glance import Glance
from .kit.times import read_any
from .kit.values import error_code
from .sheet import plain

ANY = "*"
HEADER = "header:"
# The first of these that a request has decides how many messages it is about.
_DECIDING = ("id", "status", "text", "from", "to")
_SINGLE = ("from", "to", "text", "id", "status", "time", "error")
_USUAL = {status.value: usual_word(status) for status in Status}

Numbers = tuple[str, ...]


class RequestField(NamedTuple):
    """A field of a request as an address can name it: a query or form field, a dotted path, or `header:X-Name`."""

    name: str
    value: str


_Values = dict[str, list[str]]


class _Address(NamedTuple):
    """`shape` is the name in lower case with `*` for each number, `numbers` are those numbers; None: any."""

    shape: str
    numbers: tuple[str | None, ...]

    def shared(self, other: "_Address") -> int:
        """The number of lists that both addresses lead through, from the outside."""
        count = 0
        for mine, its in zip(self.shape.split("."), other.shape.split("."), strict=False):
            if mine != its:
                break
            count += mine == ANY
        return count


class CustomReader:
    """A mapping that is ready to be used. Nothing here raises, whatever was sent."""

    def __init__(self, mapping: FieldMapping) -> None:
        self.mapping = mapping
        self._addresses = {
            meaning: tuple(map(_address, mapping.fields.addresses(meaning))) for meaning in (*_SINGLE, "media")
        }
        self._words = {plain(word): meant for word, meant in mapping.words().items()}

    def meaning(self, raw_status: str) -> Word | None:
        """What a status word means by the mapping, or in itself; None: neither says it."""
        word = plain(raw_status)
        return self._words.get(word) or _USUAL.get(word)

    def word(self, raw_status: str | None) -> Word | None:
        """The same for an event: a word without a meaning is unknown. None for no word."""
        return (self.meaning(raw_status) or UNKNOWN) if raw_status else None

    def events(self, glance: Glance, role: Role) -> tuple[Event, ...]:
        """What the request states, complete and bounded; empty if the mapping finds nothing."""
        found = _index(request_fields(glance))
        read = [event for values in self._messages(found) if (event := self._event(values, glance, role)) is not None]
        return finished(glance, read, self.word)

    def _messages(self, found: "_Index") -> Iterator[_Values]:
        """The values of each message."""
        deciding = next(filter(found.has, (each for name in _DECIDING for each in self._addresses[name])), None)
        if deciding is None:
            return
        columns = {
            meaning: [_Column(address, deciding, found) for address in addresses]
            for meaning, addresses in self._addresses.items()
        }
        for numbers in found.places(deciding):
            yield {
                meaning: [value for column in some for value in column.at(numbers)] for meaning, some in columns.items()
            }

    def _event(self, values: _Values, glance: Glance, role: Role) -> Event | None:
        one = {meaning: next(filter(None, values[meaning]), None) for meaning in _SINGLE}
        text = one["text"] or ("" if values["text"] else None)
        if text is None and not (one["id"] or one["from"] or one["to"]):
            return None
        kind = self.mapping.kinds.of(role) or _usual_kind(role, status=one["status"], text=text)
        return Event(
            kind=kind,
            message_id=one["id"] or "",
            sender_said=one["from"],
            recipient_said=one["to"],
            text=text,
            media=tuple(dict.fromkeys(filter(None, values["media"])))[:MAX_MEDIA],
            raw_status=one["status"],
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


def request_fields(glance: Glance) -> Iterator[RequestField]:
    """Every field that an address can name, in order, repeated and blank ones too. JSON's null is no field."""
    seen = set()
    for name, value in glance.pairs:
        if value or not _is_null(glance, name):
            yield RequestField(name, value)
        seen.add(name)
    # What the page of a request shows besides: XML, and parts that are no text.
    for field in every_field(glance.quick.parsed) if glance.quick.parsed is not None else ():
        if field.name not in seen:
            yield RequestField(field.name, field.value)
    for header, content in glance.raw.headers:
        yield RequestField(HEADER + header.decode("latin-1"), content.decode("latin-1"))


def general_name(glance: Glance, name: str) -> str:
    """The name with `*` for each number of a list: `messages.0.id` is `messages.*.id`."""
    parts, value = name.split("."), glance.quick.json
    for place, part in enumerate(parts):
        if isinstance(value, list):
            parts[place] = ANY
        value = _child(value, part)
    return ".".join(parts)


def _usual_kind(role: Role, *, status: str | None, text: str | None) -> Kind:
    if role in VOICE_ROLES:
        return Kind.VOICE
    return Kind.STATUS if role is Role.STATUS or (status and text is None) else Kind.INBOUND


def _address(name: str) -> _Address:
    shape, numbers = _split(name)
    return _Address(shape, tuple([None if number == ANY else number for number in numbers]))


def _split(name: str) -> tuple[str, Numbers]:
    """The shape of a name, and its numbers."""
    parts = name.lower().split(".")
    numbers = tuple([part for part in parts if _is_number(part)])
    return ".".join([ANY if _is_number(part) else part for part in parts]) if numbers else name.lower(), numbers


def _is_number(part: str) -> bool:
    return part.isdecimal() or part == ANY


def _child(value: JsonValue, part: str) -> JsonValue:
    if isinstance(value, dict):
        return value.get(part)
    if isinstance(value, list) and part.isdecimal() and len(part) < 9 and int(part) < len(value):
        return value[int(part)]
    return None


def _is_null(glance: Glance, name: str) -> bool:
    """Whether a blank field is JSON's null."""
    value = glance.quick.json
    if value is None:
        return False
    for part in name.split("."):
        value = _child(value, part)
    return value is None


class _Index:
    """The fields of a request by the shape of their names."""

    def __init__(self, by_shape: dict[str, list[tuple[Numbers, str]]]) -> None:
        self._by_shape = by_shape

    def matches(self, address: _Address) -> list[tuple[Numbers, str]]:
        """The numbers and the value of each field that an address names."""
        found = self._by_shape.get(address.shape, [])
        return [(numbers, value) for numbers, value in found if _fits(address.numbers, numbers)]

    def has(self, address: _Address) -> bool:
        """Whether an address names a field that is not blank."""
        return any(value for _, value in self.matches(address))

    def places(self, address: _Address) -> list[Numbers]:
        """The different numbers of the fields that an address names; only the first ones if it has no `*`."""
        found = list(dict.fromkeys([numbers for numbers, _ in self.matches(address)]))
        return found if None in address.numbers else found[:1]


class _Column:
    """The values of one address, for each message."""

    def __init__(self, address: _Address, deciding: _Address, found: _Index) -> None:
        shared = address.shared(deciding)
        # An item of a list has only the values of the same item.
        self._same = [place for place in range(shared) if address.numbers[place] is None]
        self._values: dict[Numbers, list[str]] = defaultdict(list)
        for numbers, value in found.matches(address):
            self._values[self._key(numbers)].append(value)

    def at(self, numbers: Numbers) -> Iterable[str]:
        """The values that belong to the message at these numbers of the deciding address."""
        return self._values.get(self._key(numbers), ())

    def _key(self, numbers: Numbers) -> Numbers:
        return tuple([numbers[place] for place in self._same])


def _index(fields: Iterable[RequestField]) -> _Index:
    by_shape: dict[str, list[tuple[Numbers, str]]] = defaultdict(list)
    for name, value in fields:
        shape, numbers = _split(name)
        by_shape[shape].append((numbers, value))
    return _Index(by_shape)


def _fits(wanted: tuple[str | None, ...], numbers: Numbers) -> bool:
    return all(want is None or want == number for want, number in zip(wanted, numbers, strict=True))
