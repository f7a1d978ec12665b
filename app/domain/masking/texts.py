"""Numbers, and the codes and links in texts, masked. Each takes time that grows with the length of its input only.

A masked number keeps its width and its last two digits, so that two numbers can be distinguished: `+•••••••••23`.
In a text every group of four digits or more is masked completely, whatever it means: a code cannot be distinguished
from the end of a number, and a price that is masked does less harm than a code that is not.
"""

import re

HIDDEN = "•" * 8
"""In place of a whole value. It has the same width for all values, so that it does not show their length."""

LEAST_DIGITS = 4
"""Fewer digits in a text are no code and no number."""

_DOT = "•"
SHOWN_DIGITS = 2
# What people and programs write between the digits of one number or code, invisible characters included.
_BETWEEN = "[\\s\u00ad\u200b-\u200f\u2010-\u2015\u2060\ufeff.()/_*-]"
_DIGITS = re.compile(rf"\d(?:{_BETWEEN}{{0,2}}\d)*")
_DIGIT = re.compile(r"\d")
_WHOLE_NUMBER = re.compile(rf"\s?\+?(?:{_BETWEEN}{{0,2}}\d){{9,15}}")
_WORD = re.compile(r"\S+")
_PATH = re.compile(r"[/?#]")
# The end of the name of a host, with its port, in front of a path.
_HOST_END = re.compile(r"[\w-]\.[^\W\d_]{2,24}(?::\d{1,5})?$")
HOST_WIDTH = 90


def mask_number(party: str) -> str:
    """The number of a sender or recipient with all digits masked but the last two. A name without digits stays."""
    hidden = len(_DIGIT.findall(party)) - SHOWN_DIGITS
    return _DIGIT.sub(_DOT, party, count=hidden) if hidden > 0 else party


def mask_text(text: str) -> str:
    """A text with all its codes and numbers masked, and of its links everything behind the host."""
    return _DIGITS.sub(_mask_digits, _mask_links(text))


def mask_value(value: str) -> str:
    """The value of any field: a number, or a text."""
    return mask_number(value) if _WHOLE_NUMBER.fullmatch(value) else mask_text(value)


def mask_link(address: str) -> str:
    """An address without everything behind its host, which may be a token."""
    start = address.find("://")
    found = _PATH.search(address, start + 3 if start >= 0 else 0)
    shown = address if found is None else f"{address[: found.end()]}{HIDDEN}"
    return _DIGITS.sub(_mask_digits, shown)


def _mask_links(text: str) -> str:
    return _WORD.sub(lambda word: _mask_word(word[0]), text) if "/" in text or "?" in text or "#" in text else text


def _mask_word(word: str) -> str:
    """A word with the link in it masked; a second link in one word is masked with the end of the first one."""
    start = word.find("://")
    if start < 0:
        found = _PATH.search(word)
        is_link = found is not None and _HOST_END.search(word[max(0, found.start() - HOST_WIDTH) : found.start()])
        if found is None or not is_link:
            return word
    else:
        found = _PATH.search(word, start + 3)
    return word if found is None or found.end() == len(word) else f"{word[: found.end()]}{HIDDEN}"


def _mask_digits(found: re.Match[str]) -> str:
    run = found[0]
    return _DIGIT.sub(_DOT, run) if len(_DIGIT.findall(run)) >= LEAST_DIGITS else run
