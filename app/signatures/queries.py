"""Other forms of the same query: another order, other escapes, a parameter less.

Twilio sends the parameters sorted and signs them as configured (github.com/twilio/twilio-php/issues/790), and proxies
and frameworks write escapes differently (twilio-node/issues/1059, read 2026-11-28).
"""

import re
from collections.abc import Iterator
from itertools import islice, permutations
from urllib.parse import quote, unquote

MAX_ORDERED = 5
"""The original order cannot be known; up to this many pairs, all orders are tried."""

MAX_QUERY = 4000
_MAX_MOVES = 120
_ESCAPE = re.compile(r"%[0-9A-Fa-f]{2}")
_MARKS = "'()*!~,:;@$/?[]|\"<> "


def query_edits(query: str | None) -> Iterator[tuple[str, str | None]]:
    """The causes and the changed queries; None is a URL without a query."""
    if query is None:
        yield "query_dropped", ""
        return
    yield "query_dropped", None
    if not query or len(query) > MAX_QUERY:
        return
    pairs = query.split("&")
    for order in _orders(pairs):
        yield "query_order", "&".join(order)
    for other in reescaped(query):
        yield "query_escaping", other
    if len(pairs) > 1:
        for at in range(min(len(pairs), 20)):
            yield "extra_params", "&".join(pairs[:at] + pairs[at + 1 :])


def _orders(pairs: list[str]) -> Iterator[tuple[str, ...]]:
    if len(pairs) <= MAX_ORDERED:
        yield from islice(permutations(pairs), 1, None)
        return
    yield tuple(sorted(pairs))
    yield tuple(reversed(pairs))
    for moved in islice(((at, to) for at in range(len(pairs)) for to in range(len(pairs)) if at != to), _MAX_MOVES):
        rest = pairs[: moved[0]] + pairs[moved[0] + 1 :]
        yield (*rest[: moved[1]], pairs[moved[0]], *rest[moved[1] :])


def reescaped(text: str) -> tuple[str, ...]:
    """A query or a path with other escapes, each form once, without the text itself."""
    if text.isalnum() or len(text) > MAX_QUERY:
        return ()
    return tuple(other for other in dict.fromkeys(_forms(text)) if other != text)


def _forms(text: str) -> Iterator[str]:
    """One change of the escapes after another: of one mark, of all marks, of blanks, of the case of hex digits."""
    if "%" in text:
        yield text.replace("%27", "'")
        yield text.replace("%20", "+")
        yield _ESCAPE.sub(lambda match: match[0].lower(), text)
        yield _ESCAPE.sub(lambda match: match[0].upper(), text)
        for mark in _MARKS[:-1]:
            yield re.sub(f"%{ord(mark):02x}", lambda _, mark=mark: mark, text, flags=re.IGNORECASE)  # type: ignore[misc]
        yield _ESCAPE.sub(lambda match: unquote(match[0]) if unquote(match[0]) in _MARKS[:-1] else match[0], text)
        yield _decoded(text, plus=False)
        yield _decoded(text, plus=True)
        yield _decoded(text.replace("%2B", "%252B").replace("%2b", "%252B"), plus=True)
    if "+" in text:
        yield text.replace("+", "%20")
        yield text.replace("+", "%2B")
    for mark in _MARKS:
        if mark in text:
            yield text.replace(mark, f"%{ord(mark):02X}")
    # As encodeURIComponent, as Python's quote, and as forms are written.
    for safe in ("!~*'()&=", "&=", "/&=", "*&="):
        yield quote(unquote(text), safe=safe, errors="replace")
        yield quote(unquote(text.replace("+", " ")), safe=safe + " ", errors="replace").replace(" ", "+")


def _decoded(text: str, *, plus: bool) -> str:
    """One character a byte, as a target has them."""
    return unquote(text.replace("+", " ") if plus else text, encoding="latin-1")
