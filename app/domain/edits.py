"""Changes of a request before it is sent again. What is not changed stays as received, byte for byte."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from urllib.parse import quote_plus, unquote_plus

from msgspec import structs

from ..errors import Invalid
from .captures import RawRequest, write_lines
from .curl import SECRET_HEADERS
from .replays import is_replaced

# What a form for changes has: fields, characters of a value, and characters of a body.
MOST_FIELDS = 60
MOST_VALUE = 2_000
MOST_BODY = 32_000
# What a list of changes has: lines, and characters of a line.
MOST_LINES = 400
LINE = 1_000

_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_LINE_BREAK = re.compile(r"\r\n|\r|\n")
_VALUE = re.compile(r"[^\x00-\x08\x0a-\x1f\x7f]*")


@dataclass(frozen=True, slots=True, kw_only=True)
class EditableField:
    """A field of the query or of a form; `key` is its place, "query.0" or "form.3"."""

    key: str
    name: str
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestEdit:
    """`fields`: new values by key. `headers`: all headers, except credentials and those of the connection. `body`: a
    whole new body. `ids`: new message ids by old ones. None or empty: as received."""

    fields: Mapping[str, str] = field(default_factory=dict)
    headers: tuple[tuple[str, str], ...] | None = None
    body: str | None = None
    ids: Mapping[str, str] = field(default_factory=dict)


def editable_fields(raw: RawRequest, *, is_form: bool) -> tuple[EditableField, ...]:
    """The first fields of the query and, if the body `is_form`, of the body; long values are left out."""
    found = [
        EditableField(key=f"{where}.{place}", name=unquote_plus(name), value=unquote_plus(value))
        for where, text in (("query", _query_of(raw)), ("form", raw.body.decode("latin-1") if is_form else ""))
        for place, piece in enumerate(text.split("&"))
        if piece
        for name, _, value in (piece.partition("="),)
    ]
    return tuple(field for field in found if len(field.value) <= MOST_VALUE and "\0" not in field.value)[:MOST_FIELDS]


def editable_headers(raw: RawRequest) -> str:
    """The headers that may be changed, a line each."""
    return "\n".join(
        f"{name.decode('latin-1')}: {value.decode('latin-1')}" for name, value in raw.headers if not _is_kept(name)
    )


def editable_body(raw: RawRequest) -> str | None:
    """The body as text; None if it is empty, large, packed, or no text."""
    if not raw.body or raw.header(b"content-encoding"):
        return None
    try:
        text = raw.body.decode()
    except UnicodeDecodeError:
        return None
    return text if len(text) <= MOST_BODY and "\0" not in text else None


def read_header_lines(text: str) -> tuple[tuple[str, str], ...]:
    """Names and values of header lines. Invalid says which line is wrong."""
    lines = [line for line in _LINE_BREAK.split(text) if line.strip()]
    # A line without a colon has a name that no header has.
    pairs = (line.partition(":") for line in lines)
    return checked_headers((name if colon else "", value) for name, colon, value in pairs)


def checked_headers(headers: Iterable[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    """Names and values, without the blanks around a value. Invalid: one of them cannot be a header."""
    found = []
    for number, (name, value) in enumerate(headers, start=1):
        if not _TOKEN.fullmatch(name) or not _VALUE.fullmatch(value) or not _is_latin(value):
            raise Invalid(("headers", f"must have a name, a colon and a value in line {number}"))
        found.append((name, value.strip(" \t")))
    return tuple(found)


def edited(raw: RawRequest, edit: RequestEdit) -> RawRequest:
    """The request with the changes. Invalid: it does not contain a message id that is to be replaced."""
    target, body = _with_fields(raw.target, raw.body, edit.fields)
    if edit.body is not None:
        body = _like(raw.body, edit.body)
    for old, new in edit.ids.items():
        path, mark, query = target.partition("?")
        pattern = _id_pattern(old)
        # No new id has a backslash that the old one has not, but a replacement of a pattern is no plain text.
        written = new.replace("\\", r"\\")
        query, in_query = pattern.subn(written, query)
        text, in_body = pattern.subn(written, body.decode("latin-1"))
        if not in_query + in_body:
            raise Invalid(("new_message_id", "cannot be set, because the request does not contain its id literally"))
        target, body = path + mark + query, text.encode("latin-1")
    return structs.replace(raw, target=target, head=_head(raw, edit), body=body)


def changes(raw: RawRequest, new: RawRequest) -> tuple[tuple[str, str], ...]:
    """The lines that differ, each with "−" (as received) or "+" (as it will be sent). Credentials are not shown."""
    one, other = _lines(raw), _lines(new)
    found: list[tuple[str, str]] = []
    for tag, start, end, first, last in SequenceMatcher(None, one, other, autojunk=False).get_opcodes():
        if tag != "equal":
            found += [("−", line) for line in one[start:end]]
            found += [("+", line) for line in other[first:last]]
    return tuple(found)


def _with_fields(target: str, body: bytes, values: Mapping[str, str]) -> tuple[str, bytes]:
    path, mark, query = target.partition("?")
    query = _replaced(query, "query", values)
    if any(key.startswith("form.") for key in values):
        body = _replaced(body.decode("latin-1"), "form", values).encode("latin-1")
    return path + mark + query, body


def _replaced(text: str, where: str, values: Mapping[str, str]) -> str:
    pieces = text.split("&")
    for place, piece in enumerate(pieces):
        value = values.get(f"{where}.{place}")
        if value is not None:
            pieces[place] = f"{piece.partition('=')[0]}={quote_plus(value, errors='replace')}"
    return "&".join(pieces)


def _head(raw: RawRequest, edit: RequestEdit) -> bytes:
    if edit.headers is None:
        return raw.head
    given = {name.lower().encode("latin-1") for name, _ in edit.headers}
    kept = [(name, value) for name, value in raw.headers if _is_kept(name) and name.lower() not in given]
    return write_lines([*kept, *((name.encode("latin-1"), value.encode("latin-1")) for name, value in edit.headers)])


def _is_kept(name: bytes) -> bool:
    """Whether a header is none that a form for changes shows."""
    return name.lower() in SECRET_HEADERS or is_replaced(name)


def _like(old: bytes, text: str) -> bytes:
    """A text with the line breaks of the body before: a browser sends each as CR LF."""
    return text.replace("\r\n", "\n").replace("\n", "\r\n" if b"\r\n" in old else "\n").encode("utf-8", "replace")


def _id_pattern(id: str) -> re.Pattern[str]:
    spellings = "|".join(re.escape(each) for each in dict.fromkeys((id, quote_plus(id))))
    return re.compile(f"(?<![0-9A-Za-z])(?:{spellings})(?![0-9A-Za-z])")


def _query_of(raw: RawRequest) -> str:
    return raw.target.partition("?")[2]


def _is_latin(text: str) -> bool:
    return all(ord(character) < 256 for character in text)


def _lines(raw: RawRequest) -> list[str]:
    body = raw.body.decode("utf-8", "replace")
    parts: Iterable[str] = body.splitlines() if "\n" in body else body.replace("&", "&\n").splitlines()
    lines = [f"{raw.method} {raw.target}", *editable_headers(raw).splitlines(), "", *parts]
    return [line[:LINE] for line in lines[:MOST_LINES]]
