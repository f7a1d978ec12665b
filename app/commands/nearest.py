"""The capture that came nearest to a filter, and what was wrong with it: mostly that is the mistake in the test."""

from dataclasses import dataclass

from ..errors import Invalid
from .following import PAGE, BinCaptures, Summary


@dataclass(frozen=True, slots=True)
class NearMiss:
    """A capture, and the terms that do not hold for it."""

    item: Summary
    terms: tuple[str, ...]


def nearest_miss(captures: BinCaptures, match: str, after: int) -> NearMiss | None:
    """Of the last captures behind a number the one that fails the fewest terms, and of several the newest."""
    # Here and not above: it takes longer to load than everything else that a command needs.
    from ..domain.search import Query, as_text, parse_query

    recent = [item for item in captures.newest(PAGE) if item["n"] > after]
    try:
        terms = [as_text(Query((term,))) for term in parse_query(match).terms]
    except Invalid:
        return None  # a newer server understands what we do not
    if not recent:
        return None
    first = recent[-1]["n"] - 1
    fitting = {term: {item["n"] for item in captures.after(first, q=term)} for term in terms}
    misses = [NearMiss(item, tuple(term for term in terms if item["n"] not in fitting[term])) for item in recent]
    return min((miss for miss in misses if miss.terms), key=lambda miss: len(miss.terms), default=None)
