"""How a text travels as SMS: alphabet, segments, and what hides in it.

GSM 7-bit default alphabet and its extension table: 3GPP TS 23.038, section 6.2.1. A single message holds 160 septets
or 70 UTF-16 units; the parts of a long one hold 153 or 67, because each carries a header (TS 23.040, 9.2.3.24.1).
"""

import unicodedata
from dataclasses import dataclass

from .visible import name_character, show_character

_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§"
    "¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENDED = frozenset("\f^{}\\[~]|€")
_SINGLE, _PART = {"GSM-7": 160, "UCS-2": 70}, {"GSM-7": 153, "UCS-2": 67}

# Characters that change how a text looks without being seen: direction marks, joiners, tags.
_HIDDEN_CATEGORIES = frozenset({"Cf", "Cc", "Co", "Cn"})
_USUAL = frozenset("\n\r\t")


@dataclass(frozen=True, slots=True, kw_only=True)
class SmsFacts:
    """`units` are septets or UTF-16 units; `forced_by` is the first character that GSM-7 lacks, by its name if it
    cannot be seen."""

    characters: int
    encoding: str
    units: int
    segments: int
    forced_by: str | None
    hidden: tuple[str, ...]


def describe_sms(text: str) -> SmsFacts:
    """What a phone network makes of a text."""
    forced_by = next((character for character in text if character not in _BASIC and character not in _EXTENDED), None)
    encoding = "GSM-7" if forced_by is None else "UCS-2"
    sizes = [_units(character, encoding) for character in text]
    return SmsFacts(
        characters=len(text),
        encoding=encoding,
        units=sum(sizes),
        segments=_segments(sizes, encoding),
        forced_by=None if forced_by is None else show_character(forced_by),
        hidden=hidden_characters(text),
    )


def measure_sms(text: str) -> tuple[str, int]:
    """Alphabet and segments alone, for every message that is stored: a plain text costs a look at each letter."""
    if _BASIC.issuperset(text):
        size = len(text)
        return "GSM-7", 1 if size <= _SINGLE["GSM-7"] else -(-size // _PART["GSM-7"])
    facts = describe_sms(text)
    return facts.encoding, facts.segments


def hidden_characters(text: str) -> tuple[str, ...]:
    """The names of the invisible characters in a text, each once, in their order."""
    found = dict.fromkeys(
        character
        for character in text
        if character not in _USUAL and unicodedata.category(character) in _HIDDEN_CATEGORIES
    )
    return tuple(map(name_character, found))


def _units(character: str, encoding: str) -> int:
    if encoding == "GSM-7":
        return 2 if character in _EXTENDED else 1
    return 2 if ord(character) > 0xFFFF else 1


def _segments(sizes: list[int], encoding: str) -> int:
    if sum(sizes) <= _SINGLE[encoding]:
        return 1
    # A character of two units is never cut in half by the end of a part.
    parts, used = 1, 0
    for size in sizes:
        if used + size > _PART[encoding]:
            parts, used = parts + 1, 0
        used += size
    return parts
