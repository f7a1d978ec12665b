"""From a query back to text."""

import re

from .reading import WrongTerm, parse_query
from .terms import OneOf, Patterns, Query, Term, When, Words

# Sure to be read as one bare value; everything else is quoted.
_PLAIN = re.compile(r"[\w.+#/@<>=:-]+")
_PLAIN_WORD = re.compile(r"\w[\w.+#/@-]*")


def as_text(query: Query) -> str:
    """A text that `parse_query` reads as this query."""
    return " ".join(("-" if term.negated else "") + _write(term) for term in query.terms)


def quote_value(value: str) -> str:
    """A value behind a key, in quotes if it needs them."""
    return _quote(value, False, _PLAIN)


def with_value(text: str, value: str) -> str | None:
    """A text and one more term, which finds requests with this value in any field. None: the value has no word, or the
    text would be no query."""
    longer = f"{text} {_quote(value, False, _PLAIN_WORD)}".strip()
    try:
        parse_query(longer)
    except WrongTerm:
        return None
    return longer


def between(text: str, terms: str) -> str:
    """A text with these terms for a time in place of those that it has. Raises WrongTerm."""
    others = [term for term in parse_query(text).terms if not _is_time(term)]
    return f"{as_text(Query(tuple(others)))} {terms}".strip()


def _is_time(term: Term) -> bool:
    return isinstance(term, When) and not isinstance(term.moment, int) and not term.negated


def pattern_text(key: str, value: str, *, prefix: bool = False) -> str:
    """The term that finds this number, name or id, or all that begin so."""
    return f"{key}:{_quote(value, prefix, _PLAIN)}"


def _write(term: Term) -> str:
    if isinstance(term, Words):
        written = [_quote(phrase.raw, phrase.prefix, _PLAIN_WORD) for phrase in term.phrases]
        return (f"{term.key}~" if term.key else "") + ",".join(written)
    if isinstance(term, Patterns):
        return f"{term.key}:" + ",".join(_quote(pattern.raw, pattern.prefix, _PLAIN) for pattern in term.patterns)
    if isinstance(term, OneOf):
        return f"{term.key}:" + ",".join(term.values)
    return f"{term.key if isinstance(term, When) else 'size'}:{_quote(term.raw, False, _PLAIN)}"


def _quote(raw: str, prefix: bool, plain: re.Pattern[str]) -> str:
    star = "*" if prefix else ""
    if plain.fullmatch(raw):
        return raw + star
    return '"' + raw.replace("\\", "\\\\").replace('"', '\\"') + '"' + star
