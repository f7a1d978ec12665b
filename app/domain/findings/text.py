"""Text that was UTF-8 once too often: `Ã©` for `é`.

The test is careful, because `Ã`, `â` and `ß` are letters: the whole text must read as UTF-8 when its characters are
taken for Western bytes, and at least one of the sequences must be none that a writer ends a word with (`AMANHÃ…`).
"""

import re

# Windows-1252 puts these at 0x80 to 0x9F; its five holes come through as control characters.
_HIGH = "€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ"
_TO_BYTES = {ord(letter): letter.encode("windows-1252")[0] for letter in _HIGH}
_TAIL = rf"[\x80-\xbf{_HIGH}]"
# Lead bytes of scripts that people text in. Left out are those of rare ones whose letter is the last of usual
# words: É» and ß… would be phonetic signs and N'Ko.
_SEQUENCE = re.compile(rf"[ÂÃÄÅÆÈÎÏÐÑ×ØÙ]{_TAIL}|[à-ï]{_TAIL}{{2}}|ð{_TAIL}{{3}}")
_PUNCTUATION = frozenset("…“”‘’–—»")


def repair(text: str) -> str | None:
    """The text as it was meant, where it is likely garbled; else None."""
    if text.isascii() or not any(_is_telling(match[0]) for match in _SEQUENCE.finditer(text)):
        return None
    try:
        meant = text.translate(_TO_BYTES).encode("latin-1").decode()
    except UnicodeError:
        return None
    return meant if all(letter.isprintable() or letter in "\r\n\t" or letter.isspace() for letter in meant) else None


def _is_telling(sequence: str) -> bool:
    return not _PUNCTUATION.issuperset(sequence[1:])
