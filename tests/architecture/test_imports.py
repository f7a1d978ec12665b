"""Who may import whom: a new arrow in the house is a decision, not an accident."""

import ast
from pathlib import Path

import pytest

APP = Path(__file__).parents[2] / "app"
PURE = {"domain", "errors"}
MAY_IMPORT = {
    "domain": {"domain", "errors"},
    "parsing": {"parsing", *PURE},
    "providers": {"providers", "parsing", *PURE},
    "export": {"export", *PURE},
    "storage": {"storage", "store", "clock", "files", "log", "tasks", "traces", *PURE},
    "live": {"live"},
    "egress": {"egress", "errors", "clock"},
    "services": {
        "services", "store", "live", "egress", "providers", "parsing", "clock", "files", "log", "settings", "tasks",
        *PURE,
    },
    "ingress": {
        "ingress", "services", "store", "clock", "keys", "log", "tasks", *PURE,
    },
    "web": {
        "web", "ingress", "services", "store", "live", "egress", "providers", "parsing", "export", "clock", "keys",
        "log", "settings", "tasks", "__init__", *PURE,
    },
    # What users' tests hold in their hands: a server beside them, and its API.
    "testing": {"testing", "commands", "clock", "main", "settings", "tasks", *PURE},
    "commands": {
        "commands", "serving", "settings", "storage", "store", "web", "services", "egress", "providers", "export",
        "clock", "files", "__init__", *PURE,
    },
}  # fmt: skip
FILES = sorted(APP.rglob("*/*.py"))


def imports(path: Path) -> set[str]:
    """The rooms of our own house that a module imports."""
    here = ("app", *path.relative_to(APP).with_suffix("").parts)
    package = here[:-1]
    rooms = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if not isinstance(node, ast.ImportFrom) or not node.level:
            continue
        base = package[: len(package) - node.level + 1]
        full = [*base, *(node.module.split(".") if node.module else [])]
        if len(full) > 1:
            rooms.add(full[1])
        else:
            names = [alias.name for alias in node.names]
            rooms.update(
                name if (APP / name).exists() or (APP / f"{name}.py").exists() else "__init__" for name in names
            )
    return rooms


def outside(path: Path) -> set[str]:
    """The top-level packages of others that a module imports."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level and node.module:
            found.update({node.module, *(f"{node.module}.{alias.name}" for alias in node.names)})
    return found


def _room(path: Path) -> str:
    return path.relative_to(APP).parts[0]


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(APP)))
def test_a_room_only_knows_the_rooms_it_may(path: Path) -> None:
    assert imports(path) <= MAY_IMPORT[_room(path)]


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(APP)))
def test_pure_rooms_and_services_stay_free_of_http(path: Path) -> None:
    banned = {
        "domain": {"asyncio", "aiohttp", "aiosqlite", "sqlite3", "jinja2"},
        "parsing": {"asyncio", "aiohttp", "aiosqlite", "sqlite3", "jinja2"},
        "providers": {"asyncio", "aiohttp", "aiosqlite", "sqlite3", "jinja2"},
        "export": {"asyncio", "aiohttp", "aiosqlite", "sqlite3", "jinja2"},
        "services": {"aiohttp", "jinja2", "aiosqlite", "sqlite3"},
        "live": {"aiohttp", "aiosqlite", "sqlite3"},
        "storage": {"aiohttp", "jinja2"},
        "web": {"aiosqlite", "sqlite3"},
    }.get(_room(path), set())
    assert not {name.partition(".")[0] for name in outside(path)} & banned


def test_sqlite_is_known_in_one_room_only() -> None:
    """A second engine stands beside it: the log and the ledger talk to `storage/transaction.py`, and their processes
    open the files."""
    knows = {path for path in FILES if "sqlite3" in {name.partition(".")[0] for name in outside(path)}}
    assert {path.relative_to(APP).parts[:2] for path in knows} == {("storage", "sqlite")}
    inside = [path for path in FILES if _room(path) == "storage" and "sqlite" not in path.parts]
    reach = {str(path.relative_to(APP)) for path in inside if "sqlite." in path.read_text()}
    assert reach == {
        "storage/opening.py", "storage/log/process.py", "storage/ledger/process.py", "storage/ledger/follower.py",
    }  # fmt: skip


def test_the_readers_of_providers_and_the_storage_meet_in_one_module() -> None:
    """What is kept must not hang on what is understood."""
    top = {path.stem: imports(path) for path in APP.glob("*.py")}
    assert {name for name, rooms in top.items() if {"providers", "storage"} <= rooms} == {"follower"}
    log = [path for path in FILES if path.relative_to(APP).parts[:2] == ("storage", "log")]
    assert not [path for path in log if "ledger." in path.read_text()]


def test_only_main_and_the_serving_modules_know_all_rooms() -> None:
    top = {path.stem for path in APP.glob("*.py")}
    assert top == {
        "__init__", "__main__", "clock", "errors", "files", "follower", "keys", "log", "main", "serving", "settings",
        "store", "tasks", "traces",
    }  # fmt: skip
