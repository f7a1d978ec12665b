"""From text to a query. The result is a query, or `WrongTerm` with the position and a correction."""

import difflib
import re
from collections.abc import Iterator

from ...errors import Invalid
from .terms import KEYS, MOMENTS, PATTERNS, TEXTS, VALUES, OneOf, Patterns, Query, Size, Term, When, Words
from .values import read_known, read_moment, read_pattern, read_phrase, read_size

MAX_LENGTH = 1_000
MAX_TERMS = 20
MAX_VALUES = 20

_BLANKS = re.compile(r"\s*+")
_TERM = re.compile(r'(?:"(?:[^"\\]|\\.)*+"|[^\s"])++', re.DOTALL)
_KEY = re.compile(r"([A-Za-z][A-Za-z_-]*+)([:~])(?!//)")
_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*+)"(\*?)', re.DOTALL)
_BARE = re.compile(r'[^",]++')
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
_SURROGATE = re.compile(r"[\ud800-\udfff]")
_SHOWN = 60

Value = tuple[str, bool]
"""A value without quotes and star, and whether a star followed it."""


class WrongTerm(Invalid):
    """A query that cannot be read: which term, at which character (from 1), and what would be right."""

    def __init__(self, term: str, position: int, cure: str) -> None:
        self.term, self.position = term, position
        shown = "".join(letter if letter.isprintable() else "�" for letter in term[:_SHOWN])
        shown += "…" if len(term) > _SHOWN else ""
        super().__init__(("q", f"{cure} (“{shown}” at character {position})"))


def parse_query(text: str) -> Query:
    """The query of a text. WrongTerm."""
    if len(text) > MAX_LENGTH:
        raise WrongTerm(text, MAX_LENGTH + 1, f"a filter has at most {MAX_LENGTH} characters")
    if odd := _SURROGATE.search(text):
        raise WrongTerm(odd[0], odd.start() + 1, "half of a surrogate pair is not a character")
    terms: list[Term] = []
    for term, position in _split(text):
        if len(terms) == MAX_TERMS:
            raise WrongTerm(term, position, f"a filter has at most {MAX_TERMS} terms")
        try:
            terms.append(_read_term(term, position))
        except ValueError as problem:
            raise WrongTerm(term, position, str(problem)) from None
    return Query(tuple(terms))


def _split(text: str) -> Iterator[tuple[str, int]]:
    """The terms, separated by blanks outside of quotes, with their positions."""
    at = 0
    while True:
        blanks = _BLANKS.match(text, at)
        at = blanks.end() if blanks else at
        if at == len(text):
            return
        found = _TERM.match(text, at)
        end = found.end() if found else at
        if text[end : end + 1] == '"':
            raise WrongTerm(text[at:], at + 1, 'the quote is not closed; write "…"')
        yield text[at:end], at + 1
        at = end


def _read_term(term: str, position: int) -> Term:
    negated = term.startswith("-")
    body = term[negated:]
    if not body:
        raise ValueError("write what to exclude after the -")
    key, rest = _read_key(body)
    if key is None:
        raw, prefix = _read_word(body)
        return Words(phrases=(read_phrase(raw, prefix=prefix),), negated=negated, position=position)
    return _read_keyed(key, _read_values(key, rest), negated, position)


def _read_key(body: str) -> tuple[str | None, str]:
    """The key in lower case and the text after it; (None, "") for a free word."""
    match = _KEY.match(body)
    if match is None:
        return None, ""
    name, sign = match[1].lower(), match[2]
    if name + sign in KEYS:
        return name, body[match.end() :]
    right = next((key for key in KEYS if key[:-1] == name), None)
    if right:
        raise ValueError(f"write {right}{body[match.end() :][:20]}")
    if sign == "~":
        return None, ""
    near = difflib.get_close_matches(name, [key[:-1] for key in KEYS], 1)
    hint = f"Did you mean {next(key for key in KEYS if key[:-1] == near[0])}? " if near else ""
    known = ", ".join(KEYS)
    raise ValueError(f'unknown filter "{name}:". {hint}Use {known}. Put words that contain a colon in quotes')


def _read_keyed(key: str, values: tuple[Value, ...], negated: bool, position: int) -> Term:
    if key in TEXTS:
        phrases = tuple(read_phrase(raw, prefix=prefix) for raw, prefix in values)
        return Words(phrases=phrases, key=key, negated=negated, position=position)
    if key in PATTERNS:
        patterns = tuple(read_pattern(key, raw, prefix=prefix) for raw, prefix in values)
        return Patterns(key=key, patterns=patterns, negated=negated, position=position)
    if any(prefix for _, prefix in values):
        raise ValueError(f"{key}: does not take *; use it at the end of numbers, ids, tags and words")
    if key in VALUES:
        known = tuple(dict.fromkeys(read_known(key, raw) for raw, _ in values))
        return OneOf(key=key, values=known, negated=negated, position=position)
    if len(values) > 1:
        raise ValueError(f"{key}: takes one value; write two terms for a range")
    raw = values[0][0]
    if key in MOMENTS:
        return When(key=key, raw=raw, moment=read_moment(raw), negated=negated, position=position)
    low, high = read_size(raw)
    return Size(raw=raw, low=low, high=high, negated=negated, position=position)


def _read_word(body: str) -> Value:
    """A free word or phrase, whole: commas are part of it."""
    quoted = _QUOTED.fullmatch(body)
    if quoted:
        return _ESCAPED.sub(r"\1", quoted[1]), bool(quoted[2])
    if '"' in body:
        raise ValueError('put quotes around a whole word or phrase; write "…"')
    return _read_star(body)


def _read_values(key: str, rest: str) -> tuple[Value, ...]:
    """The values of a key, separated by commas outside of quotes."""
    values: list[Value] = []
    at = 0
    while True:
        quoted, bare = _QUOTED.match(rest, at), _BARE.match(rest, at)
        if quoted and quoted[1]:
            values.append((_ESCAPED.sub(r"\1", quoted[1]), bool(quoted[2])))
            at = quoted.end()
        elif bare:
            values.append(_read_star(bare[0]))
            at = bare.end()
        else:
            raise ValueError(f"{key} needs a value" + (" after each comma" if values else ""))
        if at == len(rest):
            break
        if rest[at] != ",":
            raise ValueError('put quotes around a whole value; write "…", with commas between values')
        at += 1
    if len(values) > MAX_VALUES:
        raise ValueError(f"a filter takes at most {MAX_VALUES} values")
    return tuple(values)


def _read_star(raw: str) -> Value:
    word = raw.removesuffix("*")
    if "*" in word or not word:
        raise ValueError("use * only once, at the end, after at least one character; put a literal * in quotes")
    return word, word != raw
