"""The whole parse of a request: unpack, decode, then find the shape of the content, whatever its label."""

from collections.abc import Iterator

import msgspec
from msgspec.structs import replace

from ..domain.captures import RawRequest
from .bounds import MAX_BYTES, MAX_FIELDS, TooMuch, Unreadable
from .charsets import Guess, decode, decode_by_zeros, find_xml_charset, guess_well
from .forms import has_semicolons, has_too_many, looks_like_form, read_form, read_query, unescape, without_mark
from .json import read_json, read_objects
from .labels import Label, Shape, label_of, read_label
from .multipart import read_parts
from .opening import SIGNED, InnerJson, open_fields, open_form, open_json, open_token
from .results import Parsed
from .unpacking import unpack, unpack_unnamed
from .xml import read_xml

MARK = "A byte order mark stands before the name of the first field; it is left out."
SEVERAL = "The body has several JSON objects one after another (JSON Lines); they are shown as a list."
SEMICOLONS = "The fields of the {} are separated by semicolons."
LARGE = f"Only the first {MAX_BYTES // 1024} KiB of the body is parsed; the full body is stored."
LARGE_INCOMPLETE = f"Only the first {MAX_BYTES // 1024} KiB of the body is parsed; the stored body is incomplete."
MANY = f"Only the first {MAX_FIELDS} fields are parsed."


class _Content(msgspec.Struct, frozen=True):
    """An unpacked body, at most `MAX_BYTES`. `cut`: it was longer."""

    body: bytes
    label: Label
    declared: str | None
    guess: Guess
    cut: bool


def parse(raw: RawRequest) -> Parsed:
    """Everything that can be read in a request. It never raises; what went wrong is in `error`."""
    return read_body(raw, guess_well)


def read_body(raw: RawRequest, guess: Guess) -> Parsed:
    """`parse` with a guess of the charset to choose: a good one, or one that costs nothing."""
    parsed = _with_query(raw.target)
    body, problem = unpack(raw)
    parsed = _add(parsed, problem)
    body, problem, note = unpack_unnamed(body)
    parsed = _add(parsed, problem, note)
    if not body:
        return parsed
    cut = len(body) > MAX_BYTES
    if cut:
        parsed, body = _add(parsed, LARGE if raw.body_complete else LARGE_INCOMPLETE), body[:MAX_BYTES]
    label = label_of(raw)
    declared = label.parameters.get("charset") or find_xml_charset(body)
    content = _Content(body, label, declared, guess, cut)
    whole = raw.body_complete and not cut
    decoded = None if label.is_binary else decode_by_zeros(body, declared, whole=whole)
    decoded = decoded or decode(body, declared, None if label.is_binary else guess, whole=whole)
    if decoded:
        parsed = replace(parsed, text=decoded[0], charset=decoded[1])
    return _judge(content, parsed, complete=raw.body_complete)


def _with_query(target: str) -> Parsed:
    parsed = Parsed(query=read_query(target))
    query = target.partition("?")[2]
    if has_semicolons(query):
        parsed, query = _add(parsed, None, SEMICOLONS.format("query")), query.replace(";", "&")
    return _add(parsed, MANY if has_too_many(query) else None)


def _judge(content: _Content, parsed: Parsed, *, complete: bool) -> Parsed:
    """The first reading that fits; without one, why the labelled one does not."""
    declared, promise = content.label.shape, content.label.promise
    reason = None
    for shape in _candidates(content, parsed.text):
        try:
            return _READERS[shape](content, parsed)
        except TooMuch as problem:
            return _add(parsed, f"The body is not parsed as {shape}: {problem}.")
        except Unreadable as problem:
            if not complete:
                reason = reason or f"The body is incomplete, so its {shape} ends early."
            elif shape is declared:
                reason = reason or f"The Content-Type says the body is {promise}, but it is not: {problem}."
    if parsed.text is None and promise and not reason:
        reason = f"The Content-Type says the body is {promise}, but its bytes are not text."
    return _add(parsed, reason)


