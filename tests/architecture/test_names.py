"""A class name is used once in the whole application, so that a search for it finds one thing."""

import ast
from collections import defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path

APP = Path(__file__).parents[2] / "app"
# Names that still have two classes, and what the two are. A name whose classes have been renamed must be removed here.
KNOWN_DUPLICATES = {
    "Answered": "an answer on the compare page; an answer in the JSON of a capture",
    "Attempt": "one request of a replay; one request of a simulation",
    "Axis": "the time axis of the compare page; that of a message's timeline",
    "Label": "a text on a time axis; a media type with its parameters",
    "Look": "colour and icon of a role or status; what a glance at a body finds",
    "Piece": "a part of a compared text; a part of a long SMS",
    "Side": "one URL on the compare page; one direction on the messages page",
    "Trouble": "a problem of the server on its pages; a problem that a simulation causes on purpose",
}


def _duplicates(modules: Iterable[Path]) -> dict[str, list[str]]:
    """The classes whose names, without leading underscores, are defined more than once, with their places."""
    return _repeated({str(path.relative_to(APP)): path.read_text() for path in modules})


def _repeated(sources: Mapping[str, str]) -> dict[str, list[str]]:
    found = defaultdict(list)
    for name, source in sources.items():
        for node in ast.walk(ast.parse(source)):
            if isinstance(node, ast.ClassDef):
                found[node.name.lstrip("_")].append(f"{name}:{node.lineno}")
    return {name: places for name, places in found.items() if len(places) > 1}


def test_no_class_name_is_defined_twice() -> None:
    duplicates = _duplicates(APP.rglob("*.py"))
    assert {name: places for name, places in duplicates.items() if name not in KNOWN_DUPLICATES} == {}


def test_the_list_of_known_duplicates_only_gets_shorter() -> None:
    assert set(KNOWN_DUPLICATES) - set(_duplicates(APP.rglob("*.py"))) == set()


def test_a_private_class_counts_as_a_duplicate_of_a_public_one() -> None:
    assert _repeated({"a.py": "class Row: ...", "b.py": "if True:\n    class _Row: ..."}) == {
        "Row": ["a.py:1", "b.py:2"]
    }
    assert _repeated({"a.py": "class Row: ...", "b.py": "class Rows: ..."}) == {}
