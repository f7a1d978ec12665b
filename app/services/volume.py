"""The volume of a bin with a filter, over the time that the filter names, else over all that is stored."""

from datetime import datetime

from ..domain.bins import Bin
from ..domain.search import Query
from ..domain.volume import MINUTE, TimeSpan, Volume, bounds_of, filled, names_times_only
from ..errors import TooSlow
from ..store import Store

# What is shown of a bin that is younger.
LEAST = 60 * MINUTE


async def volume_of(store: Store, bin: Bin, query: Query | None, now: datetime, *, search: bool = True) -> Volume:
    """The volume in intervals of a length that suits the time. A query with other terms than times is counted by
    searching; if that takes too long, or without `search`, the volume is that of the whole bin. `query` is settled.
    Raises NotFound."""
    span, wanted = await _span_of(store, bin, query, now)
    matching = search and not names_times_only(query)
    try:
        counts = await store.count_intervals(bin.id, span, query if matching else None)
    except TooSlow:
        matching = False
        counts = await store.count_intervals(bin.id, span)
    return Volume(span=span, counts=filled(span, counts), matching=matching, wanted=wanted)


async def _span_of(
    store: Store, bin: Bin, query: Query | None, now: datetime
) -> tuple[TimeSpan, tuple[datetime | None, datetime | None]]:
    since, until = bounds_of(query)
    # After the clock was set back, captures can be later than now.
    newest = max(now, bin.last_capture_at or now)
    first = await store.first_interval(bin.id) or newest
    end = min(until or newest, newest)
    begin = min(first, end - LEAST) if since is None else min(max(since, first - LEAST), end)
    return TimeSpan.around(begin, end), (since, until)
