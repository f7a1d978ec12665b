"""Every field of a parsed request, by one rule for all who list, compare or explain fields."""

from collections.abc import Iterator
from typing import NamedTuple

from .bounds import MAX_PATH
from .json import flatten
from .results import Pairs, Parsed, Part, XmlNode


class ParsedField(NamedTuple):
    """A name and its value. `where` it stands: query, form, part, JSON or XML."""

    where: str
    name: str
    value: str


def every_field(parsed: Parsed) -> Iterator[ParsedField]:
    """All fields in order, repeated and blank ones too.

    JSON values are named by dotted path. XML texts are named by the path of their element, attributes by that path and
    `@name`. A part that is no text has its file name, type and size as value. Any other body has no field.
    """
    parts = tuple((part.name or "", _value_of(part)) for part in parsed.parts or ())
    json = flatten(parsed.json) if parsed.is_json else ()
    xml = () if parsed.xml is None else tuple(_leaves(parsed.xml, ""))
    found: tuple[tuple[str, Pairs], ...] = (
        ("query", parsed.query), ("form", parsed.form or ()), ("part", parts), ("JSON", json), ("XML", xml),
    )  # fmt: skip
    return (ParsedField(where, name, value) for where, pairs in found for name, value in pairs)


def _value_of(part: Part) -> str:
    if part.text is not None:
        return part.text
    return f"{part.filename or 'a file'}, {part.content_type or 'unknown type'}, {part.size} bytes"


def _leaves(node: XmlNode, above: str) -> Iterator[tuple[str, str]]:
    """Depth and number are bounded where the XML was read; what has a longer path than `MAX_PATH` is left out, as in
    JSON. An element with nothing in it is a blank field."""
    path = f"{above}.{node['tag']}" if above else node["tag"]
    if len(path) > MAX_PATH:
        return
    yield from ((f"{path}.@{name}", value) for name, value in node["attributes"].items())
    if node["text"].strip() or not (node["children"] or node["attributes"]):
        yield path, node["text"]
    for child in node["children"]:
        yield from _leaves(child, path)
