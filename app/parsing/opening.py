"""Documents inside of documents: JSON in a field of a form, in a string of JSON, in a JSON Web Token.

One level is opened, never two. What looks like a document and is none stays as it is, without a problem.
"""

import binascii
import re
from base64 import urlsafe_b64decode
from collections.abc import Sequence

from .bounds import Unreadable
from .json import read_json
from .results import JsonValue

TWICE = "The JSON is a string that contains JSON; the inner JSON is shown."
SIGNED = "The body is a JSON Web Token: its payload is shown as JSON, and its signature is not verified."

# Fields that senders use for a whole document, without `_` and `-`. A field of another name is opened only if it is
# the only one: JSON that a customer writes into a text is a text.
_CARRIERS = frozenset({"payload", "data", "event", "events", "json", "jsondata", "jsonpayload", "notification"})
_TOKEN = re.compile(r"\s*(ey[\w-]+)\.([\w-]+)\.[\w-]*\s*", re.ASCII)
_SHOWN = 80


def open_fields(fields: Sequence[tuple[str, JsonValue]]) -> dict[str, JsonValue]:
    """The JSON objects, and lists of them, that fields contain as text, by name; for a repeated name, as a list."""
    found: dict[str, list[JsonValue]] = {}
    for name, value in fields:
        if isinstance(value, str) and value.lstrip()[:1] in ("{", "[") and (len(fields) == 1 or _is_carrier(name)):
            document = _read_document(value)
            if document is not None:
                found.setdefault(name, []).append(document)
    return {name: documents[0] if len(documents) == 1 else documents for name, documents in found.items()}


def open_json(value: JsonValue) -> tuple[JsonValue, tuple[str, ...]]:
    """A JSON value with the documents of its strings in their places, and a sentence about each of them."""
    if isinstance(value, str):
        document = _read_document(value)
        return (value, ()) if document is None else (document, (TWICE,))
    opened = open_fields(tuple(value.items())) if isinstance(value, dict) else None
    if not opened or not isinstance(value, dict):
        return value, ()
    return {**value, **opened}, tuple(note_of("JSON field", name) for name in opened)


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


def _read_document(text: str) -> JsonValue:
    """A JSON object or a list of objects; None for everything else."""
    try:
        value, _ = read_json(text.strip())
    except Unreadable:
        return None
    if isinstance(value, dict):
        return value
    return value if isinstance(value, list) and value and all(isinstance(item, dict) for item in value) else None


def _read_part(part: str) -> JsonValue:
    try:
        return read_json(urlsafe_b64decode(part + "=" * (-len(part) % 4)).decode())[0]
    except (binascii.Error, UnicodeDecodeError, Unreadable):
        return None
