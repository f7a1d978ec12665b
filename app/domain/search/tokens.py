"""Words of a text as SQLite's FTS5 sees them with `unicode61 remove_diacritics 2`.

Why: rows that the full-text index has not reached yet, and captures that are not stored yet, are matched here, and the
result must be the same as with the index. Letters, digits and private characters form words, all else separates them;
upper and lower case are equal (simple folding: `ß` stays), and Latin letters lose their accents. The tests compare with
SQLite.

SQLite's table ends with Unicode 6.1 and treats newer characters as letters, so that there 🤔 is part of the adjacent
word; here it separates words. An index of `" ".join(tokens(text))` has no such difference.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence

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


class Tokens:
    """A text split into its words once, to look for any number of phrases in it."""

    __slots__ = ("_line", "words")

    def __init__(self, text: str) -> None:
        self.words = tokens(text)
        self._line: str | None = None

    @property
    def line(self) -> str:
        """The words with blanks between and around them."""
        if self._line is None:
            self._line = " ".join(["", *self.words, ""])
        return self._line


def line_of(words: Sequence[str], prefix: bool) -> str:
    """What is in the line of a text that has these words in sequence; the last one may be the beginning of a word."""
    return " ".join(["", *words, *([] if prefix else [""])])


class Phrases:
    """Phrases of which any may occur in a text, prepared once for many texts. Each is its words, and whether the last
    of them is the beginning of a word."""

    __slots__ = ("_runs", "_words")

    def __init__(self, phrases: Iterable[tuple[Sequence[str], bool]]) -> None:
        alone: list[str] = []
        runs: list[str] = []
        for words, prefix in phrases:
            if len(words) == 1 and not prefix:
                alone.append(words[0])
            else:
                runs.append(line_of(words, prefix))
        self._words, self._runs = frozenset(alone), tuple(runs)

    def occur_in(self, text: Tokens) -> bool:
        """Whether one of them does, its words in sequence."""
        return not self._words.isdisjoint(text.words) or any(run in text.line for run in self._runs)
