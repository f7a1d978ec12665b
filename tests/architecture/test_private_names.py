"""Only public names of aiohttp are used, so that its minor releases do not break smsbin."""

import ast
from pathlib import Path

import pytest

APP = Path(__file__).parents[2] / "app"
MODULES = sorted(APP.rglob("*.py"))
# Private names that any module may use.
_OWN = {"self", "cls"}
# Public names of named tuples.
_PUBLIC = {"_asdict", "_fields", "_make", "_replace"}


def _is_private(name: str) -> bool:
    return name.startswith("_") and not (name.startswith("__") and name.endswith("__")) and name not in _PUBLIC


def _made_in(tree: ast.AST) -> set[str]:
    """The names that are defined or assigned in the module, including attributes of `self`."""
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            found.add(node.name)
        elif isinstance(node, ast.Name | ast.Attribute) and isinstance(node.ctx, ast.Store):
            found.add(ast.unparse(node).removeprefix("self."))
    return found


def private_names(source: str) -> list[str]:
    """Private names of other modules that a module uses: attributes, imports, names given to `getattr`, and `noqa`
    comments."""
    tree = ast.parse(source)
    own = _made_in(tree)
    found = ["noqa: SLF001"] if "SLF001" in source else []
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and _is_private(node.attr):
            owner = node.value
            is_super = isinstance(owner, ast.Call) and ast.unparse(owner) == "super()"
            is_own = isinstance(owner, ast.Name) and owner.id in _OWN
            if is_super or not (is_own or node.attr in own):
                found.append(ast.unparse(node))
        elif isinstance(node, ast.ImportFrom) and not node.level:
            parts = [*(node.module or "").split("."), *(alias.name for alias in node.names)]
            found += [f"import {name}" for name in parts if _is_private(name)]
        elif isinstance(node, ast.Import):
            found += [f"import {alias.name}" for alias in node.names if any(map(_is_private, alias.name.split(".")))]
        elif isinstance(node, ast.Call) and ast.unparse(node.func) in ("getattr", "setattr", "hasattr"):
            name = node.args[1]
            if isinstance(name, ast.Constant) and _is_private(str(name.value)):
                found.append(ast.unparse(node))
    return found


def inherited(source: str) -> list[str]:
    """Private attributes of `self` that a subclass of a class of aiohttp does not define itself."""
    tree = ast.parse(source)
    found: list[str] = []
    for each in ast.walk(tree):
        if not (isinstance(each, ast.ClassDef) and any(_is_aiohttp(base) for base in each.bases)):
            continue
        own = _made_in(each)
        found += [
            node.attr
            for node in ast.walk(each)
            if isinstance(node, ast.Attribute)
            and isinstance(node.value, ast.Name)
            and node.value.id in _OWN
            and _is_private(node.attr)
            and node.attr not in own
        ]
    return found


def _is_aiohttp(base: ast.expr) -> bool:
    return ast.unparse(base).split(".")[0] in ("web", "aiohttp", "AbstractAccessLogger", "AbstractResolver")


def test_no_module_uses_a_private_name_of_another_one() -> None:
    found = {path.name: private_names(path.read_text()) + inherited(path.read_text()) for path in MODULES}
    assert {name: names for name, names in found.items() if names} == {}


@pytest.mark.parametrize(
    "source",
    [
        "request._protocol",
        "super()._handle()",
        "a.b._payload_writer = 1",
        "from aiohttp import _http_parser",
        "from aiohttp._websocket import reader",
        "import aiohttp._http_writer",
        "getattr(request, '_match_info')",
        "transport.close()  # noqa: SLF001",
    ],
)
def test_what_would_be_a_private_name_is_found(source: str) -> None:
    assert private_names(source)


def test_what_a_subclass_takes_from_aiohttp_is_found() -> None:
    source = "class A(web.RequestHandler):\n    def x(self):\n        self._own = 1\n        return self._own, self.%s"
    assert inherited(source % "_keepalive") == ["_keepalive"]
    assert inherited(source % "keepalive") == []
