"""Addresses of fields, as a field mapping has them: a name as the page of a request shows it, `*` for any number of a
list. The fields of a request are indexed once, so that many addresses cost as much as one.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from ...parsing import JsonValue, every_field
from .glance import Glance

ANY = "*"
HEADER = "header:"

Numbers = tuple[str, ...]


class RequestField(NamedTuple):
    """A field of a request as an address can name it: a query or form field, a dotted path, or `header:X-Name`."""

    name: str
    value: str


class Address(NamedTuple):
    """A name in lower case, in parts; `*` is any number. `bare` are the parts without numbers."""

    parts: tuple[str, ...]
    bare: tuple[str, ...]

    @property
    def numbers(self) -> tuple[str | None, ...]:
        """The numbers in it; None: any."""
        return tuple([None if part == ANY else part for part in self.parts if _is_number(part)])

    def shared(self, other: "Address") -> int:
        """The number of lists that both addresses lead through, from the outside."""
        count = 0
        for mine, its in zip(self.parts, other.parts, strict=False):
            if not (_is_number(mine) and _is_number(its)):
                if mine != its:
                    break
                continue
            count += 1
        return count

    def match(self, parts: tuple[str, ...]) -> Numbers | None:
        """The numbers of a name at the places of those of this address, or None for another name. A list of one item
        may have no number, as in XML: then it is ""."""
        numbers = []
        place = 0
        for mine in self.parts:
            its = parts[place] if place < len(parts) else ""
            if mine == ANY:
                is_there = _is_number(its)
                numbers.append(its if is_there else "")
                place += is_there
                continue
            if mine != its:
                return None
            if _is_number(mine):
                numbers.append(mine)
            place += 1
        return tuple(numbers) if place == len(parts) else None


class FieldIndex:
    """The fields of a request by their names without numbers."""

    def __init__(self, fields: Iterable[RequestField]) -> None:
        self._by_name: dict[tuple[str, ...], list[tuple[tuple[str, ...], str]]] = defaultdict(list)
        for name, value in fields:
            address = read_address(name)
            self._by_name[address.bare].append((address.parts, value))
        self._matches: dict[Address, list[tuple[Numbers, str]]] = {}

    def matches(self, address: Address) -> list[tuple[Numbers, str]]:
        """The numbers and the value of each field that an address names."""
        if address not in self._matches:
            found = [(address.match(parts), value) for parts, value in self._by_name.get(address.bare, ())]
            self._matches[address] = [(numbers, value) for numbers, value in found if numbers is not None]
        return self._matches[address]

    def has(self, address: Address) -> bool:
        """Whether an address names a field that is not blank."""
        return any(value for _, value in self.matches(address))

    def places(self, address: Address) -> list[Numbers]:
        """The different numbers of the fields that an address names; only the first ones if it has no `*`."""
        found = list(dict.fromkeys([numbers for numbers, _ in self.matches(address)]))
        return found if ANY in address.parts else found[:1]


def read_address(name: str) -> Address:
    """The address in a mapping, or the name of a field."""
    parts = tuple(name.lower().split("."))
    return Address(parts, tuple([part for part in parts if not _is_number(part)]))


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
    parts, value, parsed = name.split("."), glance.quick.json, glance.quick.parsed
    if parsed is not None and parsed.xml is not None:
        # The name of an element has no digit at its start.
        return ".".join([ANY if _is_number(part) else part for part in parts])
    for place, part in enumerate(parts):
        if isinstance(value, list):
            parts[place] = ANY
        value = _child(value, part)
    return ".".join(parts)


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
    *parents, last = name.split(".")
    value = glance.quick.json
    for part in parents:
        value = _child(value, part)
    is_there = last in value if isinstance(value, dict) else isinstance(value, list)
    return is_there and _child(value, last) is None
