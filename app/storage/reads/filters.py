"""The filter grammar in SQL: exact conditions, and drivers that find candidate rows quickly.

For each term with an index, up to `FEW` ids are read. If a term has so few, only those rows are read; if every term
has more, matches are close to the newest rows, and the list is read in its own order. Words, and the phone numbers
of captures, have an index that is filled after the fold. Its driver also includes all rows that are not indexed yet,
and the condition is checked on each row.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from ...domain.search import OneOf, Patterns, Query, Term, When, Words, line_of
from ...domain.units import micros
from ..ids import row_id
from ..ledger.search import scope_of
from ..transaction import SqlRow
from .base import TimedQueries

FEW = 2_000
MARK = "/* filter */"
# The end of a value for an exact match, and for a prefix match.
_WHOLE, _BEGINNING = "\x01", "\U0010ffff"

_NOT_GENUINE = {"valid_as", "wrong_secret_or_changed", "stale"}

# The parameter of a term, as each engine writes it: `:p` or `%(p)s`.
_PARAMETER = re.compile(r"(?<=:)p\b|(?<=%\()p(?=\)s)")


@dataclass(frozen=True, slots=True)
class SqlFilter:
    """A condition that replaces `MARK` in a query, and the values of its parameters."""

    queries: Mapping[str, str]
    condition: str = ""
    values: Mapping[str, object] = field(default_factory=dict)
    driven: bool = False

    def put_into(self, query: str) -> str:
        """The named query with the condition. If ids drive it, `+` keeps the engine from using the order of the
        rows."""
        text = self.queries[query]
        if self.driven:
            for column in ("captures.id", "messages.id"):
                text = text.replace(f"{column} >", f"+{column} >").replace(f"{column} <", f"+{column} <")
        return text.replace(MARK, self.condition)


async def make_filter(of: str, query: Query | None, ledger: TimedQueries, space: SqlRow | None) -> SqlFilter:
    """The filter of captures or messages (`of`) in a space, a row of `spaces`. None if there is none, or if there are
    only a few rows, so that no index pays off."""
    queries = ledger.queries
    if query is None or not query.terms:
        return SqlFilter(queries)
    parts: list[str] = []
    values: dict[str, object] = {}
    for index, term in enumerate(query.terms):
        conditions = []
        for number, (fragment, value) in enumerate(_fragments_of(term)):
            name = f"t{index}_{number}"
            conditions.append(f"({_PARAMETER.sub(name, queries[f'{of}_{fragment}'])})")
            values[name] = value
        condition = " and ".join(conditions)
        parts.append(f"not coalesce({condition}, false)" if term.negated else f"({condition})")
    driven = None if space is None else await _drive(of, query, _SearchSpace(space, ledger))
    if driven is not None:
        # Captures that are not indexed yet have higher ids than all that are.
        parts.insert(0, f"({queries[f'{of}_driven' + ('' if driven.upto is None else '_or_later')]})")
        values |= {"driven": list(driven.found), "upto": driven.upto}
    return SqlFilter(queries, "and " + " and ".join(parts), values, driven=driven is not None)


@dataclass(frozen=True, slots=True)
class _DriverIds:
    """A few ids; with `upto` also all captures after it, which are not indexed yet."""

    found: Sequence[int]
    upto: int | None = None


class _SearchSpace:
    """A space, and the queries in it."""

    def __init__(self, space: SqlRow, ledger: TimedQueries) -> None:
        self.number = int(space["number"])
        self.upto = row_id(self.number, space["indexed_n"])
        self._ledger = ledger

    async def few(self, query: str, **values: object) -> Sequence[int] | None:
        """The ids of a driver; None if there are many."""
        found = await self._ledger.candidates(query, {"space": self.number, "limit": FEW + 1, **values})
        return None if found is None or len(found) > FEW else found


async def _drive(of: str, query: Query, search_space: _SearchSpace) -> _DriverIds | None:
    """The smallest set of ids of any term; None if all terms have many."""
    best: _DriverIds | None = None
    for term in query.terms:
        if term.negated:
            continue
        driven = await (
            _drive_words(of, term, search_space) if isinstance(term, Words) else _drive_term(of, term, search_space)
        )
        if driven is not None and (best is None or len(driven.found) < len(best.found)):
            best = driven
    return best


async def _drive_term(of: str, term: Term, search_space: _SearchSpace) -> _DriverIds | None:
    if isinstance(term, Patterns):
        return await _drive_patterns(of, term, search_space)
    if not isinstance(term, OneOf) or not (term.key == "has" or _is_worth_it(of, term)):
        return None
    found = await search_space.few(f"drive_{of}_{term.key}", p=list(term.values))
    return None if found is None else _DriverIds(found)


async def _drive_patterns(of: str, term: Patterns, search_space: _SearchSpace) -> _DriverIds | None:
    if term.key == "tag":
        return await _drive_annotated(of, "tag", _tags(term), search_space)
    if term.key == "target":
        return None  # A forward may have a dispatch for every capture.
    # Both numbers of a message are in the same index.
    key = "from" if of == "messages" and term.key == "to" else term.key
    ranges = [
        prefix_range(spelling) if pattern.prefix else [spelling, spelling + _WHOLE]
        for pattern in term.patterns
        for spelling in pattern.spellings
    ]
    # The position of the index is read before its content: captures that are indexed in between are found twice.
    upto = search_space.upto if of == "captures" and key in ("from", "to") else None
    found = await search_space.few(f"drive_{of}_{key}", p=ranges)
    return None if found is None else _DriverIds(found, upto)


def prefix_range(beginning: str) -> list[str]:
    """The range of the values that begin with this, for an index: its first value, and the one after its last."""
    return [beginning, beginning + _BEGINNING]


def _is_worth_it(of: str, term: OneOf) -> bool:
    """Whether an index serves the term. Messages have one for all statuses; captures only for failures, for simulated
    ones, for those that are not genuine, and for those that a forward has not delivered."""
    if term.key == "is":
        return of == "captures"
    if term.key == "signature":
        return of == "captures" and set(term.values) <= _NOT_GENUINE
    if term.key == "forward":
        return of == "captures" and "delivered" not in term.values
    failures = {"failed", "undelivered", "rejected", "expired", "canceled"}
    return term.key == "status" and (of == "messages" or set(term.values) <= failures)


async def _drive_annotated(of: str, key: str, value: object, search_space: _SearchSpace) -> _DriverIds | None:
    """Annotations have no index; they are few."""
    if of == "messages":
        return None
    found = await search_space.few(f"drive_captures_{key}", p=value)
    return None if found is None else _DriverIds(found)


async def _drive_words(of: str, term: Words, search_space: _SearchSpace) -> _DriverIds | None:
    if term.key == "note":
        return await _drive_annotated(of, "note", _phrases(term), search_space)
    columns = term.key or "{text rest}"
    hits = await search_space.few("search_hits", scope=scope_of(search_space.number), columns=columns, p=_phrases(term))
    if hits is None:
        return None
    if of == "captures":
        return _DriverIds(hits, search_space.upto)
    found = await search_space.few("messages_of_hits", hits=list(hits), upto=search_space.upto)
    return None if found is None else _DriverIds(found)


def _fragments_of(term: Term) -> list[tuple[str, object]]:
    """The SQL fragments of a term with the values of their parameters; all of them must hold."""
    if isinstance(term, Words):
        return [(term.key or "words", _phrases(term))]
    if isinstance(term, Patterns) and term.key == "tag":
        return [("tag", _tags(term))]
    if isinstance(term, Patterns):
        likes = [_like(spelling, pattern.prefix) for pattern in term.patterns for spelling in pattern.spellings]
        return [(term.key, likes)]
    if isinstance(term, OneOf):
        return [(term.key, list(term.values))]
    if isinstance(term, When):
        assert not isinstance(term.moment, timedelta), "a query is settled before it is stored or asked"
        is_number = isinstance(term.moment, int)
        value = term.moment if isinstance(term.moment, int) else micros(term.moment)
        return [(f"{term.key}_{'n' if is_number else 'time'}", value)]
    ends = (("size_from", term.low), ("size_to", term.high))
    return [(fragment, value) for fragment, value in ends if value is not None]


def _phrases(term: Words) -> list[str]:
    """What to look for in the words of a text, with a blank before and after each word."""
    return [line_of(phrase.words, phrase.prefix) for phrase in term.phrases]


def _tags(term: Patterns) -> list[str]:
    """What to look for in the tags of a capture, with a comma before and after each tag."""
    return [f",{tag}{'' if each.prefix else ','}" for each in term.patterns for tag in each.spellings]


def _like(spelling: str, prefix: bool) -> str:
    """A pattern for LIKE, which ignores case in ASCII, as the grammar requires."""
    escaped = spelling.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return escaped + "%" if prefix else escaped
