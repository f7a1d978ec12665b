"""The same JSON as other libraries write it: blanks, escapes, order of keys, final newline.

Tokens are rewritten, not values, so numbers stay as they were sent.
"""

import json
import re
from collections.abc import Callable, Iterator

MAX_JSON = 65_536
_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\]:,]|[^\s{}\[\]:,"]+', re.DOTALL)
_UNICODE = re.compile(r"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|\\u[0-9a-fA-F]{4}")
_COLON = ":"
_WIDE = re.compile(r"[^\x00-\x7f]")


def json_forms(body: bytes) -> Iterator[tuple[str, bytes]]:
    """The words for a way of writing, and the JSON written so. Nothing for what is no JSON, or too large."""
    if len(body) > MAX_JSON:
        return
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError:
        return
    tokens: list[str] = _TOKEN.findall(text)
    if not tokens or tokens[0] not in "{[":
        return
    for strings, rewrite in _STRINGS:
        rewritten = [rewrite(token) if token[0] == '"' else token for token in tokens]
        for blanks, join in _BLANKS:
            written = join(rewritten)
            words = "the JSON is written " + " and ".join(filter(None, (blanks, strings)))
            yield words, written.encode("utf-8", "surrogatepass")
            yield words + ", with a final newline", written.encode("utf-8", "surrogatepass") + b"\n"
    yield from _sorted_forms(text)


def _sorted_forms(text: str) -> Iterator[tuple[str, bytes]]:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return
    for separators in ((",", ":"), (", ", ": ")):
        for ascii_only in (True, False):
            written = json.dumps(value, sort_keys=True, separators=separators, ensure_ascii=ascii_only)
            yield "its keys are sorted", written.encode("utf-8", "surrogatepass")


def _same(token: str) -> str:
    return token


def _to_ascii(token: str) -> str:
    return token if token.isascii() else _WIDE.sub(_escape, token)


def _escape(match: re.Match[str]) -> str:
    return json.dumps(match[0])[1:-1]


def _to_text(token: str) -> str:
    return _UNICODE.sub(_unescape, token) if "\\u" in token else token


def _unescape(match: re.Match[str]) -> str:
    """Control characters, quotes and backslashes stay escaped, and so does half of a surrogate pair."""
    character: str = json.loads(f'"{match[0]}"')
    return match[0] if character < " " or character in '"\\' or "\ud800" <= character <= "\udfff" else character


def _plain_slashes(token: str) -> str:
    return token.replace("\\/", "/")


def _escaped_slashes(token: str) -> str:
    return _plain_slashes(token).replace("/", "\\/")


def _joined(comma: str, colon: str) -> Callable[[list[str]], str]:
    marks = {",": comma, ":": colon}
    return lambda tokens: "".join(marks.get(token, token) for token in tokens)


def _indented(blanks: str) -> Callable[[list[str]], str]:
    def join(tokens: list[str]) -> str:
        parts: list[str] = []
        depth = 0
        for token, before in zip(tokens, ["", *tokens], strict=False):
            if token in ("}", "]"):
                depth = max(0, depth - 1)
                parts.append(token if before in ("{", "[") else f"\n{blanks * min(depth, 50)}{token}")
                continue
            if before in ("{", "[", ","):
                parts.append("\n" + blanks * min(depth, 50))
            parts.append(": " if token == _COLON else token)
            depth += token in ("{", "[")
        return "".join(parts)

    return join


_STRINGS: tuple[tuple[str, Callable[[str], str]], ...] = (
    ("", _same),
    ("only with ASCII", _to_ascii),
    ("with its characters unescaped", _to_text),
    ("with slashes unescaped", _plain_slashes),
    ("with slashes unescaped and characters, too", lambda token: _plain_slashes(_to_text(token))),
    ("with escaped slashes", _escaped_slashes),
    ("only with ASCII and escaped slashes", lambda token: _escaped_slashes(_to_ascii(token))),
    ("only with ASCII and slashes unescaped", lambda token: _plain_slashes(_to_ascii(token))),
)
_BLANKS: tuple[tuple[str, Callable[[list[str]], str]], ...] = (
    ("without blanks", _joined(",", ":")),
    ("with blanks after commas and colons", _joined(", ", ": ")),
    ("with an indent of 2", _indented("  ")),
    ("with an indent of 4", _indented("    ")),
    ("with an indent of a tab", _indented("\t")),
)
