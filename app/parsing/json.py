"""JSON as the RFC has it: no depth without end, exact numbers, and a note where it is ambiguous or has a NaN.

Why the standard library's decoder: its hooks see repeated names and the digits of large numbers, which faster
decoders have thrown away by the time they answer.
"""

import re
from itertools import accumulate
from json import JSONDecodeError, JSONDecoder

from .bounds import MAX_DEPTH, MAX_FIELDS, MAX_PATH, MAX_VALUES, TooMuch, Unreadable
from .results import JsonValue, Pairs

_BETWEEN = re.compile(r"[ \t\r\n\x1e]*")
_NO_BRACKET = re.compile(r'"(?:[^"\\]++|\\.)*+"?|[^"\[\]{}]++', re.DOTALL)
_HALF = re.compile(r"[\ud800-\udfff]")
_MAY_HAVE_HALVES = re.compile(r"\\u[dD][89a-fA-F]")
_NESTED = (dict, list)
_INT64 = range(-(2**63), 2**64)

REPEATED = "An object has the same name twice; the last value is shown."
HALVES = "A string contains half of a surrogate pair, shown as �."
MANY = f"Only the first {MAX_FIELDS} JSON objects are parsed."
CONSTANT = "NaN and Infinity are not JSON; they are shown as strings."


def read_json(text: str) -> tuple[JsonValue, str | None]:
    """The value, and a sentence when it is shown otherwise than sent. Unreadable says why and where.

    Numbers beyond 64 bits, floats beyond a double, NaN and Infinity are kept exactly, as strings.
    """
    _check_bounds(text)
    problems: dict[str, None] = {}
    try:
        value: JsonValue = _decoder(problems).decode(text)
    except JSONDecodeError as error:
        reason = error.msg.removesuffix(" at").rstrip(": ")
        raise Unreadable(f"{reason[:1].lower()}{reason[1:]} at byte {len(text[: error.pos].encode())}") from None
    return _finished(text, value, problems)


def read_objects(text: str) -> tuple[JsonValue, str | None] | None:
    """Objects that stand one after another, as a list, and the sentence of `read_json`: JSON Lines, also called NDJSON,
    and a JSON text sequence (RFC 7464). The first `MAX_FIELDS` are read. None for everything else.
    """
    _check_bounds(text)
    problems: dict[str, None] = {}
    decoder = _decoder(problems)
    found: list[JsonValue] = []
    place = _next(text, 0)
    while text.startswith("{", place):
        if len(found) == MAX_FIELDS:
            problems[MANY] = None
            return _finished(text, found, problems)
        try:
            value, place = decoder.raw_decode(text, place)
        except JSONDecodeError:
            return None
        found.append(value)
        place = _next(text, place)
    return _finished(text, found, problems) if found and place == len(text) else None


def flatten(value: JsonValue) -> Pairs:
    """Scalars by dotted path ("data.to.0.phone"), in order, the first `MAX_FIELDS`.

    A bare scalar has no name, so it gives none. As text, null is blank, true and false are those words, and
    numbers are their digits.
    """
    pairs: list[tuple[str, str]] = []
    if isinstance(value, dict | list):
        _collect(value, "", pairs)
    return tuple(pairs)


def _collect(value: dict[str, JsonValue] | list[JsonValue], path: str, pairs: list[tuple[str, str]]) -> None:
    """Calls itself for what is nested only: a call for each scalar takes twice as long."""
    for name, child in value.items() if isinstance(value, dict) else enumerate(value):
        if len(pairs) >= MAX_FIELDS:
            return
        below = f"{path}.{name}" if path else str(name)
        if len(below) > MAX_PATH:
            continue
        if isinstance(child, str):
            if below:
                pairs.append((below, child))
        elif isinstance(child, _NESTED):
            _collect(child, below, pairs)
        elif below:
            pairs.append((below, _as_text(child)))


def _as_text(value: float | bool | None) -> str:
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else repr(value)


def _check_bounds(text: str) -> None:
    brackets = text.count("[") + text.count("{")
    if brackets + text.count(",") > MAX_VALUES:  # those inside of texts count, too: no webhook has so many
        raise TooMuch(f"it has more than {MAX_VALUES} values")
    if brackets > MAX_DEPTH and _depth(text) > MAX_DEPTH:
        raise TooMuch(f"it is nested deeper than {MAX_DEPTH} levels")


def _decoder(problems: dict[str, None]) -> JSONDecoder:
    """A decoder that adds to `problems` what it shows otherwise than sent."""

    def take(pairs: list[tuple[str, JsonValue]]) -> JsonValue:
        found = dict(pairs)
        if len(found) < len(pairs):
            problems[REPEATED] = None
        return found

    def keep(constant: str) -> str:
        problems[CONSTANT] = None
        return constant

    return JSONDecoder(object_pairs_hook=take, parse_int=_whole, parse_float=_float, parse_constant=keep)


def _finished(text: str, value: JsonValue, problems: dict[str, None]) -> tuple[JsonValue, str | None]:
    """The value without halves of surrogate pairs, and the problems in one string."""
    if _MAY_HAVE_HALVES.search(text):
        cleaned = _without_halves(value)
        if cleaned != value:
            value, problems[HALVES] = cleaned, None
    return value, " ".join(problems) or None


def _next(text: str, place: int) -> int:
    """Where the next value begins."""
    found = _BETWEEN.match(text, place)
    return found.end() if found else place


def _depth(text: str) -> int:
    """How deep brackets nest outside of strings, known before anything recurses."""
    brackets = _NO_BRACKET.sub("", text)
    return max(accumulate(1 if bracket in "[{" else -1 for bracket in brackets), default=0)


def _whole(digits: str) -> int | str:
    # The length first: the interpreter refuses to make an int of thousands of digits.
    return value if len(digits) <= 20 and (value := int(digits)) in _INT64 else digits


def _float(digits: str) -> float | str:
    value = float(digits)
    return digits if value in (float("inf"), float("-inf")) else value


def _without_halves(value: JsonValue) -> JsonValue:
    if isinstance(value, str):
        return _HALF.sub("\ufffd", value)
    if isinstance(value, list):
        return [_without_halves(item) for item in value]
    if isinstance(value, dict):
        return {_HALF.sub("\ufffd", name): _without_halves(item) for name, item in value.items()}
    return value
