"""From a query back to text, and completions of a text that is being typed."""

import re

from .reading import WrongTerm, parse_query
from .terms import KEYS, VALUES, OneOf, Patterns, Query, Term, When, Words

# Sure to be read as one bare value; everything else is quoted.
_PLAIN = re.compile(r"[\w.+#/@<>=:-]+")
_PLAIN_WORD = re.compile(r"\w[\w.+#/@-]*")
_TYPED = re.compile(r'(?:"(?:[^"\\]|\\.)*+"|[^\s"])*+\Z', re.DOTALL)
_EXAMPLES = {
    "after": ("10m", "1h", "24h", "7d"),
    "before": ("10m", "1h", "24h", "7d"),
    "size": (">1KiB", "<=512", "100..200", "0"),
}
_MOST = 20


def as_text(query: Query) -> str:
    """A text that `parse_query` reads as this query."""
    return " ".join(("-" if term.negated else "") + _write(term) for term in query.terms)


def complete(text: str) -> tuple[str, ...]:
    """Completions of the last term of a text: keys, then known values; none inside of quotes."""
    at = _start_of_last(text)
    if at is None:
        return ()
    typed = text[at:]
    sign = "-" if typed.startswith("-") else ""
    body = typed.removeprefix("-")
    key, colon, rest = body.partition(":")
    if not colon:
        return tuple(sign + key for key in KEYS if key.startswith(body.lower()) and key != body.lower())
    known = VALUES.get(key.lower(), _EXAMPLES.get(key.lower(), ()))
    before, comma, last = rest.rpartition(",")
    there = set(before.lower().split(","))
    fitting = [value for value in known if value.lower().startswith(last.lower()) and value.lower() not in there]
    start = f"{sign}{key.lower()}:{before}{comma}"
    return tuple(start + value for value in fitting if value.lower() != last.lower())[:_MOST]


def with_value(text: str, value: str) -> str | None:
    """A text and one more term, which finds requests with this value in any field. None: the value has no word, or the
    text would be no query."""
    longer = f"{text} {_quote(value, False, _PLAIN_WORD)}".strip()
    try:
        parse_query(longer)
    except WrongTerm:
        return None
    return longer


def _start_of_last(text: str) -> int | None:
    """Where the last, unfinished term begins; None inside of an open quote."""
    at = 0
    while at < len(text):
        match = _TYPED.match(text, at)
        if match:
            return at
        blank = re.compile(r'(?:"(?:[^"\\]|\\.)*+"|[^\s"])*+\s+', re.DOTALL).match(text, at)
        if blank is None:
            return None
        at = blank.end()
    return at


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
