"""Who may import whom: a new import between packages is a decision, not an accident."""

import ast
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

import pytest

APP = Path(__file__).parents[2] / "app"
PURE = {"domain", "errors"}
MAY_IMPORT = {
    "domain": {"domain", "errors"},
    "parsing": {"parsing", *PURE},
    "providers": {"providers", "parsing", *PURE},
    "records": {"records", "providers", "parsing", *PURE},
    "signatures": {"signatures", "parsing", *PURE},
    "export": {"export", *PURE},
    "store": {"store", *PURE},
    "storage": {"__init__", "storage", "store", "clock", "files", "log", "tasks", "traces", *PURE},
    "live": {"live"},
    "egress": {"egress", "errors", "clock"},
    "services": {
        "services", "store", "live", "egress", "providers", "records", "signatures", "parsing", "clock", "files",
        "log", "settings", "tasks", *PURE,
    },
    "ingress": {
        "ingress", "services", "store", "clock", "keys", "log", "tasks", *PURE,
    },
    "web": {
        "web", "ingress", "services", "store", "live", "egress", "providers", "signatures", "parsing", "export",
        "clock", "keys", "log", "settings", "tasks", "__init__", *PURE,
    },
    # What users' tests hold in their hands: a server beside them, and its API.
    "testing": {"testing", "commands", "clock", "main", "settings", "tasks", *PURE},
    "commands": {
        "commands", "port", "serving", "settings", "storage", "store", "web", "services", "egress", "providers",
        "records", "signatures", "export", "clock", "files", "__init__", *PURE,
    },
}  # fmt: skip
FILES = sorted(APP.rglob("*/*.py"))
# Packages of web/ that every noun may import; the others are nouns.
SHARED = {"site", "words"}
# A noun that imports another one, and why.
BETWEEN_NOUNS = {
    ("captures", "live"): "edits of an open page",
    ("messages", "live"): "edits of an open page",
    ("conversations", "live"): "edits of an open page",
    ("compare", "live"): "edits of an open page",
    ("live", "captures"): "edits and JSON frames of captures",
    ("live", "messages"): "edits and JSON frames of messages",
    ("live", "conversations"): "edits of conversations",
    ("live", "compare"): "edits of pairings",
    ("live", "forwards"): "parts of the open page of forwards",
    ("exports", "captures"): "an export has the objects of the API",
    ("exports", "messages"): "an export has the objects of the API",
    ("drills", "faults"): "a drill sets a fault",
    ("forwards", "replays"): "an attempt of a forward is shown as one of a replay",
    ("captures", "setup"): "the page of a bin without requests says how to set it up",
    ("palette", "conversations"): "a number is found in the same way",
    ("mappings", "captures"): "a preview has the events of the API",
    ("shares", "captures"): "a share shows a list of requests, or one",
    ("shares", "messages"): "a share shows a message",
    ("shares", "compare"): "a share shows a comparison",
    ("shares", "live"): "the live view of a share",
}


@cache
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


@cache
def modules_imported(path: Path, *, at_the_start: bool = False) -> set[str]:
    """Our own modules that a module imports, as dotted names below `app`; type checking's imports too. `at_the_start`:
    without those in functions."""
    parts = path.relative_to(APP).with_suffix("").parts
    package = parts[:-1]
    found = set()
    tree = ast.parse(path.read_text())
    for node in tree.body if at_the_start else ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.level:
            base = [*package[: len(package) - node.level + 1], *(node.module.split(".") if node.module else [])]
            for alias in node.names:
                full = [*base, alias.name]
                found.add(".".join(full if _is_module(full) else base))
    return found


def _is_module(parts: Sequence[str]) -> bool:
    return APP.joinpath(*parts).with_suffix(".py").exists() or APP.joinpath(*parts, "__init__.py").exists()


def _name(path: Path) -> str:
    return ".".join(path.relative_to(APP).with_suffix("").parts).removesuffix(".__init__")


def _circle(graph: Mapping[str, set[str]]) -> list[str] | None:
    """One circle of imports, or None."""
    done: set[str] = set()

    def visit(name: str, way: list[str]) -> list[str] | None:
        if name in way:
            return way[way.index(name) :]
        if name in done:
            return None
        for following in sorted(graph.get(name, ())):
            if found := visit(following, [*way, name]):
                return found
        done.add(name)
        return None

    return next(filter(None, (visit(name, []) for name in sorted(graph))), None)


