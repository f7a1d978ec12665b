"""A class name is used once in the whole application, so that a search for it finds one thing."""

import ast
from collections import defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path

APP = Path(__file__).parents[2] / "app"


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
    assert _duplicates(APP.rglob("*.py")) == {}


def test_a_private_class_counts_as_a_duplicate_of_a_public_one() -> None:
    assert _repeated({"a.py": "class Row: ...", "b.py": "if True:\n    class _Row: ..."}) == {
        "Row": ["a.py:1", "b.py:2"]
    }
    assert _repeated({"a.py": "class Row: ...", "b.py": "class Rows: ..."}) == {}
