"""What people read is plain English: no banned phrase in templates, scripts, messages or documents, and pages say
"request".
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
SCRIPTS = sorted((ROOT / "static" / "js").rglob("*.js"))
# Modules whose strings reach a page, a terminal, the API document or an error.
MODULES = sorted(
    path
    for path in (ROOT / "app").rglob("*.py")
    if path.relative_to(ROOT / "app").parts[0] not in ("testing", "live", "log.py", "traces.py")
)
DOCUMENTS = [*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").glob("*.md"))]
DOCUMENTS += [ROOT / "Makefile", *sorted((ROOT / ".github" / "ISSUE_TEMPLATE").glob("*.yml"))]
HELPED = [path for path in MODULES if "commands" in path.parts or "shapes" in path.stem]

# Metaphors, personified programs and old idioms, each with the words to use.
BANNED = {
    r"heals?|healed|healing": "stop failing",
    r"mend(s|ed|ing)?": "fix",
    r"by hand": "say who did it",
    r"laid beside": "compared",
    r"lies? beside": "compared",
    r"stands? (here|twice|for|in the|in this)": "is",
    r"for ever": "forever",
    r"at once": "immediately, or at the same time",
    r"time-outs?": "timeout",
    r"took it|taken by|takes it": "accepted",
    r"answered well": "accepted",
    r"nobody": "name who or what",
    r"never hit|hung up|sender left": "no request; disconnected",
    r"goes? on": "continues",
    r"by itself": "automatically",
    r"dripp?(s|ed|ing)?": "sent slowly",
    r"misbehaves?|misbehaved": "fails",
    r"cut short|left away|not whole": "incomplete, truncated",
    r"through the real path": "over real HTTP",
    r"sign of life": "last contact",
    r"word for it|says so|came of it|has come to its end": "say it directly",
    r"looked at|look after|have a look": "check",
    r"is (no|not a) parameter here|is not a field here": "unknown parameter, unknown field",
    r"is no (port|path|size|duration|address|setting|network|host name)": "is not a",
    r"call itself|calls itself": "Content-Type must be",
    r"to be had|cannot be had": "not available",
    r"in flight": "in progress",
    r"wishe?s?": "request, options",
}
_BANNED = re.compile(r"\b(" + "|".join(f"(?:{phrase})" for phrase in BANNED) + r")\b", re.IGNORECASE)
# More of them, which documents had.
BANNED_IN_DOCUMENTS = {
    r"the (house|rooms?|door|front door|bell|garden|way in)": "application, package, entry, notification",
    r"(smsbin|the (page|test|log|server|follower|command)) (knows|hears|asks|tells|says|believes|looks)": "contains",
    r"made again|made anew|anew|read again": "rebuilt, parsed again",
    r"(is|was|are|were|be) understood|what came|what comes|became of": "parsed, received, result",
    r"everybody( else)?|anybody|somebody|whoever|those who": "name who",
    r"stands? (in|at|beside|behind|for|there)": "is",
    r"meanwhile": "in the meantime",
    r"the way of": "the path of",
}
_BANNED_IN_DOCUMENTS = re.compile(
    r"\b(" + "|".join(f"(?:{phrase})" for phrase in [*BANNED, *BANNED_IN_DOCUMENTS]) + r")\b", re.IGNORECASE
)

# `X-Capture` is the name of a header.
_REQUEST_ONLY = re.compile(r"\b(captures?|hits?)\b", re.IGNORECASE)
_MAY_SAY_CAPTURE = ("X-Capture",)

_JINJA = re.compile(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}", re.DOTALL)
_LITERAL = re.compile(r"\"([^\"\\]*)\"|'([^'\\]*)'")
_READ_ATTRIBUTE = re.compile(r"\b(?:aria-label|title|placeholder|data-ask|data-undo)=\"([^\"]*)\"")
_SCRIPT_TEXT = re.compile(r"\"((?:[^\"\\\n]|\\.)*)\"|`((?:[^`\\]|\\.)*)`")


def _name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def text_of(template: str) -> Iterator[str]:
    """What people read of a template: the text outside tags, readable attributes, and sentences inside Jinja."""
    source = re.sub(r"\{#.*?#\}", "", template, flags=re.DOTALL)
    for jinja in _JINJA.findall(source):
        for found in _LITERAL.findall(jinja):
            words = found[0] or found[1]
            if " " in words.strip() and not re.search(r"[/=]|\.html", words):
                yield words
    plain = re.sub(r"\{[{%].*?[}%]\}", "\n", source, flags=re.DOTALL)
    yield from _READ_ATTRIBUTE.findall(plain)
    plain = re.sub(r"<(script|style)\b.*?</\1>", "\n", plain, flags=re.DOTALL)
    yield from (line.strip() for line in re.sub(r"<[^>]*>", "\n", plain).splitlines() if line.strip())


def sentences_of(module: str) -> Iterator[str]:
    """The strings of a module that have more than one word, without docstrings, SQL and patterns."""
    tree = ast.parse(module)
    docs = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
        and isinstance(node.body[0], ast.Expr)
    }
    notes = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docs | notes:
            text = node.value
            if " " in text.strip() and not re.match(r"\s*(select|insert|update|delete|create|/\*)\b|.*\(\?", text):
                yield text


def help_of(module: str) -> Iterator[str]:
    """The docstrings that people read: of commands (`--help`) and of the API's types (the OpenAPI document)."""
    for node in ast.walk(ast.parse(module)):
        is_command = isinstance(node, ast.FunctionDef) and any("command" in ast.unparse(d) for d in node.decorator_list)
        is_shape = isinstance(node, ast.ClassDef) and any("Struct" in ast.unparse(base) for base in node.bases)
        if is_command or is_shape:
            yield ast.get_docstring(node) or ""


