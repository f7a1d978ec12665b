"""Mistakes of a form: what frameworks and quick code make of its fields before they are signed."""

import json
from collections.abc import Callable, Iterator, Sequence
from html import escape
from typing import NamedTuple
from urllib.parse import quote, quote_plus

from .model import CodeMistake

Fields = tuple[tuple[str, str], ...]
Order = Callable[[Fields], Sequence[tuple[str, str]]]
Join = Callable[[Sequence[tuple[str, str]]], str]
_RAW = "Sign the decoded fields, sorted by name."
_KEEP = "Sign the values as they were sent, decoded once."


class FieldRule(NamedTuple):
    """How a scheme puts the fields of a form in order, and how it joins them."""

    order: Order
    join: Join

    def render(self, fields: Fields) -> str:
        """The signed text of these fields."""
        return self.join(self.order(fields))


def wrong_fields(fields: Fields, body: str, rule: FieldRule) -> list[tuple[CodeMistake | None, str]]:
    """The right text of the fields, then the wrong ones, each once."""
    found: dict[str, CodeMistake | None] = {rule.render(fields): None}
    for mistake, text in (*_values(fields, rule.render), *_orders(fields, rule.join), *_forms(fields, body)):
        found.setdefault(text, mistake)
    return [(mistake, text) for text, mistake in found.items()]


def _values(fields: Fields, render: Callable[[Fields], str]) -> Iterator[tuple[CodeMistake, str]]:
    """Each value is changed."""
    changes: tuple[tuple[CodeMistake, Callable[[str], str]], ...] = (
        (CodeMistake("plus_as_blank", "pluses became blanks", "Decode the form only once."), _no_plus),
        (CodeMistake("trimmed", "values are trimmed", _KEEP), str.strip),
        (CodeMistake("percent_encoded", "values are still percent-encoded", _KEEP), _percent),
        (CodeMistake("form_encoded", "values are encoded as in a form", _KEEP), _as_form),
        (CodeMistake("list_values", "values are lists of one element (Python's parse_qs)", _KEEP), _as_list),
        (CodeMistake("charset", "the form is read as Latin-1", "Read the form as UTF-8."), _as_latin),
        (CodeMistake("emoji_lost", "characters of four bytes are lost", "Read the form as UTF-8."), _no_emoji),
        (CodeMistake("html_escaped", "values are escaped for HTML", _KEEP), _as_html),
        (CodeMistake("html_escaped", "values are escaped for HTML, but not the apostrophe", _KEEP), _as_html_only),
        (CodeMistake("line_ends", "line breaks are LF instead of CR and LF", _KEEP), _lf),
        (CodeMistake("line_ends", "line breaks are CR and LF instead of LF", _KEEP), _crlf),
        (CodeMistake("lower_case", "values are in lower case", _KEEP), str.lower),
    )
    for mistake, change in changes:
        yield mistake, render(tuple((name, change(value)) for name, value in fields))
    names = CodeMistake("field_names", "the names of fields are in lower case", "Keep the names of the fields.")
    yield names, render(tuple((name.lower(), value) for name, value in fields))
    blank = CodeMistake("blank_params_dropped", "blank fields are dropped", "Keep blank fields: they are signed, too.")
    yield blank, render(tuple(pair for pair in fields if pair[1]))
    yield from _members(fields, render)


def _members(fields: Fields, render: Callable[[Fields], str]) -> Iterator[tuple[CodeMistake, str]]:
    """Fields are added or left out."""
    first = dict(reversed(fields))
    repeats = "Use all values of a repeated field."
    yield (
        CodeMistake("first_of_repeated", "only the first value of a repeated field is used", repeats),
        (render(tuple(pair for pair in fields if first[pair[0]] == pair[1]))),
    )
    last = dict(fields)
    yield (
        CodeMistake("last_of_repeated", "only the last value of a repeated field is used", repeats),
        (render(tuple(last.items()))),
    )
    for name, value in (("_method", "POST"), ("csrfmiddlewaretoken", ""), ("format", "json")):
        words = f"the framework's own field {name} is included"
        yield CodeMistake("own_field", words, "Sign only the fields of the body."), render((*fields, (name, value)))


def _orders(fields: Fields, join: Join) -> Iterator[tuple[CodeMistake, str]]:
    """Fields in another order, and repeats that are sorted, distinct or not."""
    cure = "Sort the fields by their names, by code point."
    yield CodeMistake("not_sorted", "the fields are not sorted", cure), join(fields)
    yield (
        CodeMistake("sorted_ignoring_case", "the fields are sorted without regard to case", cure),
        (join(sorted(fields, key=lambda pair: pair[0].lower()))),
    )
    yield (
        CodeMistake("sorted_backwards", "the fields are sorted in the wrong direction", cure),
        (join(sorted(fields, reverse=True))),
    )
    repeated = "Treat the values of a repeated field as the documentation requires."
    for words, ordered in (
        ("the values of a repeated field keep their order", sorted(fields, key=lambda pair: pair[0])),
        ("the values of a repeated field are sorted", sorted(fields)),
        ("the values of a repeated field are sorted and distinct", sorted(set(fields))),
    ):
        yield CodeMistake("repeated_values", words, repeated), join(ordered)


def _forms(fields: Fields, body: str) -> Iterator[tuple[CodeMistake, str]]:
    """Something else than the fields."""
    ordered = sorted(fields)
    yield CodeMistake("body_left_out", "the fields are left out", "Add the sorted fields."), ""
    yield CodeMistake("raw_body", "the raw body is signed instead of its fields", _RAW), body
    yield CodeMistake("joined", "the fields are joined as k=v&k=v", _RAW), "&".join(f"{k}={v}" for k, v in ordered)
    yield (
        CodeMistake("joined", "the unsorted fields are joined as k=v&k=v", _RAW),
        ("&".join(f"{k}={v}" for k, v in fields)),
    )
    yield CodeMistake("joined", "the fields are joined as k=v", _RAW), "".join(f"{k}={v}" for k, v in ordered)
    yield CodeMistake("joined", "only the values are signed", _RAW), "".join(value for _, value in ordered)
    object_of = dict(fields)
    yield CodeMistake("json_of_form", "the form is written as JSON (Python's json.dumps)", _RAW), json.dumps(object_of)
    compact = json.dumps(object_of, separators=(",", ":"), ensure_ascii=False)
    yield CodeMistake("json_of_form", "the form is written as JSON (JSON.stringify)", _RAW), compact
    yield CodeMistake("object_text", "the form is an object's text, [object Object]", _RAW), "[object Object]"


def _no_plus(value: str) -> str:
    return value.replace("+", " ")


def _percent(value: str) -> str:
    return quote(value, safe="", errors="replace")


def _as_form(value: str) -> str:
    return quote_plus(value, errors="replace")


def _as_list(value: str) -> str:
    return str([value])


def _as_latin(value: str) -> str:
    return value.encode("utf-8", "replace").decode("latin-1")


def _no_emoji(value: str) -> str:
    return "".join(character for character in value if ord(character) < 0x10000)


def _as_html(value: str) -> str:
    return escape(value).replace("&#x27;", "&#39;")


def _as_html_only(value: str) -> str:
    return escape(value, quote=False)


def _lf(value: str) -> str:
    return value.replace("\r\n", "\n")


def _crlf(value: str) -> str:
    return _lf(value).replace("\n", "\r\n")
