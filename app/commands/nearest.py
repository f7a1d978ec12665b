"""Finds the capture that almost matched a filter, and the terms that failed; often they show the mistake in a test."""

from dataclasses import dataclass

from ..errors import Invalid
from .polling import PAGE, BinCaptures, Summary


@dataclass(frozen=True, slots=True)
class NearMiss:
    """A capture, and the terms that do not match it."""

    item: Summary
    terms: tuple[str, ...]


def nearest_miss(captures: BinCaptures, match: str, after: int) -> NearMiss | None:
    """Of the last captures after a number, the one with the fewest failed terms, and of several the newest."""
    # Imported here because it takes longer to import than everything else that a command needs.
    from ..domain.search import Query, as_text, parse_query

    recent = [item for item in captures.newest(PAGE) if item["n"] > after]
    try:
        terms = [as_text(Query((term,))) for term in parse_query(match).terms]
    except Invalid:
        return None  # a newer server has terms that are unknown here
    if not recent:
        return None
    first = recent[-1]["n"] - 1
    fitting = {term: {item["n"] for item in captures.after(first, q=term)} for term in terms}
    misses = [NearMiss(item, tuple(term for term in terms if item["n"] not in fitting[term])) for item in recent]
    return min((miss for miss in misses if miss.terms), key=lambda miss: len(miss.terms), default=None)
