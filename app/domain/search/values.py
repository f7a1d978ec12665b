"""Reading the values of each key. ValueError says what would be right."""

import difflib
import re
import string
from datetime import UTC, datetime, timedelta

from ..annotations import read_tag
from ..phones import SEPARATORS
from ..units import parse_duration, parse_size
from .terms import VALUES, Moment, Pattern, Phrase
from .tokens import tokens

_LOWER = str.maketrans(string.ascii_uppercase, string.ascii_lowercase)
_TIME = re.compile(r"\d{4}-\d\d-\d\d(?:[Tt ]\d\d:\d\d(?::\d\d(?:\.\d{1,6})?)?(?:[Zz]|[+-]\d\d:\d\d)?)?", re.ASCII)
_AGO = re.compile(r"[0-9]+[smhd]")
_SIZE = re.compile(r"(>=|<=|>|<|)([0-9][0-9A-Za-z]*)")
_BETWEEN = re.compile(r"([0-9][0-9A-Za-z]*)\.\.([0-9][0-9A-Za-z]*)")
_MEANT = {"success": "sent", "cancelled": "canceled", "sms": "inbound", "call": "voice", "dlr": "status"}
_MEANT |= dict.fromkeys(("invalid", "wrong", "changed"), "wrong_secret_or_changed")
_HIGHEST = 10**18 - 1

WHEN_HELP = "write 2026-11-25, 2026-11-25T14:00:00Z, 10m, 2h or #1040"
SIZE_HELP = "write >1KiB, <=512 or 100..200"


def fold(value: str) -> str:
    """Parties and ids for comparing: lower case in ASCII only, as SQLite's NOCASE compares."""
    return value.translate(_LOWER)


def read_phrase(raw: str, *, prefix: bool) -> Phrase:
    """Words, which need a letter or a digit."""
    words = tuple(tokens(raw))
    if not words:
        raise ValueError("a word needs at least one letter or digit")
    return Phrase(raw, words, prefix)


def read_pattern(key: str, raw: str, *, prefix: bool) -> Pattern:
    """A party, an id, a tag or the name of a forward."""
    if key == "tag":
        return Pattern(raw, (read_tag(raw),), prefix)
    spellings = (fold(raw),) if key in ("id", "target") else _spellings(raw, prefix=prefix)
    return Pattern(raw, spellings, prefix)


def _spellings(raw: str, *, prefix: bool) -> tuple[str, ...]:
    """As sent, and as E.164 where it can be a number: at most four ways, each of which an index can serve."""
    bare = SEPARATORS.sub("", raw)
    digits = bare.removeprefix("+").removeprefix("00") if bare.startswith(("+", "00")) else bare
    if not digits.isascii() or not digits.isdigit() or len(digits) > 15:
        return (fold(raw),)
    if digits != bare:
        return (f"+{digits}",)
    found = [fold(raw), bare]
    if not bare.startswith("0"):
        if prefix or len(bare) >= 7:
            found.append(f"+{bare}")
        if len(bare) == 10 or (prefix and 3 <= len(bare) < 10):
            found.append(f"+1{bare}")
    return tuple(dict.fromkeys(found))


def read_known(key: str, raw: str) -> str:
    """A known word, as it is spelled in `VALUES`."""
    known = {value.lower(): value for value in VALUES[key]}
    value = known.get(raw.lower())
    if value is not None:
        return value
    near = _MEANT.get(raw.lower()) or next(iter(difflib.get_close_matches(raw.lower(), known, 1)), None)
    hint = f"did you mean {known[near]}? " if near in known else ""
    raise ValueError(f"{hint}{key}: takes {', '.join(known.values())}")


def read_moment(raw: str) -> Moment:
    """A time, a duration ago, or a capture's number."""
    if raw.startswith("#") and raw[1:].isascii() and raw[1:].isdigit() and len(raw) < 20:
        return min(int(raw[1:]), _HIGHEST)
    if _AGO.fullmatch(raw):
        try:
            return parse_duration(raw)
        except ValueError:
            raise ValueError("the time is too long ago") from None
    if not _TIME.fullmatch(raw):
        raise ValueError(WHEN_HELP)
    try:
        at = datetime.fromisoformat(raw.upper())
        return (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise ValueError(f"the time is not valid; {WHEN_HELP}") from None


def read_size(raw: str) -> tuple[int | None, int | None]:
    """The smallest and the largest size, both included."""
    between, one = _BETWEEN.fullmatch(raw), _SIZE.fullmatch(raw)
    if between:
        low, high = parse_size(between[1]), parse_size(between[2])
        if low > high:
            raise ValueError(f"the range ends before it begins; write {between[2]}..{between[1]}")
        return low, high
    if not one:
        raise ValueError(SIZE_HELP)
    size = parse_size(one[2])
    bounds = {
        ">": (size + 1, None), ">=": (size, None), "<": (None, size - 1), "<=": (None, size), "": (size, size),
    }  # fmt: skip
    return bounds[one[1]]


def resolve(moment: datetime | timedelta, now: datetime) -> datetime:
    """A duration before `now` as a time."""
    return now - moment if isinstance(moment, timedelta) else moment
