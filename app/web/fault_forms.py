"""The form that makes a URL misbehave: texts in, a fault out, every mistake by its field."""

import re
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import TypeVar

from ..domain.faults import LONGEST, MOST_COUNT, MOST_SECONDS, MOST_STATUSES, Fault, FaultKind
from ..errors import Invalid

T = TypeVar("T")
Statuses = tuple[int, ...]
_LONGEST_MINUTES = LONGEST // timedelta(minutes=1)
_NUMBER = re.compile(r"\d{1,7}", re.ASCII)

SECONDS_FOR = (FaultKind.HOLD, FaultKind.SLOW)


def read_fault(said: Mapping[str, str], now: datetime) -> Fault:
    """The fault that a form asks for. A field that is left out is the default, an empty `count` no limit. Invalid."""
    problems: list[tuple[str, str]] = []

    def take(name: str, read: Callable[[str], T], otherwise: T) -> T:
        try:
            return read(said[name].strip()) if name in said else otherwise
        except ValueError as error:
            problems.append((name, str(error)))
            return otherwise

    kind = take("kind", _kind, None)
    if kind is None and not problems:
        problems.append(("kind", "must be chosen"))
    usual: Statuses = (503,)
    statuses = take("status", _statuses, usual) if kind is FaultKind.STATUS else usual
    seconds = take("seconds", _seconds, 30.0) if kind in SECONDS_FOR else 30.0
    count = take("count", lambda text: _whole(text, MOST_COUNT) if text else None, None)
    minutes = take("minutes", lambda text: _whole(text, _LONGEST_MINUTES), 10)
    chance = take("chance", lambda text: _whole(text, 100), 100)
    if problems or kind is None:
        raise Invalid(*problems)
    until = now + timedelta(minutes=minutes)
    return Fault(kind=kind, until=until, statuses=statuses, seconds=seconds, count=count, chance=chance)


def _kind(text: str) -> FaultKind | None:
    try:
        return FaultKind(text)
    except ValueError:
        raise ValueError("must be one of the listed failures") from None


def _whole(text: str, most: int) -> int:
    if not _NUMBER.fullmatch(text) or not 1 <= int(text) <= most:
        raise ValueError(f"must be a whole number from 1 to {most:,}")
    return int(text)


def _seconds(text: str) -> float:
    if not re.fullmatch(r"\d{1,3}(\.\d{1,3})?", text, re.ASCII) or float(text) > MOST_SECONDS:
        raise ValueError(f"must be a number from 0 to {MOST_SECONDS:g}")
    return float(text)


def _statuses(text: str) -> Statuses:
    words = text.replace(",", " ").split()
    if not words or not all(re.fullmatch(r"[2-5]\d\d", word, re.ASCII) for word in words):
        raise ValueError("must be a number from 200 to 599, or several separated by commas")
    if len(words) > MOST_STATUSES:
        raise ValueError(f"must be at most {MOST_STATUSES} numbers")
    return tuple(int(word) for word in words)
