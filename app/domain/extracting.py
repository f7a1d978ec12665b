"""The one value that a test wants of a capture: the code of an SMS, its link, or any field by its pointer."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

OTP_LENGTHS = range(4, 9)

_LINK = re.compile(r"https?://[^\s<>\"'`\\^{}|\x00-\x1f\x7f-\x9f]+", re.IGNORECASE)
_BEHIND_A_LINK = ".,;:!?*_~"
_BRACKETS = {")": "(", "]": "["}
# A phone number with its area code in brackets.
_AREA = re.compile(r"\([0-9]{2,4}\)[ -]?[0-9]{3,4}[ -]?[0-9]{3,4}(?![0-9])")
# Groups of digits with one blank or hyphen between them, as a whole: no part of a word, a price or a time.
_GROUPS = re.compile(
    "(?<![0-9A-Za-z+])(?<![0-9][.,:/])[+]?[0-9]+(?:[ \u00a0\u202f\u2010\u2011-][0-9]+)*(?![0-9A-Za-z]|[.,:/][0-9])"
)
_DATE = re.compile("(?:19|20)[0-9]{2}-[01][0-9]-[0-3][0-9]")
_DIGITS = re.compile("[0-9]+")
_HYPHENS = re.compile("[\u2010\u2011-]")


def otp(text: str) -> str | None:
    """The first code of 4 to 8 digits, without the blanks or hyphens between its groups (`482 913`, `12-34-56`).

    Links, dates, prices, times and phone numbers hold no code.
    """
    return next(filter(None, map(_code_in, _GROUPS.findall(_AREA.sub(" ", _LINK.sub(" ", text))))), None)


def link(text: str) -> str | None:
    """The first http or https address, without the punctuation of the sentence around it."""
    found = _LINK.search(text)
    return None if found is None else _trimmed(found[0])


def at_pointer(value: Any, pointer: str) -> Any:
    """What a JSON pointer (RFC 6901) points to. LookupError: nothing is there; ValueError: it is no pointer."""
    if (pointer and not pointer.startswith("/")) or re.search("~(?![01])", pointer):
        raise ValueError(f'"{pointer}" is not a JSON pointer; write /parsed/json/code, with ~1 for / and ~0 for ~')
    for part in pointer.split("/")[1:]:
        name = part.replace("~1", "/").replace("~0", "~")
        if isinstance(value, Mapping):
            value = value[name]
        elif isinstance(value, Sequence) and not isinstance(value, str) and re.fullmatch("0|[1-9][0-9]{0,8}", name):
            value = value[int(name)]
        else:
            raise LookupError(pointer)
    return value


def _code_in(run: str) -> str | None:
    if _DATE.fullmatch(run):
        return None
    groups = _DIGITS.findall(run)
    if run.startswith("+"):
        # An international number: the first group where it is whole, else all of them.
        groups = groups[1:] if len(groups[0]) > max(OTP_LENGTHS) else []
    digits = "".join(groups)
    # Hyphens bind, and so do groups of one length. "5 482913" is a number and a code.
    if len(digits) in OTP_LENGTHS and (_HYPHENS.search(run) or len(set(map(len, groups))) == 1):
        return digits
    if _HYPHENS.search(run):
        return None
    return next((group for group in groups if len(group) in OTP_LENGTHS), None)


def _trimmed(address: str) -> str:
    while True:
        last = address[-1]
        opening = _BRACKETS.get(last)
        if last in _BEHIND_A_LINK or (opening and address.count(last) > address.count(opening)):
            address = address[:-1]
        else:
            return address
