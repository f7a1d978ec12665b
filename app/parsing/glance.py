"""The quick look that every capture gets before it is answered: names and values, wherever they stand."""

from ..domain.captures import RawRequest
from .body import read_body
from .bounds import MAX_BYTES
from .charsets import guess_western
from .forms import read_form, read_query
from .json import flatten
from .results import Pairs, Parsed

_FORM = b"application/x-www-form-urlencoded"
_USUAL_LABELS = {_FORM, _FORM + b"; charset=utf-8", _FORM + b";charset=utf-8"}
_STRUCTURED = (b"{", b"[", b"<")


def fields(raw: RawRequest) -> Pairs:
    """The pairs of the query, then those of the body: form fields, JSON by dotted path, text parts.

    A usual form costs microseconds, and charsets are guessed cheaply. It never raises; a body that says
    nothing, or cannot be read, leaves the query's pairs.
    """
    body = raw.body
    if not body:
        return read_query(raw.target)
    if _is_usual_form(raw) and len(body) <= MAX_BYTES and not body.lstrip().startswith(_STRUCTURED):
        return read_query(raw.target) + read_form(body)
    parsed = read_body(raw, guess_western)
    return parsed.query + _pairs(parsed)


def _is_usual_form(raw: RawRequest) -> bool:
    """A form by its label, in UTF-8 and not packed."""
    said = [value for name, value in raw.headers if name.lower() in {b"content-type", b"content-encoding"}]
    return len(said) == 1 and said[0].lower() in _USUAL_LABELS


def _pairs(parsed: Parsed) -> Pairs:
    if parsed.is_json:
        return flatten(parsed.json)
    parts = [part for part in parsed.parts or () if part.filename is None]
    return parsed.form or tuple((part.name or "", part.text) for part in parts if part.text is not None)
