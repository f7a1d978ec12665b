"""The time axis above the list of requests: the volume of the filter, and links that narrow it to a time."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from aiohttp import web

from ... import clock, keys
from ...domain.bins import Bin
from ...domain.search import between
from ...domain.volume import IntervalCount, names_times_only
from ...services.volume import volume_of
from ...store import Store
from ..site.filters import ListFilter, filter_of, suffix_of
from ..site.templates import render
from ..site.volume import VolumePicture, draw_volume, terms_of

# The times ago that have a link.
AGES = ("1h", "24h", "7d")
# While requests arrive, the script updates the axis so many times for each interval, but within these limits.
STEPS_PER_INTERVAL = 20
SHORTEST, LONGEST = timedelta(seconds=3), timedelta(seconds=30)
# Counting the matches of a filter can take a second.
SEARCHES_EACH = timedelta(seconds=20)


@dataclass(frozen=True, slots=True, kw_only=True)
class SpanLink:
    """A link to the same filter with another time. `terms` is that time as the filter has it, "" for all times."""

    title: str
    terms: str
    suffix: str
    is_current: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CaptureAxis:
    """The axis. `is_due`: the matches of the filter are not counted yet, and the script requests them. `every_ms`:
    the interval at which it does so again while requests arrive. `rows`: the intervals that are not empty, newest
    first."""

    picture: VolumePicture
    filter: ListFilter
    spans: Sequence[SpanLink]
    is_due: bool
    every_ms: int
    note: str
    rows: Sequence[tuple[IntervalCount, SpanLink]] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AxisPage:
    """The axis alone, for the script."""

    bin: Bin
    axis: CaptureAxis


async def show(request: web.Request) -> web.StreamResponse:
    """GET /bins/{bin}/axis: the axis of a filter as an HTML fragment; with `all` that of all requests without a search;
    with `numbers` also as a table."""
    store = request.app[keys.STORE]
    bin = await store.get_bin(request.match_info["bin"])
    axis = await axis_of(store, bin, filter_of(request), search="all" not in request.query)
    if "numbers" in request.query:
        axis = replace(axis, rows=_rows(axis))
    return render(request, "captures/_axis.html", AxisPage(bin=bin, axis=replace(axis, is_due=False)))


async def axis_of(store: Store, bin: Bin, filter: ListFilter, *, search: bool = False) -> CaptureAxis:
    """The axis of a filter. Without `search`, one with other terms than times shows all requests."""
    query = None if filter.is_wrong else filter.query
    volume = await volume_of(store, bin, query, clock.now(), search=search)
    picture = draw_volume(volume)
    text = filter.text if query is not None else ""
    is_searched = not names_times_only(query)
    since, until = volume.wanted
    rest = between(text, "")
    spans = [_span(rest, f"after:{age}", f"{age[:-1]} {age[-1]}", is_current=f"after:{age}" in text) for age in AGES]
    if since is not None or until is not None:
        spans.append(_span(rest, "", "All"))
    each = max(SHORTEST, min(volume.span.step / STEPS_PER_INTERVAL, LONGEST))
    return CaptureAxis(
        picture=picture,
        filter=filter,
        spans=spans,
        is_due=is_searched and not search,
        every_ms=(SEARCHES_EACH if volume.matching else each) // timedelta(milliseconds=1),
        note=_note(is_searched, volume.matching),
    )


def _rows(axis: CaptureAxis) -> list[tuple[IntervalCount, SpanLink]]:
    rest = between(axis.filter.text, "") if axis.filter.query is not None else ""
    return [
        (bar.count, _span(rest, terms_of(bar.count.at, bar.until), bar.text)) for bar in reversed(axis.picture.bars)
    ]


def _span(rest: str, terms: str, title: str, *, is_current: bool = False) -> SpanLink:
    """`rest` is the filter without times."""
    return SpanLink(title=title, terms=terms, suffix=suffix_of(f"{rest} {terms}".strip()), is_current=is_current)


def _note(is_searched: bool, is_matching: bool) -> str:
    if not is_searched:
        return ""
    return "that match" if is_matching else "all requests"
