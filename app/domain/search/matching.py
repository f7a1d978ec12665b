"""Whether a capture matches a query, without an index: for answer rules, for waiting, for the newest rows."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

from ..annotations import NO_ANNOTATION, Annotation
from .terms import ANY, OneOf, Pattern, Patterns, Query, Size, Term, When, Words
from .tokens import Tokens
from .values import fold, resolve


@dataclass(frozen=True, kw_only=True)
class Candidate:
    """The fields that a query can match. `words` are the values of all fields, as a reading has them; `n` None: no
    number yet, which is after every number."""

    n: int | None
    received_at: datetime
    role: str
    kind: str
    method: str
    size: int
    provider: str | None = None
    message_id: str | None = None
    sender: str | None = None
    recipient: str | None = None
    text: str | None = None
    status: str | None = None
    words: str = ""
    findings: tuple[str, ...] = ()
    simulated: bool = False
    signature: str | None = None
    annotation: Annotation = NO_ANNOTATION
    result: str | None = None

    @cached_property
    def text_tokens(self) -> Tokens:
        """The words of the text, split once for all terms and all rules."""
        return Tokens(self.text or "")

    @cached_property
    def all_tokens(self) -> Tokens:
        """The words of all fields."""
        return Tokens(self.words)

    @cached_property
    def note_tokens(self) -> Tokens:
        """The words of the note."""
        return Tokens(self.annotation.note)


def matches(query: Query, candidate: Candidate, now: datetime | None = None) -> bool:
    """Whether every term holds. `now` is what "ago" counts from; without it the capture is arriving now."""
    now = candidate.received_at if now is None else now
    return all(_holds(term, candidate, now) != term.negated for term in query.terms)


def settle(query: Query, now: datetime) -> Query:
    """The query with every "ago" counted from now, so that it means the same for as long as it is followed."""
    return Query(
        tuple(
            replace(term, moment=resolve(term.moment, now))
            if isinstance(term, When) and isinstance(term.moment, timedelta)
            else term
            for term in query.terms
        )
    )


def _holds(term: Term, candidate: Candidate, now: datetime) -> bool:
    if isinstance(term, When):
        return _holds_when(term, candidate, now)
    return _RULES[type(term)](term, candidate)


def _holds_words(term: Words, candidate: Candidate) -> bool:
    wanted = term.wanted
    if term.key == "note":
        return wanted.occur_in(candidate.note_tokens)
    return wanted.occur_in(candidate.text_tokens) or (not term.key and wanted.occur_in(candidate.all_tokens))


def _holds_patterns(term: Patterns, candidate: Candidate) -> bool:
    if term.key == "tag":
        return any(_fits(pattern, tag) for pattern in term.patterns for tag in candidate.annotation.tags)
    # As `forward` below.
    values = {"from": candidate.sender, "to": candidate.recipient, "id": candidate.message_id, "target": None}
    value = values[term.key]
    return value is not None and any(_fits(pattern, fold(value)) for pattern in term.patterns)


def _fits(pattern: Pattern, value: str) -> bool:
    return value.startswith(pattern.spellings) if pattern.prefix else value in pattern.spellings


def _holds_one_of(term: OneOf, candidate: Candidate) -> bool:
    if term.key == "has":
        return any(value == ANY or value in candidate.findings for value in term.values) and bool(candidate.findings)
    if term.key == "is":
        held = {"simulated": candidate.simulated, "pinned": candidate.annotation.pinned}
        return any(held[value] for value in term.values)
    values = {
        "status": candidate.status, "role": candidate.role, "kind": candidate.kind, "provider": candidate.provider,
        "method": candidate.method, "signature": candidate.signature, "result": candidate.result,
        # The log has it, and a capture that is arriving has none.
        "forward": None,
    }  # fmt: skip
    return values[term.key] in term.values


def _holds_size(term: Size, candidate: Candidate) -> bool:
    return (term.low is None or candidate.size >= term.low) and (term.high is None or candidate.size <= term.high)


def _holds_when(term: When, candidate: Candidate, now: datetime) -> bool:
    if isinstance(term.moment, int):
        is_after = candidate.n is None or candidate.n > term.moment
        is_before = candidate.n is not None and candidate.n < term.moment
        return is_after if term.key == "after" else is_before
    since = candidate.received_at >= resolve(term.moment, now)
    return since if term.key == "after" else not since


_RULES: dict[type, Callable[[Any, Candidate], bool]] = {
    Words: _holds_words,
    Patterns: _holds_patterns,
    OneOf: _holds_one_of,
    Size: _holds_size,
}
