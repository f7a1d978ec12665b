"""The quick parse that every capture gets: names and values, in query and body."""

import re

import msgspec

from ..domain.captures import RawRequest
from .body import LARGE, read_body
from .bounds import MAX_BYTES, MAX_FIELDS
from .charsets import guess_western
from .forms import has_semicolons, read_query, read_usual_form
from .json import flatten
from .labels import Shape, label_of
from .opening import open_form
from .repair import repair_json
from .results import JsonValue, Pairs, Parsed
from .xml import flatten_xml

_FORM = b"application/x-www-form-urlencoded"
_USUAL_LABELS = {_FORM, _FORM + b"; charset=utf-8", _FORM + b";charset=utf-8"}
# How all forms begin that are not JSON, XML, packed, in UTF-16, or behind a byte order mark (which may be escaped).
_SEMICOLON = ord(";")
_BEGINS = re.compile(rb"(?!x[\x01\x5e\x9c\xda]|%[eE][fF])[!-;=-Z\\-z|}~][\x01-\xff]")
# These are UTF-8 where they declare nothing: RFC 8259 section 8.1, XML 1.0 section 4.3.3, the URL standard's forms.
_UTF8_BY_DEFAULT = (Shape.FORM, Shape.JSON, Shape.XML)


class QuickParsed(msgspec.Struct, frozen=True, gc=False):
    """The result of a quick parse. A Struct, as all types that are created for every capture.

    `pairs`: the query's, then the body's (form fields, JSON and XML by dotted path, text parts), repeats and blanks in
    order; JSON inside of fields comes after them. `json`: the JSON, or None. `parsed`: the whole result, where the body
    had to be parsed; None for a usual form.
    `repaired`: `pairs` and `json` are the part before the JSON was cut off; `cut`: it was sent so, and not only read so
    far. `problem`: what could not be read, in one sentence. `charset_fits` is false where the bytes
    are not in `charset`, the declared one, or (None) in the one that the body has without a declaration.
    `declared` and `found` are the shapes of the label and of the body.
    """

    pairs: Pairs
    json: JsonValue = None
    parsed: Parsed | None = None
    repaired: bool = False
    cut: bool = False
    problem: str | None = None
    charset: str | None = None
    charset_fits: bool = True
    declared: Shape | None = None
    found: Shape | None = None


def parse_quickly(raw: RawRequest) -> QuickParsed:
    """Names and values of a request.

    A usual form costs microseconds, and charsets are guessed cheaply. It never raises; a body that says
    nothing, or cannot be read, leaves the query's pairs.
    """
    body = raw.body
    if not body:
        return QuickParsed(read_query(raw.target))
    if _is_usual_form(raw) and len(body) <= MAX_BYTES and _BEGINS.match(body):
        pairs, fits, has_brace = read_usual_form(body)
        # A number is found in bytes six times as fast as a byte.
        has_semicolon = _SEMICOLON in body and has_semicolons(body.decode("latin-1"))
        if fits and not has_semicolon and not (has_brace and open_form(pairs)):
            return QuickParsed(read_query(raw.target) + pairs)
    return _look_closely(raw)


def _look_closely(raw: RawRequest) -> QuickParsed:
    parsed = read_body(raw, guess_western)
    declared, found = label_of(raw).shape, _shape(parsed)
    large = LARGE in (parsed.error or "")
    repaired = _repair(parsed)
    # A text that begins with a bracket is JSON only by its label, or with a name in it.
    if repaired or (repaired is not None and declared is Shape.JSON):
        pairs = parsed.query + flatten(repaired)
        return QuickParsed(
            pairs, repaired, parsed, repaired=True, cut=not large, problem=parsed.error, declared=declared,
            found=Shape.JSON,
        )  # fmt: skip
    charset, fits = _judge_charset(parsed, found) if raw.body_complete and not large else (None, True)
    return QuickParsed(
        parsed.query + _pairs(parsed), parsed.json, parsed, problem=parsed.error, charset=charset, charset_fits=fits,
        declared=declared, found=found,
    )  # fmt: skip


def _judge_charset(parsed: Parsed, found: Shape | None) -> tuple[str | None, bool]:
    """The declared charset that the bytes are not in, or None, and whether they are in theirs."""
    charset = parsed.charset
    if charset is None or charset.misfit:
        return (charset.misfit if charset else None), charset is None
    fits = charset.note is not None or charset.source not in ("zeros", "suggested")
    return None, fits or found not in _UTF8_BY_DEFAULT


def _is_usual_form(raw: RawRequest) -> bool:
    """A form by its label, in UTF-8 and not packed."""
    values = [value for name, value in raw.headers if name.lower() in {b"content-type", b"content-encoding"}]
    return len(values) == 1 and values[0].lower() in _USUAL_LABELS


def _repair(parsed: Parsed) -> JsonValue:
    if parsed.json is None and parsed.text is not None and parsed.text.lstrip().startswith(("{", "[")):
        return repair_json(parsed.text)
    return None


def _shape(parsed: Parsed) -> Shape | None:
    """JSON is last: it may also be in the fields of a form, or in parts."""
    if parsed.form is not None:
        return Shape.FORM
    if parsed.parts is not None:
        return Shape.MULTIPART
    if parsed.xml is not None:
        return Shape.XML
    return Shape.JSON if parsed.is_json else None


def _pairs(parsed: Parsed) -> Pairs:
    if parsed.xml is not None:
        return flatten_xml(parsed.xml)
    parts = [part for part in parsed.parts or () if part.filename is None]
    pairs = parsed.form or tuple((part.name or "", part.text) for part in parts if part.text is not None)
    return (pairs + flatten(parsed.json))[:MAX_FIELDS]
