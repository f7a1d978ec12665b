"""Text with its invisible characters marked, so that a difference of one of them can be seen."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

MOST_SHOWN = 4_000
"""Characters of one text; the rest is counted."""

_UNSEEN = re.compile(
    "[\\x00-\\x20\\x7f-\\xa0\\xad\\u061c\\u180e\\u2000-\\u200f\\u2028-\\u202f\\u205f-\\u206f\\u3000\\ufe00-\\ufe0f\\ufeff"
    "\\udc80-\\udcff\\U000e0000-\\U000e007f]"
)
_SIGNS = {" ": "·", "\t": "→", "\n": "↵\n", "\r": "␍"}
_NAMES = {" ": "space", "\t": "tab", "\n": "line feed", "\r": "carriage return"}


@dataclass(frozen=True, slots=True)
class VisiblePiece:
    """A run of visible characters; or, with a `name`, the sign of one invisible character."""

    text: str
    name: str | None = None


@dataclass(frozen=True, slots=True)
class VisibleText:
    """The beginning of a text in pieces, and how many characters follow."""

    pieces: tuple[VisiblePiece, ...]
    more: int


def visible(value: bytes) -> VisibleText:
    """Bytes as text. Those that are not UTF-8 are shown as numbers."""
    text = value.decode("utf-8", "surrogateescape")
    return VisibleText(tuple(_pieces(text[:MOST_SHOWN])), max(0, len(text) - MOST_SHOWN))


def _pieces(text: str) -> Iterator[VisiblePiece]:
    at = 0
    for match in _UNSEEN.finditer(text):
        if match.start() > at:
            yield VisiblePiece(text[at : match.start()])
        yield _unseen(match[0])
        at = match.end()
    if at < len(text):
        yield VisiblePiece(text[at:])


def _unseen(letter: str) -> VisiblePiece:
    number = ord(letter)
    if 0xDC80 <= number <= 0xDCFF:
        return VisiblePiece(f"\\x{number - 0xDC00:02x}", f"the byte {number - 0xDC00:02X}")
    code = f"U+{number:04X}"
    return VisiblePiece(_SIGNS.get(letter, code), _NAMES.get(letter, code))
