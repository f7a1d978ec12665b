"""Rules of the source that hold everywhere."""

import ast
import re
from pathlib import Path

import pytest

from app.web.site.static import load_static

ROOT = Path(__file__).parents[2]
APP = ROOT / "app"
MODULES = sorted(APP.rglob("*.py"))
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
SCRIPTS = sorted((ROOT / "static" / "js").rglob("*.js"))


def NAME(path: Path) -> str:  # noqa: N802
    return str(path.relative_to(ROOT))


def _calls(path: Path) -> set[str]:
    return {ast.unparse(node.func) for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Call)}


def test_tasks_that_outlive_a_request_are_created_in_one_place() -> None:
    born = {
        path.name for path in MODULES for call in _calls(path) if call.endswith("create_task") and "group." not in call
    }
    assert born == {"tasks.py"}


def test_time_and_randomness_come_from_the_clock() -> None:
    banned = re.compile(r"^(import|from) (time|random|secrets|uuid)\b|\bdatetime\.(now|utcnow|today)\(", re.MULTILINE)
    found = {path.name for path in MODULES if banned.search(path.read_text())}
    assert found == {"clock.py"}


def test_files_are_written_in_one_place() -> None:
    """With other ways to write, a predictable name could follow a link that another user has created."""
    opens = re.compile(
        r"\b(write_text|write_bytes|O_CREAT|O_TRUNC)\b|\bopen\([^)]*[\"'][rb+]*[wxa][b+]*[\"']|shutil\.copy"
    )
    assert {path.name for path in MODULES if opens.search(path.read_text())} == {"files.py"}


def test_sql_is_in_sql_files() -> None:
    statement = re.compile(r"\b(select .* from|insert into|update \w+ set|delete from|create table)\b", re.IGNORECASE)
    for path in MODULES:
        strings = [
            node.value
            for node in ast.walk(ast.parse(path.read_text()))
            if isinstance(node, ast.Constant) and isinstance(node.value, str)
        ]
        assert not [text for text in strings if statement.search(text)], path


def test_no_module_grows_past_reading() -> None:
    lengths = {path: len(path.read_text().splitlines()) for path in MODULES}
    assert {NAME(path): count for path, count in lengths.items() if count > 400} == {}
    assert sorted(lengths.values())[len(lengths) // 2] <= 130


def test_functions_fit_a_screen() -> None:
    long = {}
    for path in MODULES:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                size = (node.end_lineno or 0) - node.lineno
                if size > 60:
                    long[f"{path.name}:{node.name}"] = size
    assert long == {}


@pytest.mark.parametrize("path", TEMPLATES, ids=NAME)
def test_a_template_trusts_nothing_and_holds_no_script_or_style(path: Path) -> None:
    text = path.read_text()
    assert "|safe" not in text.replace(" ", "")
    assert not re.search(r"\bautoescape\s+false|Markup\(", text)
    assert not re.search(r"\sstyle\s*=|\son[a-z]+\s*=\s*[\"']|javascript:", text)
    for tag, attributes in re.findall(r"<(script|style)\b([^>]*)>", text):
        assert tag == "script", path
        assert "src=" in attributes or 'type="application/json"' in attributes
        assert "nonce=" in attributes
    # An unquoted attribute lets a value end it.
    assert not re.search(r"\s[\w-]+=\{\{", text)
    # Everything works under a base path, so no URL starts at the root.
    assert not re.search(r"(href|src|action)=\"/", text)


@pytest.mark.parametrize("path", SCRIPTS, ids=NAME)
def test_a_script_writes_html_through_the_one_policy_only(path: Path) -> None:
    text = path.read_text()
    assert (
        not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|srcdoc|new Function", text)
        or path.name == "html.js"
    )
    assert len(re.findall(r"createPolicy\(", text)) == (1 if path.name == "html.js" else 0)
    assert len(text.splitlines()) <= 160


@pytest.mark.parametrize("path", SCRIPTS, ids=NAME)
def test_a_script_fetches_through_the_one_helper_only(path: Path) -> None:
    """It takes a server that is down for an answer, so that no click ends in an unhandled "Failed to fetch"."""
    allowed = 1 if path.name == "net.js" else 0
    assert len(re.findall(r"\bfetch\(|XMLHttpRequest", path.read_text())) == allowed


@pytest.mark.parametrize("path", SCRIPTS, ids=NAME)
def test_no_text_of_a_script_continues_on_the_next_line(path: Path) -> None:
    """Scripts are sent without indentation and without lines of comment, which must not be parts of a text."""
    assert [line for line in path.read_text().splitlines() if line.count("`") % 2] == []


def test_every_page_loads_little_javascript() -> None:
    """Whatever it shows; `tests/browser/test_scripts.py` measures the page that shows most."""
    scripts = load_static(ROOT / "static")
    assert sum(len(scripts.files[name].body) for name in scripts.with_imports(["js/app.js"])) <= 22_000


def test_a_table_of_hooks_names_scripts_that_exist() -> None:
    rows = re.findall(r"^    \[\"([^\"]+)\", \"([^\"]+)\"", (ROOT / "static/js/app.js").read_text(), re.MULTILINE)
    assert len(rows) >= 20
    templates = "".join(path.read_text() for path in TEMPLATES)
    for hooks, path in rows:
        assert (ROOT / "static/js" / path).exists(), path
        for attribute in re.findall(r"\[(data-[a-z-]+)\]", hooks):
            assert re.search(rf"\b{attribute}\b", templates), attribute


def _imports_of(path: Path) -> set[Path]:
    targets = re.findall(r"(?:from|import) ?\(?\"(\.[^\"]+)\"", path.read_text())
    return {(path.parent / target).resolve() for target in targets}


def test_imports_between_scripts_resolve() -> None:
    """`core` imports itself only, the others also `core`; `app.js` imports all."""
    folders = ("live", "pages", "filter")
    may = {"core": {"core"}, "js": {"core", *folders}} | {folder: {"core", folder} for folder in folders}
    assert _imports_of(ROOT / "static/js/app.js")
    for path in SCRIPTS:
        for target in _imports_of(path):
            assert target.exists(), f"{path.name} imports {target}"
            assert target.parent.name in may[path.parent.name], f"{NAME(path)} imports {target.name}"


def test_vendored_files_are_what_the_manifest_says() -> None:
    import base64
    import hashlib
    import tomllib

    folder = ROOT / "static" / "vendor"
    manifest = tomllib.loads((folder / "manifest.toml").read_text())
    listed = set()
    for package in manifest["package"]:
        assert (folder / package["licence"]).exists()
        for name, wanted in package["files"].items():
            listed.add(name)
            digest = hashlib.sha384((folder / name).read_bytes()).digest()
            assert "sha384-" + base64.b64encode(digest).decode() == wanted, name
    there = {str(path.relative_to(folder)) for path in folder.rglob("*.*") if path.suffix in (".js", ".css")}
    assert there == listed


def test_the_project_speaks_of_itself_alone() -> None:
    """Nothing published has a path of a machine or the host of a registry."""
    words = re.compile(r"/(root|home|Users)/[a-z]|\.\./shared", re.IGNORECASE)
    folders = ("app", "docs", "templates", "static/js", "static/css", "tests", ".ci")
    files = [
        path for folder in folders for path in (ROOT / folder).rglob("*") if path.is_file() and path.suffix != ".pyc"
    ]
    files += [*ROOT.glob("*.md"), *ROOT.glob("requirements*.lock"), ROOT / "Makefile", ROOT / "pyproject.toml"]
    here = Path(__file__)
    assert [NAME(path) for path in files if path != here and words.search(path.read_text(errors="replace"))] == []
