"""Placeholders in a body: five words that stand for what the request says. No expressions, one pass, so that nothing
that was put in is ever looked at again.

What is put in is escaped by the content type: a text with `<` or a quote stays a text. Together with the body around
it it has at most 64 KiB; what does not fit is left away, between two characters.
"""

import re
from collections.abc import Callable, Mapping
from urllib.parse import quote

import msgspec

from .answers import Answer

PLACEHOLDERS = ("from", "to", "text", "message_id", "n")
PLACEHOLDER = re.compile(r"\{\{[ \t]*(" + "|".join(PLACEHOLDERS) + r")[ \t]*\}\}")
MOST = 64 << 10

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
    room = MOST - len(PLACEHOLDER.sub("", body).encode())
    escape = _escape_for(answer.content_type)

    def put(found: re.Match[str]) -> str:
        nonlocal room
        kept = []
        for letter in _clean(values.get(found[1], ""), answer.content_type):
            unit = escape(letter)
            room -= len(unit.encode())
            if room < 0:
                room = 0
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


def _escape_for(content_type: str | None) -> Callable[[str], str]:
    if is_xml(content_type) or media_type(content_type) == "text/html":
        return lambda letter: _XML.get(letter, letter)
    if is_json(content_type):
        return lambda letter: _JSON.get(letter, letter)
    if media_type(content_type) == "application/x-www-form-urlencoded":
        return lambda letter: quote(letter, safe="")
    return lambda letter: letter


def _clean(value: str, content_type: str | None) -> str:
    """Only what may stand there at all."""
    value = _SURROGATE.sub("\ufffd", value)
    return _NO_XML.sub("", value) if is_xml(content_type) else value