@pytest.mark.parametrize("path", TEMPLATES, ids=_name)
def test_a_template_has_no_banned_words(path: Path) -> None:
    assert [text for text in text_of(path.read_text()) if _BANNED.search(text)] == []


@pytest.mark.parametrize("path", TEMPLATES, ids=_name)
def test_a_page_calls_a_capture_a_request(path: Path) -> None:
    texts = [text for text in text_of(path.read_text()) if text not in _MAY_SAY_CAPTURE]
    assert [text for text in texts if _REQUEST_ONLY.search(text)] == []


@pytest.mark.parametrize("path", SCRIPTS, ids=_name)
def test_a_script_writes_no_banned_words(path: Path) -> None:
    code = re.sub(r"^\s*//.*$", "", path.read_text(), flags=re.MULTILINE)
    texts = [one or other for one, other in _SCRIPT_TEXT.findall(code)]
    assert [text for text in texts if " " in text and (_BANNED.search(text) or _REQUEST_ONLY.search(text))] == []


@pytest.mark.parametrize("path", MODULES, ids=_name)
def test_messages_have_no_banned_words(path: Path) -> None:
    assert [text for text in sentences_of(path.read_text()) if _BANNED.search(text)] == []


@pytest.mark.parametrize("path", HELPED, ids=_name)
def test_help_and_the_api_document_have_no_banned_words(path: Path) -> None:
    assert [text for text in help_of(path.read_text()) if _BANNED.search(text)] == []


def _prose_of(document: str) -> Iterator[str]:
    """The paragraphs and rows of a document, without code."""
    plain = re.sub(r"^```.*?^```$", "", document, flags=re.MULTILINE | re.DOTALL)
    plain = re.sub(r"`[^`\n]*`", "", plain)
    for block in re.split(r"\n\n|\n(?=[|-])", plain):
        yield " ".join(block.split())


@pytest.mark.parametrize("path", DOCUMENTS, ids=_name)
def test_a_document_has_no_banned_words(path: Path) -> None:
    assert [text for text in _prose_of(path.read_text()) if _BANNED_IN_DOCUMENTS.search(text)] == []


@pytest.mark.parametrize(
    ("old", "found"),
    [
        ("A `mend` is code.", False),
        ("```\nanybody\n```\nText.", False),
        ("Written for those\nwho run smsbin.", True),
        ("| a | is made\n| b | anew |", True),
    ],
)
def test_banned_words_are_found_in_the_prose_of_a_document(old: str, found: bool) -> None:
    assert any(_BANNED_IN_DOCUMENTS.search(text) for text in _prose_of(old)) is found


@pytest.mark.parametrize(
    "old",
    [
        "<button>Heal now</button>",
        "<p>1 thing to mend</p>",
        '<p title="matched by hand">x</p>',
        '{{ "never hit" if missing else "deleted" }}',
        "{% if page.some %}It heals by itself.{% endif %}",
    ],
)
def test_old_words_would_be_found(old: str) -> None:
    assert any(_BANNED.search(text) for text in text_of(old))


def test_code_in_a_template_is_not_text() -> None:
    assert list(text_of('{% set hits = "captures/_row.html" %}<a href="/captures/{{ row.hits }}">Open</a>')) == ["Open"]
