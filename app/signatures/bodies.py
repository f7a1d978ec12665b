"""Bodies that may have been signed instead of the received one: what parsers, frameworks and proxies change.

Sources, read 2026-11-28: JSON that was parsed and written again (github.com/probot/smee-client/issues/103,
team-telnyx/telnyx-node/issues/81), a lost final newline (smee-client/issues/325), blank parameters
(twilio.com/docs/api/errors/57012), `&timestamp` read as an HTML entity (Vonage/vonage-ruby-sdk/issues/60).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from html.entities import html5
from itertools import chain, combinations, islice, product
from urllib.parse import quote_from_bytes

from .json_forms import json_forms
from .model import SignedRequest
from .reading import ByteFields, fields_of, is_form

MAX_BODIES = 200
_MAX_FORM = 6_000  # bytes and fields: the form of a message has about 1,000 and 30
_MAX_FIELDS = 80
_SHORT = 200
_BLANK = 0x20
_BLANKS_IN_PAIRS = 7
_MAX_PLUSES = 40
_MAX_LINES = 1_000_000
# Fields of an SMS that can be blank (twilio.com/docs/messaging/guides/webhook-request, read 2026-11-28).
_PLACES = tuple(f"{side}{what}".encode() for what in ("Zip", "City", "State", "Country") for side in ("From", "To"))
_CAN_BE_BLANK = (*_PLACES, b"Body", b"CallerName", b"ForwardedFrom", b"Text", b"text", b"keyword", b"ErrorCode")
_TEXTS = (b"body", b"text", b"message", b"content", b"smsbody")
_BLANK_RUN = re.compile(rb" {2,}")
_NUMBER = re.compile(rb" \d[\d ]*")
# Entities without a semicolon that begin a common parameter: &timestamp, &copy, &region, &notify, &section …
_ENTITIES = tuple(
    (html5[name], name) for name in ("times", "not", "reg", "sect", "curren", "para", "copy", "deg", "lt")
)


@dataclass(frozen=True, slots=True)
class BodyVariant:
    """A body that may have been signed. `words` complete "valid if …"."""

    cause: str
    words: str
    body: bytes


def body_variants(request: SignedRequest) -> tuple[BodyVariant, ...]:
    """The bodies that may have been signed, each once, the likely ones first. At most `MAX_BODIES`."""
    return _variants(request.body, is_form(request.raw))


@lru_cache(maxsize=4)
def _variants(body: bytes, form: bool) -> tuple[BodyVariant, ...]:
    """Cached for the secrets of a bin, each of which tries them."""
    found: dict[bytes, BodyVariant] = {}
    for variant in _all(body, form):
        if variant.body != body:
            found.setdefault(variant.body, variant)
        if len(found) == MAX_BODIES:
            break
    return tuple(found.values())


def _all(body: bytes, form: bool) -> Iterator[BodyVariant]:
    if form and len(body) <= _MAX_FORM and len(fields_of(body)) <= _MAX_FIELDS:
        yield from _entities(body)
        for cause, words, fields in _fields(fields_of(body)):
            yield BodyVariant(cause, words, write_fields(fields))
    if len(body) <= _MAX_LINES:
        yield from _lines(body)
    if not form and body.lstrip()[:1] in (b"{", b"["):
        for words, written in json_forms(body):
            yield BodyVariant("body_changed", words, written)


def _lines(body: bytes) -> Iterator[BodyVariant]:
    yield BodyVariant("trailing_newline", "the body ends with a newline", body + b"\n")
    yield BodyVariant("trailing_newline", "the body ends with CR and LF", body + b"\r\n")
    yield BodyVariant("trailing_newline", "the body has no newline at its end", body.rstrip(b"\r\n"))
    yield BodyVariant("body_changed", "the body has no blanks around it", body.strip())
    yield BodyVariant("line_ends", "the lines end with LF", body.replace(b"\r\n", b"\n"))
    yield BodyVariant("line_ends", "the lines end with CR and LF", body.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n"))
    yield BodyVariant("byte_order_mark", "the body has no byte order mark", body.removeprefix(b"\xef\xbb\xbf"))


def _entities(body: bytes) -> Iterator[BodyVariant]:
    for character, name in _ENTITIES:
        seen = character.encode()
        escaped = quote_from_bytes(seen).encode()
        if seen in body or re.search(re.escape(escaped), body, re.IGNORECASE):
            pattern = rb"(?i:%s|%s)([\w.-]*)(?:%%3[dD]|=)?" % (re.escape(escaped), re.escape(seen))
            repaired = re.sub(pattern, rb"&%s\1=" % name.encode(), body)
            yield BodyVariant("html_entity", f"“{character}” is “&{name}”, which was read as an HTML entity", repaired)


def _fields(fields: ByteFields) -> Iterator[tuple[str, str, ByteFields]]:
    """Changed fields: one kind of change, everywhere or in one field."""
    yield from _pluses(fields)
    for suffix, words in ((b"\n", "a newline"), (b" ", "a blank"), (b"\r\n", "CR and LF")):
        for at, (name, value) in enumerate(fields):
            if name.lower() in _TEXTS:
                yield "trimmed", f"{_shown(name)} ends with {words}", _put(fields, at, value + suffix)
    for at, (name, value) in enumerate(fields):
        if name.lower() in _TEXTS and value[:1] != b" ":
            yield "trimmed", f"{_shown(name)} begins with a blank", _put(fields, at, b" " + value)
    yield from _blanks(fields)
    for at, (name, _) in enumerate(fields[:40]):
        yield "body_changed", f"the field {_shown(name)} is left out", fields[:at] + fields[at + 1 :]
    yield "line_ends", "line breaks in fields are CR and LF", tuple((k, _crlf(v)) for k, v in fields)
    yield "line_ends", "line breaks in fields are LF", tuple((k, v.replace(b"\r\n", b"\n")) for k, v in fields)
    yield "charset", "the fields are in UTF-8, not read as Latin-1", tuple((k, _narrow(v)) for k, v in fields)
    yield "charset", "the fields are in Latin-1", tuple((k, _to_latin(v)) for k, v in fields)


def _blanks(fields: ByteFields) -> Iterator[tuple[str, str, ByteFields]]:
    present = {name for name, _ in fields}
    missing = [name for name in _CAN_BE_BLANK if name not in present]
    groups = [missing, missing[:8], *([name for name in missing if name.startswith(side)] for side in (b"From", b"To"))]
    chosen = [*combinations(missing, 1), *(tuple(group) for group in groups), *combinations(missing[:8], 2)]
    for names in chosen:
        words = ", ".join(map(_shown, names))
        yield "blank_params_dropped", f"the blank {words} is kept", fields + tuple((name, b"") for name in names)
    if any(not value for _, value in fields):
        yield "blank_params_dropped", "blank fields are left out", tuple(pair for pair in fields if pair[1])


def _pluses(fields: ByteFields) -> Iterator[tuple[str, str, ByteFields]]:
    """A `+` that was not escaped arrives as a blank: certain before a number, in a text one of several blanks."""
    words = "a blank that was a plus is a plus"
    plus = ("plus_as_blank", words)
    numbers = tuple((k, b"+" + v[1:] if _NUMBER.fullmatch(v) else v) for k, v in fields)
    yield "plus_as_blank", words, numbers
    between = tuple((name, re.sub(rb" ( +) ", lambda run: b" %s " % (b"+" * len(run[1])), v)) for name, v in numbers)
    yield "plus_as_blank", words, between
    runs = [(at, run.start(), run.end()) for at, (_, value) in enumerate(numbers) for run in _BLANK_RUN.finditer(value)]
    for places in islice(product(*([*range(start, end), None] for _, start, end in runs[:4])), _MAX_PLUSES):
        changed = list(numbers)
        for (at, _, _), place in zip(runs, places, strict=False):
            name, value = changed[at]
            if place is not None:
                changed[at] = (name, value[:place] + b"+" + value[place + 1 :])
        yield "plus_as_blank", words, tuple(changed)
    yield from ((*plus, changed) for changed in _single_pluses(numbers))
    if any(b" " in value for _, value in fields):
        yield "plus_as_blank", "all blanks are pluses", tuple((k, v.replace(b" ", b"+")) for k, v in fields)
    yield "plus_as_blank", "pluses are blanks", tuple((k, v.replace(b"+", b" ")) for k, v in fields)


def _single_pluses(fields: ByteFields) -> Iterator[ByteFields]:
    """One blank or two of them are pluses."""
    blanks = [(at, place) for at, (_, value) in enumerate(fields) for place, byte in enumerate(value) if byte == _BLANK]
    for places in islice(chain(combinations(blanks, 1), combinations(blanks[:_BLANKS_IN_PAIRS], 2)), _MAX_PLUSES):
        changed = list(fields)
        for at, place in places:
            name, value = changed[at]
            changed[at] = (name, value[:place] + b"+" + value[place + 1 :])
        yield tuple(changed)


def write_fields(fields: ByteFields) -> bytes:
    """Fields as a form."""
    return "&".join(f"{_escape(name)}={_escape(value)}" for name, value in fields).encode()


def _escape(value: bytes) -> str:
    return _escape_short(value) if len(value) <= _SHORT else _escape_any(value)


@lru_cache(maxsize=256)
def _escape_short(value: bytes) -> str:
    """Cached, because all variants of a form have nearly the same names and values."""
    return _escape_any(value)


def _escape_any(value: bytes) -> str:
    return quote_from_bytes(value, safe=" ").replace(" ", "+")


def _put(fields: ByteFields, at: int, value: bytes) -> ByteFields:
    return (*fields[:at], (fields[at][0], value), *fields[at + 1 :])


def _crlf(value: bytes) -> bytes:
    return value.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")


def _narrow(value: bytes) -> bytes:
    """UTF-8 that was read as Latin-1 and encoded a second time, as it was before."""
    try:
        return value.decode().encode("latin-1")
    except UnicodeError:
        return value


def _to_latin(value: bytes) -> bytes:
    return value.decode("latin-1").encode() if not value.isascii() else value


def _shown(name: bytes) -> str:
    return name.decode("utf-8", "replace")[:60]
