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
    """`shape` is the name in lower case with `*` for each number, `numbers` are those numbers; None: any."""

    shape: str
    numbers: tuple[str | None, ...]

    def shared(self, other: "Address") -> int:
        """The number of lists that both addresses lead through, from the outside."""
        count = 0
        for mine, its in zip(self.shape.split("."), other.shape.split("."), strict=False):
            if mine != its:
                break
            count += mine == ANY
        return count


class FieldIndex:
    """The fields of a request by the shape of their names."""

    def __init__(self, fields: Iterable[RequestField]) -> None:
        self._by_shape: dict[str, list[tuple[Numbers, str]]] = defaultdict(list)
        for name, value in fields:
            shape, numbers = _split(name)
            self._by_shape[shape].append((numbers, value))

    def matches(self, address: Address) -> list[tuple[Numbers, str]]:
        """The numbers and the value of each field that an address names."""
        found = self._by_shape.get(address.shape, [])
        return [(numbers, value) for numbers, value in found if _fits(address.numbers, numbers)]

    def has(self, address: Address) -> bool:
        """Whether an address names a field that is not blank."""
        return any(value for _, value in self.matches(address))

    def places(self, address: Address) -> list[Numbers]:
        """The different numbers of the fields that an address names; only the first ones if it has no `*`."""
        found = list(dict.fromkeys([numbers for numbers, _ in self.matches(address)]))
        return found if None in address.numbers else found[:1]


def read_address(name: str) -> Address:
    """The address in a mapping."""
    shape, numbers = _split(name)
    return Address(shape, tuple([None if number == ANY else number for number in numbers]))


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
    *parents, last = name.split(".")
    value = glance.quick.json
    for part in parents:
        value = _child(value, part)
    is_there = last in value if isinstance(value, dict) else isinstance(value, list)
    return is_there and _child(value, last) is None


def _fits(wanted: tuple[str | None, ...], numbers: Numbers) -> bool:
    return all(want is None or want == number for want, number in zip(wanted, numbers, strict=True))
