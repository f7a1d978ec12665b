"""Documents inside of documents: JSON in a field of a form, in a string of JSON, in a JSON Web Token.

One level is opened, never two. What looks like a document and is none stays as it is, without a problem.
"""

import binascii
import re
from base64 import urlsafe_b64decode
from collections.abc import Container, Sequence
from typing import NamedTuple, cast

from .bounds import Unreadable
from .json import read_json
from .results import JsonValue, Pairs

TWICE = "The JSON is a string that contains JSON; the inner JSON is shown."
NAMELESS = "The form is one name without a value, which is JSON; it is shown as JSON."
SIGNED = "The body is a JSON Web Token: its payload is shown as JSON, and its signature is not verified."

# Fields that senders use for a whole document, without `_` and `-`. A field of another name is opened only if it is
# the only one: JSON that a customer writes into a text is a text.
_CARRIERS = frozenset({"payload", "data", "event", "events", "json", "jsondata", "jsonpayload", "notification"})
_TOKEN = re.compile(r"\s*(ey[\w-]+)\.([\w-]+)\.[\w-]*\s*", re.ASCII)
_SHOWN = 80


class InnerJson(NamedTuple):
    """The JSON that was inside, the sentence of `read_json` about it, and a sentence about each opened thing."""

    json: JsonValue
    problem: str | None
    notes: tuple[str, ...]


def open_form(pairs: Pairs) -> InnerJson | None:
    """The JSON in the fields of a form, by name, or that of a form which is nothing but escaped JSON. None: none."""
    if len(pairs) == 1 and not pairs[0][1] and (document := _read_document(pairs[0][0])):
        return InnerJson(*document, (NAMELESS,))
    return open_fields(pairs, "form field")


def open_fields(fields: Sequence[tuple[str, JsonValue]], what: str, labelled: Container[str] = ()) -> InnerJson | None:
    """The JSON objects, and lists of them, that fields contain as text, by name; for a repeated name, as a list.

    `labelled`: the names of fields whose own label says that they are JSON. None: there is none.
    """
    found: dict[str, list[JsonValue]] = {}
    problems: dict[str, None] = {}
    for name, value in fields:
        if isinstance(value, str) and (len(fields) == 1 or name in labelled or _is_carrier(name)):
            document, problem = _read_document(value) or (None, None)
            if document is not None:
                found.setdefault(name, []).append(document)
            if problem:
                problems[problem] = None
    if not found:
        return None
    json: JsonValue = {name: documents[0] if len(documents) == 1 else documents for name, documents in found.items()}
    return InnerJson(json, " ".join(problems) or None, tuple(note_of(what, name) for name in found))


def open_json(value: JsonValue) -> InnerJson:
    """A JSON value with the documents of its strings in their places."""
    if isinstance(value, str) and (document := _read_document(value)):
        return InnerJson(*document, (TWICE,))
    if isinstance(value, dict) and (opened := open_fields(tuple(value.items()), "JSON field")):
        return opened._replace(json={**value, **cast("dict[str, JsonValue]", opened.json)})
    return InnerJson(value, None, ())


def open_token(text: str) -> dict[str, JsonValue] | None:
    """The payload of a JSON Web Token in its compact form (RFC 7519, section 3); None for any other text."""
    token = _TOKEN.fullmatch(text)
    if token is None:
        return None
    header, payload = (_read_part(part) for part in token.groups())
    return payload if isinstance(header, dict) and "alg" in header and isinstance(payload, dict) else None


def note_of(what: str, name: str) -> str:
    """The sentence about an opened field; its name is captured, so it is cut and has no invisible characters."""
    shown = "".join(letter if letter.isprintable() else "�" for letter in name[:_SHOWN])
    return f"The {what} “{shown}{'…' if len(name) > _SHOWN else ''}” contains JSON as text; it is shown as JSON."


def _is_carrier(name: str) -> bool:
    return name.lower().replace("_", "").replace("-", "") in _CARRIERS


def _read_document(text: str) -> tuple[JsonValue, str | None] | None:
    """A JSON object or a list of objects, and the sentence of `read_json`; None for everything else."""
    text = text.strip()
    if not text.startswith(("{", "[")):
        return None
    try:
        value, problem = read_json(text)
    except Unreadable:
        return None
    items = value if isinstance(value, list) else [value]
    return (value, problem) if items and all(isinstance(item, dict) for item in items) else None


def _read_part(part: str) -> JsonValue:
    try:
        return read_json(urlsafe_b64decode(part + "=" * (-len(part) % 4)).decode())[0]
    except (binascii.Error, UnicodeDecodeError, Unreadable):
        return None
