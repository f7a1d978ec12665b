"""Every field of a parsed request, by one rule for all who list, compare or explain fields."""

from collections.abc import Iterator
from typing import NamedTuple

from .json import flatten
from .results import Pairs, Parsed, Part
from .xml import flatten_xml


class ParsedField(NamedTuple):
    """A name and its value. `where` it stands: query, form, part, JSON or XML."""

    where: str
    name: str
    value: str


def every_field(parsed: Parsed) -> Iterator[ParsedField]:
    """All fields in order, repeated and blank ones too.

    JSON values, XML texts and XML attributes are named by dotted path. A part that is no text has its file name, type
    and size as value. Any other body has no field.
    """
    parts = tuple((part.name or "", _value_of(part)) for part in parsed.parts or ())
    json = flatten(parsed.json) if parsed.is_json else ()
    xml = () if parsed.xml is None else flatten_xml(parsed.xml)
    found: tuple[tuple[str, Pairs], ...] = (
        ("query", parsed.query), ("form", parsed.form or ()), ("part", parts), ("JSON", json), ("XML", xml),
    )  # fmt: skip
    return (ParsedField(where, name, value) for where, pairs in found for name, value in pairs)


def _value_of(part: Part) -> str:
    if part.text is not None:
        return part.text
    return f"{part.filename or 'a file'}, {part.content_type or 'unknown type'}, {part.size} bytes"
