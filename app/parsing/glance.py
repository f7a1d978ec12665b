"""The quick look that every capture gets before it is answered: names and values, wherever they stand."""

from dataclasses import dataclass

from ..domain.captures import RawRequest
from .body import read_body
from .bounds import MAX_BYTES
from .charsets import guess_western
from .forms import read_form, read_query
from .json import flatten
from .mending import mend_json
from .results import JsonValue, Pairs, Parsed

_FORM = b"application/x-www-form-urlencoded"
_USUAL_LABELS = {_FORM, _FORM + b"; charset=utf-8", _FORM + b";charset=utf-8"}
_STRUCTURED = (b"{", b"[", b"<")


@dataclass(frozen=True, slots=True)
class Look:
    """What a quick look found.

    `pairs`: the query's, then the body's (form fields, JSON by dotted path, text parts), repeats and blanks in order.
    `json`: the JSON body, or None. `parsed`: the whole view, where it had to be made; None for a usual form.
    `mended`: the JSON ended early, and `pairs` and `json` are what stood there before. `problem`: what could not be
    read, in one sentence.
    """

    pairs: Pairs
    json: JsonValue = None
    parsed: Parsed | None = None
    mended: bool = False
    problem: str | None = None


def look(raw: RawRequest) -> Look:
    """Names and values of a request.

    A usual form costs microseconds, and charsets are guessed cheaply. It never raises; a body that says
    nothing, or cannot be read, leaves the query's pairs.
    """
    body = raw.body
    if not body:
        return Look(read_query(raw.target))
    if _is_usual_form(raw) and len(body) <= MAX_BYTES and not body.lstrip().startswith(_STRUCTURED):
        return Look(read_query(raw.target) + read_form(body))
    parsed = read_body(raw, guess_western)
    if parsed.json is None and parsed.text is not None and parsed.text.lstrip().startswith(("{", "[")):
        mended = mend_json(parsed.text)
        if mended is not None:
            pairs = parsed.query + flatten(mended)
            return Look(pairs, mended, parsed, mended=True, problem=parsed.error)
    return Look(parsed.query + _pairs(parsed), parsed.json, parsed, problem=parsed.error)


def _is_usual_form(raw: RawRequest) -> bool:
    """A form by its label, in UTF-8 and not packed."""
    said = [value for name, value in raw.headers if name.lower() in {b"content-type", b"content-encoding"}]
    return len(said) == 1 and said[0].lower() in _USUAL_LABELS


def _pairs(parsed: Parsed) -> Pairs:
    if parsed.json is not None:
        return flatten(parsed.json)
    parts = [part for part in parsed.parts or () if part.filename is None]
    return parsed.form or tuple((part.name or "", part.text) for part in parts if part.text is not None)