@cache
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
        "domain": {"asyncio", "aiohttp", "jinja2"},
        "parsing": {"asyncio", "aiohttp", "jinja2"},
        "providers": {"asyncio", "aiohttp", "jinja2"},
        "records": {"asyncio", "aiohttp", "jinja2"},
        "export": {"asyncio", "aiohttp", "jinja2"},
        "services": {"aiohttp", "jinja2"},
        "live": {"aiohttp"},
        "storage": {"aiohttp", "jinja2"},
    }.get(_room(path), set())
    assert not {name.partition(".")[0] for name in outside(path)} & banned


ENGINES = {"sqlite3": "sqlite", "aiosqlite": "sqlite", "psycopg": "postgres", "psycopg_pool": "postgres"}


@pytest.mark.parametrize("library", ENGINES)
def test_the_library_of_an_engine_is_imported_in_its_package_only(library: str) -> None:
    """The log and the ledger use `storage/transaction.py`, and their processes open files and connections."""
    uses = {
        path
        for path in APP.rglob("*.py")
        if path.name != "reconciler.py" and library in {name.partition(".")[0] for name in outside(path)}
    }
    assert {path.relative_to(APP).parts[:2] for path in uses} <= {("storage", ENGINES[library])}


def test_the_package_runs_without_the_library_of_postgresql() -> None:
    """It is an extra. So a module that imports it is imported in functions only, but for those of its own package."""
    paths = {_name(path): path for path in APP.rglob("*.py")}
    own = {name for name in paths if name.startswith("storage.postgres.")}
    reached, open_ = set(), set(paths) - own
    while open_:
        name = open_.pop()
        reached.add(name)
        open_ |= modules_imported(paths[name], at_the_start=True) & paths.keys() - reached
    assert {name for name in reached if "psycopg" in outside(paths[name])} == set()


@pytest.mark.parametrize("engine", ["sqlite", "postgres"])
def test_an_engine_is_imported_in_the_modules_that_open_files_and_connections(engine: str) -> None:
    own = f"storage.{engine}."
    rest = {path for path in FILES if _room(path) == "storage" and not _name(path).startswith(own)}
    users = {_name(path) for path in rest if any(name.startswith(own) for name in modules_imported(path))}
    assert users <= {"storage.opening", "storage.log.process", "storage.ledger.process"}


def test_the_readers_of_providers_and_the_storage_meet_in_one_module() -> None:
    """What is kept must not hang on what is understood."""
    top = {path.stem: imports(path) for path in APP.glob("*.py")}
    assert {name for name, rooms in top.items() if {"providers", "storage"} <= rooms} == {"follower"}
    log = [path for path in FILES if path.relative_to(APP).parts[:2] == ("storage", "log")]
    assert not [path for path in log if "ledger." in path.read_text()]


def test_only_main_and_the_serving_modules_know_all_rooms() -> None:
    top = {path.stem for path in APP.glob("*.py")}
    assert top == {
        "__init__", "__main__", "clock", "errors", "files", "follower", "keys", "log", "main", "port", "reconciler",
        "serving", "settings", "tasks", "traces",
    }  # fmt: skip


def test_no_module_imports_itself_by_way_of_others() -> None:
    """Imports within functions and for type checking count: a type that only the checker can see cannot be decoded."""
    graph = {_name(path): modules_imported(path) - {_name(path)} for path in APP.rglob("*.py")}
    assert _circle(graph) is None


def test_a_circle_would_be_found() -> None:
    assert _circle({"a": {"b"}, "b": {"c", "d"}, "c": set(), "d": {"b"}}) == ["b", "d"]


def _nouns() -> set[str]:
    return {path.parent.name for path in (APP / "web").glob("*/__init__.py")} - SHARED - {"routes"}


def test_a_noun_imports_another_one_only_where_the_list_says_so() -> None:
    nouns = _nouns()
    found = set()
    for path in (APP / "web").glob("*/*.py"):
        noun = path.parent.name
        if noun not in nouns:
            continue
        for name in modules_imported(path):
            of = name.split(".")
            if noun in nouns and of[0] == "web" and of[1] in nouns - {noun}:
                found.add((noun, of[1]))
    assert found == set(BETWEEN_NOUNS)


def test_what_nouns_share_imports_no_noun() -> None:
    nouns = tuple(f"web.{noun}" for noun in _nouns())
    for path in [each for package in SHARED for each in (APP / "web" / package).glob("*.py")]:
        assert not [name for name in modules_imported(path) if name.startswith(nouns)], path


def test_words_import_nothing_of_the_site() -> None:
    for path in (APP / "web" / "words").glob("*.py"):
        assert not [name for name in modules_imported(path) if name.startswith("web.site")], path


def test_a_page_never_imports_an_api_module() -> None:
    for path in (APP / "web").glob("*/*.py"):
        if path.name != "api.py" and path.parent.name != "routes":
            assert not {name for name in modules_imported(path) if name.endswith(".api")}, path
