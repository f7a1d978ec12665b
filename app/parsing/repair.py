"""JSON that ends early, because a sender hung up or a gateway has a limit: the part before the cut.

Only the end is repaired, by closing what is open; an error in the middle stays one.
"""

import re

from .bounds import MAX_BYTES, MAX_DEPTH, MAX_VALUES, TooMuch, Unreadable
from .json import read_json, read_objects
from .results import JsonValue

_TOKEN = re.compile(r'"(?:[^"\\]++|\\.)*+"?|[\[\]{},]', re.DOTALL)
_WHOLE_TEXT = re.compile(r'"(?:[^"\\]++|\\.)*+"', re.DOTALL)
_HALF_ESCAPE = re.compile(r"\\(?:u[0-9a-fA-F]{0,3})?\Z")
_CLOSES = {"{": "}", "[": "]"}


def read_cut_json(text: str) -> JsonValue:
    """JSON, whole or cut; None when it is neither."""
    try:
        return read_json(text)[0]
    except Unreadable:
        return repair_json(text)


def repair_json(text: str) -> JsonValue:
    """The value with its open texts and brackets closed and a half value left out; None when that is no JSON."""
    if len(text) > MAX_BYTES:
        return None
    text = _HALF_ESCAPE.sub("", text)
    return next((value for value in map(_read, _ends(text)) if value is not None), None)


def _read(text: str) -> JsonValue:
    """One value, or the list of several objects one after another."""
    try:
        return read_json(text)[0]
    except TooMuch:
        return None
    except Unreadable:
        several = read_objects(text)
        return several[0] if several else None


def _ends(text: str) -> tuple[str, ...]:
    """The text closed where it ends, and closed at the last place where everything before it is whole."""
    open_now: list[str] = []
    whole, closing = 0, ""
    last = ""
    commas = 0
    for match in _TOKEN.finditer(text):
        last = match[0]
        if last in _CLOSES:
            open_now.append(_CLOSES[last])
            whole, closing = match.end(), "".join(reversed(open_now))
        elif last == ",":
            commas += 1
            whole, closing = match.start(), "".join(reversed(open_now))
        elif last in "}]" and (not open_now or open_now.pop() != last):
            return ()
        # More than is read of whole JSON, too.
        if len(open_now) > MAX_DEPTH or commas > MAX_VALUES:
            return ()
    if not open_now and last in ("]", "}"):
        return ()  # nothing is open, so nothing was cut: what follows is a mistake
    quote = '"' if last.startswith('"') and not _WHOLE_TEXT.fullmatch(last) else ""
    return text + quote + "".join(reversed(open_now)), text[:whole] + closing