def _candidates(content: _Content, text: str | None) -> Iterator[Shape]:
    """The label's shape first, then those the text looks like. A labelled form is last: all fits it."""
    declared = content.label.shape
    structured = text is not None and not content.cut  # half a document is none
    first = text.lstrip()[:1] if text is not None else ""
    looks = {
        Shape.MULTIPART: declared is Shape.MULTIPART,
        Shape.JSON: structured and (first in {"{", "["} or declared is Shape.JSON or _is_token(content, text)),
        Shape.XML: structured and (declared is Shape.XML or (first == "<" and not _is_page(content, text))),
        Shape.FORM: declared is Shape.FORM or (text is not None and looks_like_form(text)),
    }
    fitting = [shape for shape, fits in looks.items() if fits]
    yield from sorted(fitting, key=lambda shape: shape is not declared or shape is Shape.FORM)


def _is_page(content: _Content, text: str | None) -> bool:
    """HTML has no fields, even if it is well-formed."""
    return content.label.type == "text/html" or (text or "").lstrip()[:5].lower() == "<html"


def _is_token(content: _Content, text: str | None) -> bool:
    """Everything under the label of a form is a form."""
    return content.label.shape is not Shape.FORM and open_token(text or "") is not None


def _with_form(content: _Content, parsed: Parsed) -> Parsed:
    if parsed.text is None:
        raise Unreadable("its bytes are not text")
    body, charset = content.body, parsed.charset
    wide = parsed.text is not None and charset is not None and charset.name.startswith(("utf-16", "utf-32"))
    if wide:
        body = (parsed.text or "").encode()  # the signs between the fields are wide, too
    text = body.decode("latin-1")
    if has_semicolons(text):
        parsed, text = _add(parsed, None, SEMICOLONS.format("form")), text.replace(";", "&")
        body = text.encode("latin-1")
    if wide:
        form = read_form(body)
    else:
        # The bytes behind the percent signs are the text; the form around them is ASCII and says nothing.
        decoded = decode(unescape(body), content.declared, content.guess)
        charset = decoded[1] if decoded else charset
        form = read_form(body, charset.name if decoded and charset else None)
    pairs = without_mark(form)
    parsed = _add(parsed, MANY if has_too_many(text) else None, MARK if pairs != form else None)
    return _with_opened(replace(parsed, form=pairs, charset=charset), open_form(pairs))


def _with_json(content: _Content, parsed: Parsed) -> Parsed:
    text = parsed.text or ""
    token = open_token(text)
    if token is not None:
        return _with_opened(parsed, InnerJson(token, None, (SIGNED,)))
    if content.label.is_token:
        raise Unreadable("it is not three parts in base64url, with JSON in the first two")
    try:
        value, problem = read_json(text)
    except TooMuch:
        raise
    except Unreadable:
        several = read_objects(text)
        if several is None:
            raise
        return _with_opened(parsed, InnerJson(*several, (SEVERAL,)))
    return _with_opened(_add(parsed, problem), open_json(value))


def _with_xml(_content: _Content, parsed: Parsed) -> Parsed:
    return replace(parsed, xml=read_xml(parsed.text or ""))


def _with_parts(content: _Content, parsed: Parsed) -> Parsed:
    parts, problem = read_parts(content.body, content.label)
    parsed = replace(_add(parsed, problem), parts=parts)
    texts = [part for part in parts if part.text is not None]
    labelled = {part.name or "" for part in texts if read_label(part.content_type or "").shape is Shape.JSON}
    return _with_opened(parsed, open_fields([(part.name or "", part.text) for part in texts], "part", labelled))


def _with_opened(parsed: Parsed, opened: InnerJson | None) -> Parsed:
    """With the JSON of the body, or with that in its fields, if there is any."""
    if opened is None:
        return parsed
    return replace(_add(parsed, opened.problem, *opened.notes), is_json=True, json=opened.json)


_READERS = {
    Shape.FORM: _with_form,
    Shape.JSON: _with_json,
    Shape.XML: _with_xml,
    Shape.MULTIPART: _with_parts,
}


def _add(parsed: Parsed, problem: str | None = None, *notes: str | None) -> Parsed:
    """One more problem, after the earlier ones, and more notes."""
    more = tuple(note for note in notes if note)
    if problem is None or parsed.error == problem:
        return replace(parsed, notes=parsed.notes + more) if more else parsed
    error = f"{parsed.error} {problem}" if parsed.error else problem
    return replace(parsed, error=error, notes=parsed.notes + more)
