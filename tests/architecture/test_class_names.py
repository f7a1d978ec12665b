"""One name, one class: a reader who searches for a class of the pages and the API finds one."""

import ast
from collections import Counter
from pathlib import Path

import app

APP = Path(app.__file__).parent


def _classes(path: Path) -> list[str]:
    return [node.name for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.ClassDef)]


def test_no_class_of_web_shares_its_name_with_another_class() -> None:
    everywhere = Counter(name for path in APP.rglob("*.py") for name in _classes(path))
    of_web = {name for path in (APP / "web").rglob("*.py") for name in _classes(path)}
    assert {name for name in of_web if everywhere[name] > 1} == set()
    assert len(of_web) > 100
