"""The body of a request as a tree: JSON and XML as they are nested, forms by the brackets in their names.

A tree has at most `MOST_LEAVES` values, whatever was sent; `left_out` counts the others.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice

from ...parsing import JsonValue, Pairs, Parsed
from ...parsing.results import XmlNode

MOST_LEAVES = 1_000
# Characters of a value, and levels of brackets in the name of a form's field.
SHOWN = 2_000
MOST_BRACKETS = 10
_BRACKETS = re.compile(r"\[([^\[\]]*)\]")

Names = tuple[tuple[str, int], ...]
"""The names on the way to a value, each with a number that differs between elements of one name."""

Leaf = tuple[Names, str, str]
"""The way to a value, what it is, and the value as text."""


@dataclass(slots=True)
class Branch:
    """A value or a group of values. `path`: the dotted path from the top, as fields are named. `kind`: text, number,
    word (true, false, null), empty (a group without values), or group."""

    name: str
    path: str
    kind: str = "group"
    text: str = ""
    level: int = 0
    children: "list[Branch]" = field(default_factory=list)

    @property
    def shown(self) -> str:
        """The beginning of the text."""
        return f"{self.text[:SHOWN]}…" if len(self.text) > SHOWN else self.text

    @property
    def count(self) -> int:
        """The values in it."""
        return sum(child.count for child in self.children) if self.kind == "group" else 1


@dataclass(frozen=True, slots=True)
class Tree:
    """`left_out`: values that match and are not shown; 0 or more."""

    top: Branch
    left_out: int


def tree_of(parsed: Parsed, find: str = "") -> Tree | None:
    """The tree of a body that is JSON, XML or a form, or None. With `find` only values that contain it, in their path
    or text, whatever the case."""
    if parsed.json and isinstance(parsed.json, dict | list):
        leaves = _json_leaves(parsed.json, ())
    elif parsed.xml is not None:
        leaves = _xml_leaves(parsed.xml, ())
    elif parsed.form:
        leaves = _form_leaves(parsed.form)
    else:
        return None
    wanted = find.strip().lower()
    matching = (leaf for leaf in leaves if not wanted or wanted in f"{_path_of(leaf[0])}\n{leaf[2]}".lower())
    top = _grown(islice(matching, MOST_LEAVES))
    return Tree(top, sum(1 for _ in matching))


def _grown(leaves: Iterable[Leaf]) -> Branch:
    """Leaves whose names begin alike, and follow each other, share a group."""
    top = Branch("", "")
    open_groups: list[tuple[Names, Branch]] = []
    for names, kind, text in leaves:
        while open_groups and open_groups[-1][0] != names[: len(open_groups)]:
            open_groups.pop()
        for length in range(len(open_groups) + 1, len(names)):
            way = names[:length]
            group = Branch(way[-1][0], _path_of(way), level=length)
            (open_groups[-1][1] if open_groups else top).children.append(group)
            open_groups.append((way, group))
        leaf = Branch(names[-1][0], _path_of(names), kind, text, len(names))
        (open_groups[-1][1] if open_groups else top).children.append(leaf)
    return top


def _path_of(names: Names) -> str:
    return ".".join(name for name, _ in names)


def _json_leaves(value: JsonValue, names: Names) -> Iterator[Leaf]:
    if isinstance(value, dict | list):
        if not value:
            yield names, "empty", "{}" if isinstance(value, dict) else "[]"
        for name, child in value.items() if isinstance(value, dict) else enumerate(value):
            yield from _json_leaves(child, (*names, (str(name), 0)))
    elif isinstance(value, str):
        yield names, "text", value
    elif value is None or isinstance(value, bool):
        yield names, "word", "null" if value is None else str(value).lower()
    else:
        yield names, "number", repr(value)


def _xml_leaves(node: XmlNode, names: Names, number: int = 0) -> Iterator[Leaf]:
    """An element with children or attributes is a group, and its own text is the value named `text()` in it."""
    here = (*names, (node["tag"], number))
    attributes, children, text = node["attributes"], node["children"], node["text"]
    for name, value in attributes.items():
        yield (*here, (f"@{name}", 0)), "text", value
    if not (attributes or children):
        yield here, "text", text
    elif text.strip():
        yield (*here, ("text()", 0)), "text", text
    for position, child in enumerate(children):
        yield from _xml_leaves(child, here, position)


def _form_leaves(pairs: Pairs) -> Iterator[Leaf]:
    for name, value in pairs:
        first, bracket, _ = name.partition("[")
        inside = _BRACKETS.findall(name[len(first) :])[:MOST_BRACKETS] if bracket and name.endswith("]") else []
        names = (first, *inside) if inside else (name,)
        yield tuple((each, 0) for each in names), "text", value
