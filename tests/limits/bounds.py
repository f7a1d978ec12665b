"""The bounds of the source, and the names that tests use, both read from syntax trees.

A bound is a name in capitals at the top of a module whose value is a number or a `timedelta` of numbers: a size, a
count, a rate, a time-out. Tuples and infinity are none.
"""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]


def bounds() -> set[str]:
    """All bounds by dotted name: `app.domain.folding.ECHO`."""
    return {f"{module}.{name}" for module, tree in _app() for name in bounds_in(tree)}


def bounds_in(tree: ast.Module) -> set[str]:
    """The bounds of one module."""
    found: set[str] = set()
    for node in tree.body:
        if isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None:
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            for name, value in _assigned(targets, node.value):
                if name.isupper() and _is_number(value, found):
                    found.add(name)
    return found


def _assigned(targets: list[ast.expr], value: ast.expr) -> Iterator[tuple[str, ast.expr]]:
    """Names and values, one by one where several are assigned at once."""
    for target in targets:
        if isinstance(target, ast.Name):
            yield target.id, value
        elif isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple):
            for one, part in zip(target.elts, value.elts, strict=False):
                yield from _assigned([one], part)


@cache
def named_in_tests() -> set[str]:
    """Dotted names that test modules import, read as an attribute of a module, or replace by `setattr`."""
    return {_origin(name) for _, tree in _modules("tests", "test_*.py") for name in names_in(tree)}


def names_in(tree: ast.Module) -> set[str]:
    """The dotted names of `app` that one test module refers to."""
    modules: dict[str, str] = {}
    found: set[str] = set()
    nodes = list(ast.walk(tree))
    for node in nodes:
        if isinstance(node, ast.ImportFrom) and node.module and not node.level:
            for alias in node.names:
                found.add(f"{node.module}.{alias.name}")
                modules[alias.asname or alias.name] = f"{node.module}.{alias.name}"
        elif isinstance(node, ast.Import):
            modules |= {alias.asname: alias.name for alias in node.names if alias.asname}
    for node in nodes:
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            found.add(f"{modules.get(node.value.id, node.value.id)}.{node.attr}")
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "setattr":
            found.add(_replaced(node, modules))
    return {name for name in found if name.startswith("app.")}


def _replaced(call: ast.Call, modules: dict[str, str]) -> str:
    """`setattr(module, "NAME", …)` and `setattr("module.NAME", …)` as a dotted name; "" for anything else."""
    first, second = [*call.args, None, None][:2]
    if isinstance(first, ast.Constant):
        return str(first.value)
    if isinstance(first, ast.Name) and isinstance(second, ast.Constant):
        return f"{modules.get(first.id, first.id)}.{second.value}"
    return ""


def _is_number(value: ast.expr, known: set[str], *, is_part: bool = False) -> bool:
    """`known` are the bounds of the module so far; a part of a sum or product may come from another module."""
    match value:
        case ast.Constant():
            return isinstance(value.value, int | float) and not isinstance(value.value, bool)
        case ast.UnaryOp():
            return _is_number(value.operand, known, is_part=is_part)
        case ast.BinOp(op=op) if not isinstance(op, ast.BitOr):  # of sets, or of types
            return all(_is_number(part, known, is_part=True) for part in (value.left, value.right))
        case ast.Name():
            return value.id in known or (is_part and value.id.isupper())
        case ast.Call():
            return ast.unparse(value.func) == "timedelta"
    return False


@cache
def _app() -> list[tuple[str, ast.Module]]:
    return list(_modules("app", "*.py"))


def _modules(folder: str, pattern: str) -> Iterator[tuple[str, ast.Module]]:
    """Dotted names and trees of the modules in a folder, one after the other."""
    for path in sorted((ROOT / folder).rglob(pattern)):
        name = ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
        yield name, ast.parse(path.read_text())


def _origin(name: str) -> str:
    """Where a name is defined that another module of `app` imports."""
    while name in _imports():
        name = _imports()[name]
    return name


@cache
def _imports() -> dict[str, str]:
    """Names that modules of `app` import from each other, and what they are there."""
    return dict(pair for module, tree in _app() for pair in _imports_of(module, tree))


def _imports_of(module: str, tree: ast.Module) -> Iterator[tuple[str, str]]:
    package = module.split(".") if (ROOT / module.replace(".", "/")).is_dir() else module.split(".")[:-1]
    for node in tree.body:
        if isinstance(node, ast.ImportFrom) and node.level:
            source = ".".join([*package[: len(package) - node.level + 1], *filter(None, [node.module])])
            for alias in node.names:
                here, there = f"{module}.{alias.asname or alias.name}", f"{source}.{alias.name}"
                if here != there:  # a package imports its own modules so
                    yield here, there
