"""Comments, docstrings and names use the terms of the field: no metaphors, no personified code, no archaic words.

`ALLOWED` has the names that are part of a public interface.
"""

import ast
import io
import re
import tokenize
from collections.abc import Iterator
from pathlib import Path

import pytest

APP = Path(__file__).parents[2] / "app"
# A banned word, as a pattern, and what to write instead.
BANNED = {
    r"bells?|ring|rings|rung|strokes?": "subscription, notify, version",
    r"rooms|the house|front doors?|doorbell|doors?": "package, application, server",
    r"the garden|the street|brooms?|birthplace|clothes": "the usual term",
    r"hears?|heard": "receives",
    r"tells?|told": "reports, returns, sends, notifies",
    r"knows": "has, tracks, contains",
    r"said|say": "a specific noun or verb: text, message, condition",
    r"asks|asked for|asked of|is asked": "calls, requests, reads",
    r"hand over|in hand|hands it|at hand": "pass, current",
    r"breathes?|in bites|by the dozen": "yield to the event loop, in chunks",
    r"patience|patient": "timeout, deadline, delay",
    r"wish|wishes": "request, setting",
    r"somebody|nobody|anybody|everybody": "a user, a client, no one",
    r"lest|whoever|whom|of whose|anew|hither|upon|none such|no such one": "a plain sentence",
    r"in the place of|take the place|takes the place|took the place": "replace",
    r"made again|make it again|is made anew": "rebuilt",
    r"goes on|go on|went on|going on": "continues",
    r"stands? (?:in|at|beside|behind|for|there|below|above|between)": "is, means",
    r"beside it|beside the": "next to",
    r"meanwhile": "in the meantime, while",
    r"understands?|understood": "parses, derived data",
    r"speaks? of|what came|what comes|became of": "names the thing",
    r"left away": "truncated",
    r"how manyth": "number",
    r"newcomers?|strangers?|lonely": "new connection, unauthenticated client",
    r"at home": "the usual term",
}
BANNED_NAMES = (
    "bell", "bells", "ring", "rung", "stroke", "strokes", "room", "rooms", "door", "house", "hear", "heard", "told",
    "said", "say", "ask", "asked", "wish", "breathe", "patience", "anew", "taken", "invite", "scene", "hunt", "catch",
    "away", "beside", "meanwhile", "somebody", "nobody", "stranger", "strangers", "echo", "echoes", "bite", "bites",
    "garden", "broom", "heal", "mend", "wishes",
)  # fmt: skip
# A name that is part of a public interface.
ALLOWED = {
    ("domain/captures.py", "said"): "a field of the API",
    ("domain/events.py", "said"): "a field of the API",
    ("domain/forwards/events.py", "said"): "a field of the events",
    ("domain/messages/model.py", "said"): "a field of the API",
    ("domain/pairings/model.py", "said"): "a field of the API",
    ("domain/simulations.py", "taken"): "a field of the API",
    ("web/captures", "said"): "a field of the API",
    ("web/compare/shapes.py", "said"): "a field of the API",
    ("web/messages/shapes.py", "said"): "a field of the API",
    ("web/simulations/shapes.py", "taken"): "a field of the API",
    ("commands/doctor", "told"): "a field of `smsbin doctor --json`",
    ("testing/inbox.py", "heal"): "a method of the pytest plugin",
    ("services/simulations/player.py", "taken"): "a field of the API",
}
_CLICK_COMMAND = re.compile(r"command|click")


def _files() -> list[Path]:
    return sorted(path for path in APP.rglob("*.*") if path.suffix in (".py", ".sql"))


def prose(path: Path) -> Iterator[tuple[int, str]]:
    """Comments and docstrings with their lines. Docstrings of commands are left out: they are the text of `--help`."""
    text = path.read_text()
    if path.suffix == ".sql":
        for number, line in enumerate(text.splitlines(), 1):
            _, dashes, comment = line.partition("-- ")
            if dashes and not comment.startswith("name:"):
                yield number, comment
        return
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type == tokenize.COMMENT:
            yield token.start[0], token.string
    for node in ast.walk(ast.parse(text)):
        body = getattr(node, "body", None)
        decorators = " ".join(ast.unparse(each) for each in getattr(node, "decorator_list", ()))
        if not isinstance(body, list) or _CLICK_COMMAND.search(decorators):
            continue
        for statement in body:
            match statement:
                case ast.Expr(value=ast.Constant(value=str(docstring)), lineno=number):
                    yield number, docstring


def names(path: Path) -> Iterator[tuple[int, str]]:
    """The names that a module defines: classes, functions, parameters, variables and attributes."""
    for node in ast.walk(ast.parse(path.read_text())):
        match node:
            case ast.ClassDef(name=name) | ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
                yield node.lineno, name
            case ast.arg(arg=name) | ast.Name(id=name, ctx=ast.Store()) | ast.Attribute(attr=name, ctx=ast.Store()):
                yield node.lineno, name


def banned_words(text: str) -> list[str]:
    """The banned words of a text, each with what to write instead. Code in backquotes is not checked."""
    plain = " ".join(re.sub(r"`[^`]*`", "", text.replace("#", " ")).split())
    return [
        f"{found[0]}: {instead}"
        for pattern, instead in BANNED.items()
        for found in re.finditer(rf"\b(?:{pattern})\b", plain, re.IGNORECASE)
    ]


def banned_parts(name: str) -> list[str]:
    """The parts of an identifier that are banned: `_hear_bell` and `HearBell` have two."""
    parts = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower().split("_")
    return [part for part in parts if part in BANNED_NAMES]


@pytest.mark.parametrize("path", _files(), ids=lambda path: str(path.relative_to(APP)))
def test_comments_and_names_are_plain(path: Path) -> None:
    place = str(path.relative_to(APP))
    found = [f"{place}:{line}: {word}" for line, text in prose(path) for word in banned_words(text)]
    for line, name in names(path) if path.suffix == ".py" else ():
        allowed = {word for (where, word) in ALLOWED if place.startswith(where)}
        found += [f"{place}:{line}: the name {name}" for part in banned_parts(name) if part not in allowed]
    assert found == []


def test_what_is_allowed_still_exists() -> None:
    assert all((APP / place).exists() for place, _ in ALLOWED)


def test_banned_words_are_found_in_prose_and_in_names() -> None:
    assert banned_words("The hub hears of it, meanwhile") == [
        "hears: receives", "meanwhile: in the meantime, while"
    ]  # fmt: skip
    assert banned_words("`told` is a field; bring it here") == []
    assert [banned_parts(name) for name in ("_hear_bell", "BellRing", "ringing", "MAX_WISHES")] == [
        ["hear", "bell"], ["bell", "ring"], [], ["wishes"]
    ]  # fmt: skip


def test_the_text_of_help_is_not_a_docstring_of_the_source(tmp_path: Path) -> None:
    module = tmp_path / "a.py"
    module.write_text(
        '@click.command("a")\ndef a() -> None:\n    """Help."""\n\n\ndef b() -> None:\n    """B."""  # c\n'
    )
    assert sorted(text for _, text in prose(module)) == ["# c", "B."]
    query = tmp_path / "a.sql"
    query.write_text("-- name: a\nselect 1 -- one\n")
    assert list(prose(query)) == [(2, "one")]
