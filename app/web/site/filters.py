"""The filter box of a list: the query parameter `q` with the same grammar everywhere, and common filters as links.

A filter with a syntax error finds nothing: the page shows the error above the list, with its position and the cure.
"""

from dataclasses import dataclass, replace
from urllib.parse import quote

from aiohttp import web

from ... import clock
from ...domain.search import MAX_LENGTH, Query, WrongTerm, parse_query, settle, with_value
from ...errors import TooSlow

IN_FLIGHT = "status:queued,sending,unknown -has:stuck"
HANDED_OVER = "status:sent"
DELIVERED = "status:delivered,read"
FAILED = "status:failed,undelivered,rejected,expired,canceled"
STUCK = "has:stuck"
INBOUND = "kind:inbound"
OUTBOUND = "-kind:inbound"
ODD = "has:any"
COUNT_TOO_SLOW = "counting took too long"


@dataclass(frozen=True, slots=True, kw_only=True)
class ListFilter:
    """The filter of a list. `query` None: everything is shown, unless the text has a `problem`, its syntax error: then
    nothing is. `too_slow`: why the search was stopped. `count`: how many rows
    match, in words; empty if that is not counted."""

    text: str = ""
    query: Query | None = None
    problem: str | None = None
    too_slow: str | None = None
    count: str = ""

    @property
    def message(self) -> str | None:
        """The error as a sentence."""
        if self.too_slow is not None:
            return f"No results: {self.too_slow}."
        return None if self.problem is None else f"{self.problem[:1].upper()}{self.problem[1:]}."

    @property
    def is_wrong(self) -> bool:
        """Whether the text cannot be read, so that no row is shown."""
        return self.problem is not None

    @property
    def status(self) -> int:
        """The HTTP status of the page."""
        return 200 if self.too_slow is None else TooSlow.status

    @property
    def suffix(self) -> str:
        """The query string that keeps the filter in a link."""
        return suffix_of(self.text)


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """A link to a common filter; `count` in words, None: not counted."""

    title: str
    text: str
    count: str | None = None

    @property
    def suffix(self) -> str:
        """Its query string."""
        return suffix_of(self.text)


SIMULATED = View(title="Simulated", text="is:simulated")
CAPTURE_VIEWS = (
    View(title="All", text=""),
    View(title="Inbound", text=INBOUND),
    View(title="Failed", text=FAILED),
    View(title="Findings", text=ODD),
)


def filter_of(request: web.Request) -> ListFilter:
    """The filter in the query of a request."""
    text = request.query.get("q", "").strip()
    if not text:
        return ListFilter()
    try:
        query = parse_query(text)
    except WrongTerm as error:
        return ListFilter(text=text, problem="; ".join(message for _, message in error.problems))
    return ListFilter(text=text, query=settle(query, clock.now()) if query.terms else None)


def stopped(filter: ListFilter, error: TooSlow) -> ListFilter:
    """The filter of a search that took too long."""
    return replace(filter, too_slow="; ".join(message for _, message in error.problems))


def suffix_of(text: str) -> str:
    """`?q=…`, or nothing. A text that is too long for a filter is not in the links: each row of a page has one."""
    return f"?q={quote(text, safe='')}" if 0 < len(text) <= MAX_LENGTH else ""


def value_suffix(value: str, words: str, text: str) -> str:
    """The query string of the filter `text` and this value; "" if the search, by its `words`, does not find the
    value."""
    longer = with_value(text, value) if value and value in words else None
    return suffix_of(longer or "")


def count_text(count: int, most: int) -> str:
    """A count that stops at `most`: "1,000+"."""
    return f"{most:,}+" if count > most else f"{count:,}"


def match_text(found: int, most: int) -> str:
    """How many rows match, when counting stops at `most`."""
    if found > most:
        return f"more than {most:,} match"
    return "1 matches" if found == 1 else f"{found:,} match"
