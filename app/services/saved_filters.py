"""Saved filters of bins, and how much each finds.

Counting never delays anything else: one filter is counted at a time, each for a short time, and the counts are kept.
"""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass

from .. import clock
from ..domain.bins import Bin
from ..domain.saved_filters import FILTER_ID, SavedFilter, name_problem
from ..domain.search import WrongTerm, parse_query, settle
from ..errors import Invalid, NotReadable, TooSlow
from ..live.hub import Hub
from ..store import Store

MOST_FOUND = 1_000
"""Counting a filter stops above this."""

COUNT_S = 0.25
"""A filter that takes longer is not counted."""

COUNTING_S = 1.0
"""The time for the filters of a bin; those that are left are counted by the next request."""

FRESH_S = 3.0
"""A count is that old at most while the bin changes …"""

KEPT_S = 30.0
"""… and while it does not; "10 minutes ago" moves on. A filter that was too slow is tried again after as long."""

MOST_COUNTS = 1_000
"""Counts in memory."""


@dataclass(frozen=True, slots=True)
class FilterCount:
    """What a filter finds, at most `MOST_FOUND` + 1; None: that took too long. Counted at `at` (ticks), when the bin
    was at `seq`."""

    found: int | None
    seq: int
    at: float

    def is_behind(self, bin: Bin) -> bool:
        """Whether the bin has changed since. A filter that was too slow is not."""
        return self.found is not None and self.seq != bin.seq

    def is_fresh(self, bin: Bin) -> bool:
        """Whether it needs no new count."""
        return clock.ticks() - self.at < (FRESH_S if self.is_behind(bin) else KEPT_S)


class SavedFilters:
    """Use from one event loop only."""

    def __init__(self, store: Store, hub: Hub) -> None:
        self._store = store
        self._hub = hub
        self._counting = asyncio.Lock()
        # By bin, noun and text; the oldest first.
        self._counts: dict[tuple[str, str, str], FilterCount] = {}

    async def of(self, bin_id: str) -> Sequence[SavedFilter]:
        """The filters of a bin, in the order in which they were added. Raises NotFound."""
        return await self._store.list_filters(bin_id)

    async def set(self, bin_id: str, filter_id: str, name: str, text: str) -> SavedFilter:
        """Add a filter, or replace the one with this id. Raises NotFound, Invalid; Conflict for a name that another
        filter has, and for too many filters."""
        name, text = name.strip(), text.strip()
        problems = [("name", problem)] if (problem := name_problem(name)) else []
        if not FILTER_ID.fullmatch(filter_id):
            problems.append(("id", "must have 1 to 40 characters: letters, digits, - and _"))
        try:
            if not parse_query(text).terms:
                problems.append(("q", "must not be empty"))
        except WrongTerm as error:
            problems += error.problems
        if problems:
            raise Invalid(*problems)
        saved = SavedFilter(id=filter_id, name=name, text=text, saved_at=clock.now())
        await self._store.set_filter(bin_id, saved)
        self._hub.notify(bin_id)
        return saved

    async def drop(self, bin_id: str, filter_id: str) -> None:
        """Delete a filter. Raises NotFound."""
        await self._store.drop_filter(bin_id, filter_id)
        self._hub.notify(bin_id)

    def counts(self, bin_id: str, of: str, filters: Iterable[SavedFilter]) -> Mapping[str, FilterCount]:
        """The counts that are known, by id of the filter. `of`: "captures" or "messages"."""
        found = ((each.id, self._counts.get((bin_id, of, each.text))) for each in filters)
        return {filter_id: count for filter_id, count in found if count is not None}

    async def count(self, bin: Bin, of: str, filters: Sequence[SavedFilter]) -> None:
        """Count those whose counts are not fresh, as many as there is time for. `of`: "captures" or "messages"."""
        with suppress(TimeoutError):
            async with asyncio.timeout(COUNTING_S), self._counting:
                for each in filters:
                    known = self._counts.get((bin.id, of, each.text))
                    if known is None or not known.is_fresh(bin):
                        counted = await self._count(bin, of, each.text)
                        if counted is not None:
                            self._keep((bin.id, of, each.text), counted)

    async def _count(self, bin: Bin, of: str, text: str) -> FilterCount | None:
        """None: the ledger cannot be read now."""
        found: int | None = None
        count = self._store.count_captures if of == "captures" else self._store.count_matching_messages
        try:
            query = settle(parse_query(text), clock.now())
            async with asyncio.timeout(COUNT_S):
                found = await count(bin.id, query, MOST_FOUND)
        except NotReadable:
            return None
        except (WrongTerm, TooSlow, TimeoutError):
            pass  # too slow, or saved by another version
        return FilterCount(found, bin.seq, clock.ticks())

    def _keep(self, key: tuple[str, str, str], count: FilterCount) -> None:
        self._counts.pop(key, None)
        if len(self._counts) >= MOST_COUNTS:
            del self._counts[next(iter(self._counts))]
        self._counts[key] = count
