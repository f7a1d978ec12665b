"""The fields of a parsed body as rows: name, value, and how often a name repeats."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace

from ...parsing import Parsed, every_field


@dataclass(frozen=True, slots=True)
class Field:
    """One parameter. `where`: query, form, part, JSON or XML (their names are paths).

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
    return tuple(_numbered([Field(*field) for field in every_field(parsed)]))


def _numbered(fields: list[Field]) -> Iterator[Field]:
    """The fields with repeated names numbered."""
    totals = Counter((field.where, field.name) for field in fields)
    seen: Counter[tuple[str, str]] = Counter()
    for field in fields:
        name = (field.where, field.name)
        seen[name] += 1
        yield replace(field, nth=seen[name], of=totals[name])
