"""Fields of JSON, of forms and in single values, replaced where they stand; all other characters stay as received."""

import json
import re
from urllib.parse import quote, unquote_plus

import msgspec

from ...domain.withheld import NOT_STORED
from ..bounds import MAX_FIELDS, MAX_VALUES
from .names import FieldNames, Undecidable

MAX_NESTED = 3
"""JSON in strings of JSON that is opened."""

_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*+"|[{}\[\],:]|[^\s{}\[\],:"]++')
_PLACE = json.dumps(NOT_STORED)
_IN_FORM = quote(NOT_STORED, safe="")
_PAIRS = re.compile(r"([&;])")


def in_pairs(text: str, names: FieldNames, found: set[str]) -> str:
    """A query or a form: `name=value&name=value`. Raises Undecidable. `found` gets the names that were replaced."""
    pieces = _PAIRS.split(text)
    if len(pieces) > 2 * MAX_FIELDS:
        raise Undecidable(f"it has more than {MAX_FIELDS:,} fields")
    pieces[::2] = [_in_pair(piece, names, found) for piece in pieces[::2]]
    return "".join(pieces)


def _in_pair(piece: str, names: FieldNames, found: set[str]) -> str:
    name, sign, value = piece.partition("=")
    if not sign:
        # A whole JSON or a bare word; `card:4111` has no sign of a form.
        known = names.carry(piece)
        if known is None:
            return piece
        found.add(known)
        return _IN_FORM
    known = names.find(name)
    if known is not None:
        found.add(known)
        return f"{name}={_IN_FORM}"
    if names.carry(name) is not None:
        raise Undecidable("the name of a field has a field that is not stored")
    plain = unquote_plus(value, errors="replace")
    shown = in_string(plain, names, found)
    return piece if shown == plain else f"{name}={quote(shown, safe='')}"


def in_string(text: str, names: FieldNames, found: set[str], depth: int = 0) -> str:
    """One value. JSON in it is opened; any other text with a name and the sign of a value is replaced as a whole.
    Raises Undecidable."""
    if names.mention(text) is None:
        return text
    if text.strip().lower() in names.fields:
        raise Undecidable("a value is the name of a field that is not stored, so its own value may be next to it")
    nested = in_json(text, names, found, depth + 1) if depth < MAX_NESTED else None
    if nested is not None:
        return nested
    known = names.carry(text)
    if known is None:
        return text
    found.add(known)
    return NOT_STORED


def in_json(text: str, names: FieldNames, found: set[str], depth: int = 0) -> str | None:
    """An object or a list, with everything in it, repeated names too; None: it is no JSON. Raises Undecidable."""
    if text.lstrip()[:1] not in ("{", "["):
        return None
    try:
        msgspec.json.decode(text)
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        return None
    return _JsonScan(text, names, found, depth).run()


class _JsonScan:
    """Goes through the tokens of valid JSON once. Not recursive: the depth of hostile JSON has no limit here."""

    def __init__(self, text: str, names: FieldNames, found: set[str], depth: int) -> None:
        self._text = text
        self._names = names
        self._found = found
        self._depth = depth
        self._written: list[str] = []
        self._upto = 0
        self._strings = 0

    def run(self) -> str:
        """The text with its values replaced."""
        objects: list[bool] = []
        is_key = is_withheld = False
        # While a container is replaced: where it begins, and how many containers are open in it.
        start, opened = 0, 0
        for match in _TOKEN.finditer(self._text):
            piece = match[0]
            if opened:
                opened += (piece in "{[") - (piece in "}]")
                if not opened:
                    self._replace(start, match.end(), _PLACE)
            elif piece in "{[":
                if is_withheld:
                    start, opened, is_withheld = match.start(), 1, False
                else:
                    objects.append(piece == "{")
                    is_key = piece == "{"
            elif piece in "}]":
                objects.pop()
                is_key = False
            elif piece in ",:":
                is_key = piece == "," and objects[-1]
            elif is_key:
                is_withheld = self._is_withheld(msgspec.json.decode(piece))
            else:
                self._examine(match.start(), piece, is_withheld=is_withheld)
                is_withheld = False
        return "".join([*self._written, self._text[self._upto :]])

    def _is_withheld(self, key: str) -> bool:
        known = self._names.find(key)
        if known is not None:
            self._found.add(known)
        elif self._names.carry(key) is not None:
            raise Undecidable("the name of a field has a field that is not stored")
        return known is not None

    def _examine(self, start: int, piece: str, *, is_withheld: bool) -> None:
        """A string, a number, or a word."""
        if is_withheld:
            self._replace(start, start + len(piece), _PLACE)
            return
        if piece[0] != '"':
            return
        self._strings += 1
        if self._strings > MAX_VALUES:
            raise Undecidable(f"it has more than {MAX_VALUES:,} values")
        value = msgspec.json.decode(piece)
        shown = in_string(value, self._names, self._found, self._depth)
        if shown != value:
            self._replace(start, start + len(piece), json.dumps(shown))

    def _replace(self, start: int, end: int, text: str) -> None:
        self._written += (self._text[self._upto : start], text)
        self._upto = end
