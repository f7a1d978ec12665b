"""Each module has a test file in the same place: `app/a/b.py` is tested by `tests/a/test_b.py`, or by the files of
`tests/a/b/`. A module that only declares shapes and protocols has no behaviour of its own.
"""

import ast
from pathlib import Path

ROOT = Path(__file__).parents[2]
APP, TESTS = ROOT / "app", ROOT / "tests"
# Modules without such a file: they are tested by the tests of other modules only. The list may only get shorter.
WITHOUT_TEST = {
    "clock.py",
    "commands/backup.py", "commands/bins.py", "commands/doctor/local.py", "commands/doctor/remote.py",
    "commands/doctor/results.py", "commands/export.py", "commands/healthcheck.py", "commands/nearest.py",
    "commands/openapi.py", "commands/polling.py", "commands/searching.py", "commands/simulate.py",
    "domain/answers/model.py", "domain/findings/checks.py", "domain/findings/text.py", "domain/providers.py",
    "domain/search/matching.py", "domain/search/reading.py", "domain/search/terms.py", "domain/search/tokens.py",
    "domain/search/values.py", "domain/search/writing.py",
    "egress/exact.py",
    "errors.py",
    "export/jsonl.py",
    "keys.py",
    "main.py",
    "providers/answers.py", "providers/kit/bounds.py", "providers/plivo.py", "providers/telnyx_errors.py",
    "providers/twilio.py", "providers/twilio_errors.py", "providers/ytel.py",
    "services/exports.py", "services/replays.py", "services/replies.py",
    "storage/reads/base.py", "storage/reads/bins.py", "storage/reads/captures.py", "storage/reads/decisions.py",
    "storage/reads/filters.py", "storage/reads/messages.py", "storage/reads/pairings.py",
    "store/sessions.py",
    "tasks.py",
    "testing/inbox.py", "testing/server.py",
    "web/answers/notes.py", "web/answers/shapes.py", "web/bins/api.py", "web/bins/page.py", "web/bins/shapes.py",
    "web/captures/api.py", "web/captures/live.py", "web/captures/page.py", "web/captures/shapes.py",
    "web/compare/detail.py", "web/compare/live.py", "web/compare/report.py", "web/compare/shapes.py",
    "web/compare/sides.py", "web/conversations/live.py", "web/conversations/page.py", "web/docs/page.py",
    "web/drills/shapes.py", "web/faults/api.py", "web/faults/shapes.py", "web/live/api.py",
    "web/live/socket.py", "web/live/views.py", "web/messages/api.py", "web/messages/detail.py",
    "web/messages/live.py", "web/messages/shapes.py", "web/messages/verdicts.py", "web/simulations/runs.py",
    "web/simulations/shapes.py", "web/simulations/words.py", "web/site/addresses.py", "web/site/expect.py",
    "web/site/faults.py", "web/site/filters.py", "web/site/info.py", "web/site/json.py", "web/site/middleware.py",
    "web/site/parameters.py", "web/site/problems.py", "web/site/roles.py", "web/site/templates.py",
    "web/words/drills.py", "web/words/fields.py", "web/words/portals.py", "web/words/titles.py",
}  # fmt: skip


def _has_test(module: str, tests: Path = TESTS) -> bool:
    path = tests / module
    if module.startswith("web/") and path.name in ("operations.py", "openapi.py"):
        # Descriptions of the API: the document is compared with the routes and with what the server accepts.
        return (tests / "web" / "docs" / "test_openapi.py").exists()
    if module.startswith("web/routes/"):
        return (tests / "web" / "test_routes.py").exists()
    return (path.parent / f"test_{path.name}").exists() or any(path.with_suffix("").glob("test_*.py"))


def _has_behaviour(tree: ast.Module) -> bool:
    """Whether a module has a function with a body, or other statements than declarations."""
    if not any(isinstance(node, ast.ClassDef) for node in tree.body):
        return True
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            if any(not (isinstance(each, ast.Expr) and isinstance(each.value, ast.Constant)) for each in node.body):
                return True
        elif isinstance(node, ast.If | ast.For | ast.While | ast.With | ast.Try | ast.Lambda):
            return True
    return False


def _modules(app: Path = APP) -> set[str]:
    """All modules. A package's `__init__` counts when it has functions or classes, under the package's name."""
    found = set()
    for path in app.rglob("*.py"):
        tree = ast.parse(path.read_text())
        has_code = any(isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) for node in tree.body)
        if not _has_behaviour(tree):
            continue
        if path.stem == "__init__" and path.parent != app and has_code:
            found.add(str(path.parent.relative_to(app)) + ".py")
        elif path.stem not in ("__init__", "__main__"):
            found.add(str(path.relative_to(app)))
    return found


def test_each_module_has_a_test_in_the_same_place() -> None:
    assert {module for module in _modules() - WITHOUT_TEST if not _has_test(module)} == set()


def test_the_list_of_modules_without_a_test_only_gets_shorter() -> None:
    assert WITHOUT_TEST - _modules() == set(), "these modules are gone"
    assert {module for module in WITHOUT_TEST if _has_test(module)} == set(), "these modules have a test now"


def test_a_file_or_a_folder_of_tests_counts(tmp_path: Path) -> None:
    app, tests = tmp_path / "app", tmp_path / "tests"
    for module in ("a/one.py", "a/two.py", "a/three.py"):
        (app / module).parent.mkdir(parents=True, exist_ok=True)
        (app / module).write_text("X = 1\n")
    (app / "a" / "__init__.py").write_text('"""A."""\n')
    (tests / "a" / "two").mkdir(parents=True)
    (tests / "a" / "test_one.py").touch()
    (tests / "a" / "two" / "test_b.py").touch()
    (tests / "a" / "three").mkdir()
    assert _modules(app) == {"a/one.py", "a/two.py", "a/three.py"}
    assert [_has_test(module, tests) for module in sorted(_modules(app))] == [True, False, True]
    (app / "a" / "__init__.py").write_text("def f() -> None: ...\n")
    assert "a.py" in _modules(app)
    (app / "a" / "one.py").write_text('class A:\n    x: int\n    def f(self) -> int:\n        """One."""\n')
    assert "a/one.py" not in _modules(app)
    (app / "a" / "one.py").write_text("class A:\n    def f(self) -> int:\n        return 1\n")
    assert "a/one.py" in _modules(app)
