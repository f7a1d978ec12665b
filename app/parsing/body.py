"""The whole parse of a request: unpack, decode, then find the shape of the content, whatever its label."""

from collections.abc import Iterator
from dataclasses import replace

import msgspec

from ..domain.captures import RawRequest
from .bounds import MAX_BYTES, MAX_FIELDS, TooMuch, Unreadable
from .charsets import Guess, decode, find_xml_charset, guess_well
from .forms import has_too_many, looks_like_form, read_form, read_query, unescape
from .json import read_json
from .labels import Label, Shape, label_of
from .multipart import read_parts
from .results import Parsed
from .unpacking import unpack
from .xml import read_xml

LARGE = f"Only the first {MAX_BYTES // 1024} KiB of the body is parsed; the full body is stored."
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
    parsed = Parsed(query=read_query(raw.target))
    if has_too_many(raw.target.partition("?")[2]):
        parsed = _add(parsed, MANY)
    body, problem = unpack(raw)
    parsed = _add(parsed, problem)
    if not body:
        return parsed
    cut = len(body) > MAX_BYTES
    if cut:
        parsed, body = _add(parsed, LARGE), body[:MAX_BYTES]
    label = label_of(raw)
    declared = label.parameters.get("charset") or find_xml_charset(body)
    content = _Content(body, label, declared, guess, cut)
    whole = raw.body_complete and not cut
    decoded = decode(body, declared, None if label.is_binary else guess, whole=whole)
    if decoded:
        parsed = replace(parsed, text=decoded[0], charset=decoded[1])
    return _judge(content, parsed, complete=raw.body_complete)


def _judge(content: _Content, parsed: Parsed, *, complete: bool) -> Parsed:
    """The first reading that fits; without one, why the labelled one does not."""
    declared = content.label.shape
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
                reason = reason or f"The Content-Type says the body is {shape}, but it is not: {problem}."
    return _add(parsed, reason)


def _candidates(content: _Content, text: str | None) -> Iterator[Shape]:
    """The label's shape first, then those the text looks like. A labelled form is last: all fits it."""
    declared = content.label.shape
    structured = text is not None and not content.cut  # half a document is none
    first = text.lstrip()[:1] if text is not None else ""
    looks = {
        Shape.MULTIPART: declared is Shape.MULTIPART,
        Shape.JSON: structured and (first in {"{", "["} or declared is Shape.JSON),
        Shape.XML: structured and (first == "<" or declared is Shape.XML) and content.label.type != "text/html",
        Shape.FORM: declared is Shape.FORM or (text is not None and looks_like_form(text)),
    }
    fitting = [shape for shape, fits in looks.items() if fits]
    yield from sorted(fitting, key=lambda shape: shape is not declared or shape is Shape.FORM)


def _with_form(content: _Content, parsed: Parsed) -> Parsed:
    body, charset = content.body, parsed.charset
    if charset and parsed.text is not None and charset.name.startswith(("utf-16", "utf-32")):
        body = parsed.text.encode()  # the signs between the fields are wide, too
        form = read_form(body)
    else:
        # The bytes behind the percent signs are the text; the form around them is ASCII and says nothing.
        decoded = decode(unescape(body), content.declared, content.guess)
        charset = decoded[1] if decoded else charset
        form = read_form(body, charset.name if decoded and charset else None)
    parsed = _add(parsed, MANY if has_too_many(body.decode("latin-1")) else None)
    return replace(parsed, form=form, charset=charset)


def _with_json(_content: _Content, parsed: Parsed) -> Parsed:
    value, problem = read_json(parsed.text or "")
    return replace(_add(parsed, problem), is_json=True, json=value)


def _with_xml(_content: _Content, parsed: Parsed) -> Parsed:
    return replace(parsed, xml=read_xml(parsed.text or ""))


def _with_parts(content: _Content, parsed: Parsed) -> Parsed:
    parts, problem = read_parts(content.body, content.label)
    return replace(_add(parsed, problem), parts=parts)


_READERS = {
    Shape.FORM: _with_form,
    Shape.JSON: _with_json,
    Shape.XML: _with_xml,
    Shape.MULTIPART: _with_parts,
}


def _add(parsed: Parsed, problem: str | None) -> Parsed:
    """One more problem, after the earlier ones."""
    if problem is None or parsed.error == problem:
        return parsed
    return replace(parsed, error=f"{parsed.error} {problem}" if parsed.error else problem)
