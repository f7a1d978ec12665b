"""Completion of a filter that is being typed: what is at the caret, and which texts can replace it.

Positions count characters from 0. Only the term at the caret is looked at: an offer never changes another one.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from .reading import MAX_LENGTH
from .terms import KEYS, VALUES
from .values import fold, read_pattern
from .writing import quote_value

MAX_OFFERS = 50
"""Offers for one place; a list of them can be scrolled."""

MIN_WORD = 2
"""Characters of a word without a key from which the known values of all keys are offered, too."""

SPELLED = ("from", "to", "id")
"""Keys whose values are compared in several spellings."""

EXAMPLE_VALUES: Mapping[str, Mapping[str, str]] = {
    "after": {"10m": "the last 10 minutes", "1h": "the last hour", "24h": "the last 24 hours", "7d": "the last 7 days"},
    "before": {"10m": "10 minutes ago", "1h": "an hour ago", "24h": "24 hours ago", "7d": "7 days ago"},
    "size": {
        ">1KiB": "more than 1 KiB",
        "<=512": "at most 512 bytes",
        "100..200": "from 100 to 200 bytes",
        "0": "none",
    },
}
"""Values of keys that take any time or size, with what they mean."""

_TERM = re.compile(r'(?:"(?:[^"\\]|\\.)*+"|[^\s"])*+', re.DOTALL)
_KEY = re.compile(r"([A-Za-z][A-Za-z_-]*+)([:~])(?!//)")
_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*+)"\*?', re.DOTALL)
_BARE = re.compile(r'[^",\s]*+')
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Completion:
    """What is typed at the caret: an offer replaces `text[start:end]`.

    `key` is the key whose value it is, without its sign. It is "" for a word that may become a key (`is_word`), and for
    a key. `typed` is the beginning up to the caret, without quotes and star. `others` are the other values of the
    term, in lower case.
    """

    start: int
    end: int
    key: str
    typed: str
    others: frozenset[str] = frozenset()
    is_word: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """A text for the place of a completion: a value of `key`, or the key alone (`value` None)."""

    insert: str
    key: str
    value: str | None = None


def complete(text: str, caret: int) -> Completion | None:
    """What can be completed at the caret. None: no completion, for example in front of a term, or in a phrase."""
    if not 0 <= caret <= len(text) <= MAX_LENGTH:
        return None
    start, end = _term_at(text, caret)
    body = start + text.startswith("-", start, end)
    if caret < body or (caret == body and body < end):
        return None
    key = _KEY.match(text, body, end)
    if key is None:
        if '"' in text[body:end]:
            return None
        return Completion(start=body, end=end, key="", typed=text[body:caret], is_word=True)
    if caret < key.end():
        return Completion(start=body, end=key.end(), key="", typed=text[body:caret])
    name, sign = key[1].lower(), key[2]
    return _value_at(text, name, key.end(), end, caret) if sign == ":" and f"{name}:" in KEYS else None


def offers_for(completion: Completion, values: Iterable[str]) -> tuple[Offer, ...]:
    """The offers for a place: for a key its `values`, those that fit; for a word the keys, and known values."""
    if completion.key:
        fitting = [value for value in values if fits(completion, value)]
        return tuple(
            Offer(insert=quote_value(value), key=completion.key, value=value) for value in dict.fromkeys(fitting)
        )[:MAX_OFFERS]
    typed = completion.typed.lower()
    keys = [Offer(insert=key, key=key[:-1]) for key in KEYS if key.startswith(typed)]
    known = [
        Offer(insert=f"{key}:{value}", key=key, value=value)
        for key, choices in VALUES.items()
        for value in choices
        if completion.is_word and len(typed) >= MIN_WORD and value.lower().startswith(typed)
    ]
    return (*keys, *known)[:MAX_OFFERS]


def fits(completion: Completion, value: str) -> bool:
    """Whether a value of the key continues what is typed, and is not in the term yet."""
    folded = value.lower()
    if folded in completion.others or folded == completion.typed.lower():
        return False
    if completion.key in SPELLED and completion.typed:
        return fold(value).startswith(spellings(completion))
    return folded.startswith(completion.typed.lower())


def spellings(completion: Completion) -> tuple[str, ...]:
    """The beginnings that a value of a key in `SPELLED` can have, as the filter compares them."""
    return read_pattern(completion.key, completion.typed, prefix=True).spellings if completion.typed else ("",)


def _term_at(text: str, caret: int) -> tuple[int, int]:
    """The term that the caret is in or behind, else an empty one at the caret. With a quote that is not closed, it ends
    with the text."""
    at = 0
    while True:
        match = _TERM.match(text, at)
        end = match.end() if match else at
        if text.startswith('"', end):
            end = len(text)
        if at <= caret <= end:
            return (caret, caret) if end == at else (at, end)
        at = end + 1


def _value_at(text: str, key: str, at: int, end: int, caret: int) -> Completion | None:
    """The value at the caret, of a term whose values begin at `at`."""
    here: Completion | None = None
    others: set[str] = set()
    while at <= end:
        quoted = _QUOTED.match(text, at, end)
        if quoted and _is_delimited(text, quoted.end(), end):
            stop, value = quoted.end(), _ESCAPED.sub(r"\1", quoted[1])
            typed = None if caret > at + 1 + len(quoted[1]) else _ESCAPED.sub(r"\1", text[at + 1 : max(caret, at + 1)])
        elif text.startswith('"', at) and at < caret:
            return _in_open_quote(text, key, at, caret, frozenset(others))
        else:
            bare = _BARE.match(text, at, end)
            stop = bare.end() if bare else at
            value = text[at:stop]
            typed = text[at : max(caret, at)].removesuffix("*")
            if not _is_delimited(text, stop, end):
                return None
        if at <= caret <= stop:
            if typed is None:
                return None
            here = Completion(start=at, end=stop, key=key, typed=typed)
        else:
            others.add(value.lower())
        at = stop + 1
    if here is None:
        return None
    return Completion(start=here.start, end=here.end, key=key, typed=here.typed, others=frozenset(others))


def _in_open_quote(text: str, key: str, at: int, caret: int, others: frozenset[str]) -> Completion | None:
    """A value in a quote that is not closed, which ends with the word at the caret: the rest may be other terms."""
    word = _BARE.match(text, caret)
    stop = word.end() if word else caret
    if text.startswith('"', stop):
        return None
    return Completion(start=at, end=stop, key=key, typed=text[at + 1 : caret], others=others)


def _is_delimited(text: str, at: int, end: int) -> bool:
    """Whether a value that stops at `at` is followed by a comma or by the end of its term."""
    return at == end or text[at] == ","
