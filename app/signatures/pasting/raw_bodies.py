"""Mistakes of a body that is signed as it was sent: what parsing and writing it again gives."""

import json
from base64 import b64encode
from collections.abc import Iterator
from urllib.parse import parse_qsl, urlencode

from .model import CodeMistake

MAX_PARSED = 262_144
_RAW = "Sign the raw bytes of the body, before anything parses it."


def wrong_bodies(body: bytes) -> list[tuple[CodeMistake | None, bytes]]:
    """The right body, then what wrong code has instead, each once."""
    found: dict[bytes, CodeMistake | None] = {body: None}
    for mistake, other in (*_texts(body), *_written(body)):
        found.setdefault(other, mistake)
    return [(mistake, other) for other, mistake in found.items()]


def _texts(body: bytes) -> Iterator[tuple[CodeMistake, bytes]]:
    yield CodeMistake("body_left_out", "the body is left out", "Sign the body, too."), b""
    yield CodeMistake("trailing_newline", "a newline is added to the body", _RAW), body + b"\n"
    yield CodeMistake("trailing_newline", "the newline at the end of the body is lost", _RAW), body.rstrip(b"\r\n")
    yield CodeMistake("trimmed", "the body is trimmed", _RAW), body.strip()
    yield CodeMistake("line_ends", "line ends are LF", _RAW), body.replace(b"\r\n", b"\n")
    yield CodeMistake("object_text", "the body is an object's text, [object Object]", _RAW), b"[object Object]"
    if len(body) > MAX_PARSED:
        return
    twice = body.decode("latin-1").encode()
    yield CodeMistake("charset", "the body is read as Latin-1", "Use bytes, or UTF-8."), twice
    lost = body.decode("utf-8", "ignore").encode("ascii", "ignore")
    yield CodeMistake("charset", "characters that are not ASCII are lost", "Use bytes, or UTF-8."), lost
    yield CodeMistake("bytes_text", "the text of a bytes object is signed, b'…'", "Sign the bytes."), str(body).encode()
    yield CodeMistake("base64_body", "the body is still in Base64", "Decode the body first."), b64encode(body)


def _written(body: bytes) -> Iterator[tuple[CodeMistake, bytes]]:
    """Parsed and written again."""
    if len(body) > MAX_PARSED:
        return
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        yield from _form(body)
        return
    for words, written in _dumps(value):
        yield CodeMistake("body_changed", words, _RAW), written.encode("utf-8", "surrogatepass")


def _dumps(value: object) -> Iterator[tuple[str, str]]:
    compact = (",", ":")
    yield (
        "JSON was parsed and written again (JSON.stringify)",
        json.dumps(value, separators=compact, ensure_ascii=False),
    )
    yield "JSON was parsed and written again (Python's json.dumps)", json.dumps(value)
    yield "JSON was parsed and written again (json.dumps without ASCII)", json.dumps(value, ensure_ascii=False)
    yield "JSON was parsed and written again (json.dumps, compact)", json.dumps(value, separators=compact)
    php = json.dumps(value, separators=compact).replace("/", "\\/")
    yield "JSON was parsed and written again (PHP's json_encode)", php
    unescaped = json.dumps(value, separators=compact, ensure_ascii=False).replace("/", "\\/")
    yield "JSON was parsed and written again (json_encode, JSON_UNESCAPED_UNICODE)", unescaped
    sorted_keys = json.dumps(value, sort_keys=True, separators=compact, ensure_ascii=False)
    yield "JSON was parsed and written again with sorted keys", sorted_keys
    yield "JSON was parsed and written again with sorted keys (json.dumps)", json.dumps(value, sort_keys=True)
    yield "JSON was parsed and written again with an indent of 2", json.dumps(value, indent=2, ensure_ascii=False)
    go = json.dumps(value, sort_keys=True, separators=compact, ensure_ascii=False)
    for sign, escaped in (("&", "\\u0026"), ("<", "\\u003c"), (">", "\\u003e")):
        go = go.replace(sign, escaped)
    yield "JSON was parsed and written again (Go's json.Marshal)", go
    yield "the parsed JSON was turned into text (Python's str)", str(value)


def _form(body: bytes) -> Iterator[tuple[CodeMistake, bytes]]:
    try:
        fields = parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=2000)
    except ValueError:
        return
    if fields:
        written = urlencode(fields).encode()
        yield CodeMistake("body_changed", "the form was parsed and written again", _RAW), written
        written = json.dumps(dict(fields), separators=(",", ":"), ensure_ascii=False).encode()
        yield CodeMistake("body_changed", "the form was parsed and written as JSON", _RAW), written
