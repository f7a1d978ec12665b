"""The filter box of a list: one `?q=` in the address, the same grammar everywhere, and the usual wishes as links.

A filter that cannot be read filters nothing: the page says so above the list, with the place and the cure.
"""

from dataclasses import dataclass, replace
from urllib.parse import quote

from aiohttp import web

from ... import clock
from ...domain.search import Query, WrongTerm, parse_query, settle
from ...errors import TooSlow

IN_FLIGHT = "status:queued,sending,unknown -has:stuck"
HANDED_OVER = "status:sent"
DELIVERED = "status:delivered,read"
FAILED = "status:failed,undelivered,rejected,expired,canceled"
STUCK = "has:stuck"
INBOUND = "kind:inbound"
OUTBOUND = "-kind:inbound"
ODD = "has:any"


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """What stands in the box. `query` None: everything is shown; `problem`: why the text could not be read;
    `too_slow`: why nothing is shown although it could."""

    text: str = ""
    query: Query | None = None
    problem: str | None = None
    too_slow: str | None = None

    @property
    def said(self) -> str | None:
        """What is wrong, as a sentence."""
        if self.too_slow is not None:
            return f"No results: {self.too_slow}."
        return None if self.problem is None else f"{self.problem[:1].upper()}{self.problem[1:]}."

    @property
    def status(self) -> int:
        """Of the page that shows it."""
        return 200 if self.too_slow is None else TooSlow.status

    @property
    def suffix(self) -> str:
        """What keeps the filter in an address."""
        return suffix_of(self.text)


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """A link to a usual filter; `count` in words, None where nobody counts."""

    title: str
    text: str
    count: str | None = None

    @property
    def suffix(self) -> str:
        """The end of its address."""
        return suffix_of(self.text)


SIMULATED = View(title="Simulated", text="is:simulated")
CAPTURE_VIEWS = (
    View(title="All", text=""),
    View(title="Inbound", text=INBOUND),
    View(title="Failed", text=FAILED),
    View(title="Findings", text=ODD),
)


def filter_of(request: web.Request) -> Filter:
    """The filter that the address holds."""
    text = request.query.get("q", "").strip()
    if not text:
        return Filter()
    try:
        query = parse_query(text)
    except WrongTerm as error:
        return Filter(text=text, problem="; ".join(message for _, message in error.problems))
    return Filter(text=text, query=settle(query, clock.now()) if query.terms else None)


def stopped(filter: Filter, error: TooSlow) -> Filter:
    """The filter of a search that took too long."""
    return replace(filter, too_slow="; ".join(message for _, message in error.problems))


def suffix_of(text: str) -> str:
    """`?q=…`, or nothing."""
    return f"?q={quote(text, safe='')}" if text else ""


def say_count(count: int, most: int) -> str:
    """Counts stop: "1,000+"."""
    return f"{most:,}+" if count > most else f"{count:,}"
