"""Placeholders in a body: five names that are replaced by values of the request. There are no expressions, and one
pass, so an inserted value is never scanned for placeholders.

Values are escaped for the content type, and for what the body looks like: a text with `<` or a quote stays a text, also
for a reader that ignores the content type. The rendered body has at most 64 KiB; longer values are truncated between
two characters.
"""

import json
import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from urllib.parse import quote

import msgspec

from .model import Answer

PLACEHOLDERS = ("from", "to", "text", "message_id", "n")
PLACEHOLDER = re.compile(r"\{\{[ \t]*(" + "|".join(PLACEHOLDERS) + r")[ \t]*\}\}")
MOST = 64 << 10

_STARTS_MARKUP = re.compile(r"<[A-Za-z/!?]")
_HAS_MARKUP = re.compile(r"</[A-Za-z]|<[A-Za-z][^<>]*/>")
_STARTS_JSON_LIST = re.compile(r'\[\s*["{\[]')
_FORM = re.compile(r"[^\s&=<>]+=[^\s&=<>]*(&[^\s&=<>]+=[^\s&=<>]*)*")

_NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_SURROGATE = re.compile("[\ud800-\udfff]")
_XML = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;"}
_JSON = {
    **{chr(code): f"\\u{code:04x}" for code in range(0x20)},
    "\n": "\\n", "\r": "\\r", "\t": "\\t", '"': '\\"', "\\": "\\\\", "\u2028": "\\u2028", "\u2029": "\\u2029",
}  # fmt: skip


def has_placeholders(answer: Answer) -> bool:
    """Whether two requests may get two different bodies."""
    return "{{" in answer.body and PLACEHOLDER.search(answer.body) is not None


def render(answer: Answer, values: Mapping[str, str]) -> Answer:
    """The answer with every known placeholder replaced; unknown ones stay as they are."""
    body = answer.body
    left = MOST - len(PLACEHOLDER.sub("", body).encode())
    kinds = kinds_of(answer.content_type, answer.body)
    escape = _escape_for(kinds)

    def put(found: re.Match[str]) -> str:
        nonlocal left
        kept = []
        for letter in _clean(values.get(found[1], ""), kinds):
            unit = escape(letter)
            left -= len(unit.encode())
            if left < 0:
                left = 0
                break
            kept.append(unit)
        return "".join(kept)

    return msgspec.structs.replace(answer, body=PLACEHOLDER.sub(put, body))


def media_type(content_type: str | None) -> str:
    """Without parameters, in lower case."""
    return (content_type or "").partition(";")[0].strip().lower()


def is_xml(content_type: str | None) -> bool:
    """`text/xml`, `application/xml`, `…+xml`."""
    return media_type(content_type).endswith(("/xml", "+xml"))


def is_json(content_type: str | None) -> bool:
    """`application/json`, `…+json`."""
    return media_type(content_type).endswith(("/json", "+json"))


@lru_cache(maxsize=64)
def kinds_of(content_type: str | None, body: str) -> frozenset[str]:
    """What a reader may take the body for, of `xml`, `json` and `form`: by its type, and by its looks."""
    declared = media_type(content_type)
    kinds = {_looks_like(body, typed=bool(declared))}
    if is_xml(content_type) or declared == "text/html":
        kinds.add("xml")
    elif is_json(content_type):
        kinds.add("json")
    elif declared == "application/x-www-form-urlencoded":
        kinds.add("form")
    return frozenset(filter(None, kinds))


def _looks_like(body: str, *, typed: bool) -> str | None:
    """A form is guessed only without a content type: `a=b` may be a sentence, too."""
    start = PLACEHOLDER.sub("", body).lstrip("\ufeff \t\r\n")
    if _STARTS_MARKUP.match(start):
        return "xml"
    if start.startswith("{") or _STARTS_JSON_LIST.match(start) or _is_json_text(body):
        return "json"
    if _HAS_MARKUP.search(start):
        return "xml"
    return "form" if not typed and _FORM.fullmatch(PLACEHOLDER.sub("x", body).strip()) else None


def _is_json_text(body: str) -> bool:
    """A list of numbers, or one text: what begins like prose is JSON only when all of it is."""
    if not body.lstrip().startswith(("[", '"')):
        return False
    try:
        json.loads(PLACEHOLDER.sub("0", body))
    except (ValueError, RecursionError):
        return False
    return True


def _escape_for(kinds: frozenset[str]) -> Callable[[str], str]:
    if "form" in kinds:
        # Nothing that it leaves means anything in XML or JSON.
        return lambda letter: quote(letter, safe="")
    escapes = {**(_JSON if "json" in kinds else {}), **(_XML if "xml" in kinds else {})}
    return lambda letter: escapes.get(letter, letter)


def _clean(value: str, kinds: frozenset[str]) -> str:
    """Without the characters that the format does not allow."""
    value = _SURROGATE.sub("\ufffd", value)
    return _NO_XML.sub("", value) if "xml" in kinds else value
