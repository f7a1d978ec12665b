"""Words of a text as SQLite's FTS5 sees them with `unicode61 remove_diacritics 2`.

Why: rows that the full-text index has not reached yet, and captures that are not stored yet, are matched here, and the
answer must not depend on who looked. Letters, digits and private characters make words, all else parts them; upper and
lower case are one (simple folding: `ß` stays), and Latin letters lose their accents. The tests compare with SQLite.

SQLite's table ends with Unicode 6.1 and takes what is newer for letters, so that there 🤔 sticks to the word beside
it; here it parts words. An index of `" ".join(tokens(text))` has no such difference.
"""

import re
import unicodedata
from collections.abc import Sequence

_ASCII_WORDS = re.compile(r"[a-z0-9]+")
_WORD_CATEGORIES = ("L", "N", "Co")
# The accents of sqlite's own table: U+0300 to U+0331, but for the holes that no Latin letter uses.
_ACCENTS = frozenset(
    0x300 + bit for bits, first in ((0x08029FDF, 0), (0x000361F8, 32)) for bit in range(first, first + 32)
    if bits >> (bit - first) & 1
)  # fmt: skip
_MOST_REMEMBERED = 50_000


class _Folding(dict[int, str | None]):
    """For `str.translate`: a character as part of a word, None for an accent, a blank for what parts words."""

    def __missing__(self, code: int) -> str | None:
        folded = _fold(code)
        if len(self) < _MOST_REMEMBERED:
            self[code] = folded
        return folded


def _fold(code: int) -> str | None:
    if code in _ACCENTS:
        return None
    letter = chr(code)
    if not unicodedata.category(letter).startswith(_WORD_CATEGORIES):
        return " "
    folded = next((one for one in (letter.casefold(), letter.lower()) if len(one) == 1), letter)
    base = unicodedata.normalize("NFD", folded)[0]
    return base.lower() if base.isascii() and base.isalpha() else folded


_FOLDING = _Folding()


def tokens(text: str) -> list[str]:
    """The words of a text, in order."""
    if text.isascii():
        return _ASCII_WORDS.findall(text.lower())
    return text.translate(_FOLDING).split()


def has_phrase(text: str, words: Sequence[str], *, prefix: bool = False) -> bool:
    """Whether these words stand in a text, one behind the other; with `prefix` the last may go on."""
    there = " ".join(["", *tokens(text), ""])
    return " ".join(["", *words, *([] if prefix else [""])]) in there
