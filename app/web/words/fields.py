"""The fields of a parsed body as rows: name, value, and how often a name repeats."""

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace

from ...parsing import Parsed, Part, flatten


@dataclass(frozen=True, slots=True)
class Field:
    """One parameter. `where`: query, form, JSON (its name is the path), XML or part.

    A repeated one is the `nth` of the `of` with its name. `meaning` is from the data sheet; `unknown`: the data sheet
    does not name this field.
    """

    where: str
    name: str
    value: str
    nth: int = 1
    of: int = 1
    meaning: str | None = None
    unknown: bool = False


def fields_of(parsed: Parsed) -> tuple[Field, ...]:
    """All parameters of query and body, in order."""
    found = [Field("query", name, value) for name, value in parsed.query]
    found += [Field("form", name, value) for name, value in parsed.form or ()]
    found += [Field("part", part.name or "", _part(part)) for part in parsed.parts or ()]
    if parsed.is_json:
        found += [Field("JSON", name, value) for name, value in flatten(parsed.json)]
    if parsed.xml is not None:
        found.append(Field("XML", "", json.dumps(parsed.xml, ensure_ascii=False, indent=2)))
    return tuple(_numbered(found))


def _numbered(fields: list[Field]) -> Iterator[Field]:
    """The fields with repeated names numbered."""
    totals = Counter((field.where, field.name) for field in fields)
    seen: Counter[tuple[str, str]] = Counter()
    for field in fields:
        name = (field.where, field.name)
        seen[name] += 1
        yield replace(field, nth=seen[name], of=totals[name])


def _part(part: Part) -> str:
    if part.text is not None:
        return str(part.text)
    return f"{part.filename or 'a file'}, {part.content_type or 'unknown type'}, {part.size} bytes"
