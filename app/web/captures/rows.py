"""Parts of the list of requests: the newest, those below or above a number, and those around a place."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from ...domain.bins import Bin
from ...domain.captures import CaptureRow
from ...domain.search import Query
from ...errors import TooSlow
from ...services.forwards.shown import ShownDispatch
from ...store import Store
from ..site.filters import COUNT_TOO_SLOW, match_text

# Rows of a part.
PAGE = 100
MOST_COUNTED = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceMark:
    """A line between two rows, for a place without a row: above all rows with a number below `n`, so directly above
    the row `follower` (None: below the last one). `at` is the time of the place."""

    n: int
    follower: int | None
    text: str = ""
    at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ListPart:
    """Consecutive rows of the list, newest first. `newer` and `older` are the numbers from which it continues on that
    side, None at its end. `chosen` is the row for which it was requested, `open` that of the open capture.
    `dispatches`: with the forwards of the bin, by number."""

    rows: Sequence[CaptureRow] = ()
    newer: int | None = None
    older: int | None = None
    chosen: int | None = None
    open: int | None = None
    mark: PlaceMark | None = None
    dispatches: Mapping[int, Sequence[ShownDispatch]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class CaptureParts:
    """The list of a bin with a filter. The methods that read rows raise TooSlow when the search takes too long."""

    store: Store
    bin: Bin
    query: Query | None

    async def newest(self) -> ListPart:
        """The newest rows."""
        found = await self._below(None, PAGE + 1)
        return ListPart(rows=found[:PAGE], older=found[PAGE - 1].n if len(found) > PAGE else None)

    async def count(self, part: ListPart) -> str:
        """How many rows the list has with its filter, in words; "" without one. `part` is the part that is shown."""
        if self.query is None:
            return ""
        if part.newer is None and part.older is None:
            found = len(part.rows)
        else:
            try:
                found = await self.store.count_captures(self.bin.id, self.query, MOST_COUNTED)
            except TooSlow:
                return COUNT_TOO_SLOW
        return match_text(found, MOST_COUNTED)

    async def below(self, n: int) -> ListPart:
        """The rows with the next lower numbers."""
        found = await self._below(n, PAGE + 1)
        rows = found[:PAGE]
        newer = rows[0].n if rows else n - 1
        return ListPart(
            rows=rows,
            newer=newer if n <= self.bin.last_n else None,
            older=rows[-1].n if len(found) > PAGE else None,
        )

    async def above(self, n: int) -> ListPart:
        """The rows with the next higher numbers; with 0 the oldest."""
        found = await self._above(n, PAGE + 1)
        rows = found[:PAGE][::-1]
        older = rows[-1].n if rows else n + 1
        return ListPart(rows=rows, newer=rows[0].n if len(found) > PAGE else None, older=older if n else None)

    async def around(self, n: int) -> ListPart:
        """The rows around a number, about as many on each side; `chosen` is the nearest one, the newer of two."""
        half = PAGE // 2
        above = await self._above(n, half + 1)
        rest = PAGE - min(len(above), half)
        below = await self._below(n + 1, rest + 1)
        near = [*above[:1], *below[:1]]
        return ListPart(
            rows=[*above[:half][::-1], *below[:rest]],
            newer=above[half - 1].n if len(above) > half else None,
            older=below[rest - 1].n if len(below) > rest else None,
            chosen=min(near, key=lambda row: abs(row.n - n)).n if near else None,
        )

    async def at(self, place: int | datetime) -> ListPart:
        """The rows around a number or a time, with a mark where the place has no row. A time chooses the first row
        since then, or the last one before it."""
        if isinstance(place, datetime):
            return await self._at_time(place)
        part = await self.around(place)
        if place == part.chosen:
            return part
        nearest = "" if part.chosen is None else f" The nearest is #{part.chosen}."
        return _marked(part, place, text=await self._why_missing(place) + nearest)

    async def _at_time(self, at: datetime) -> ListPart:
        n = await self.store.first_since(self.bin.id, at)
        part = await self.around(self.bin.last_n + 1 if n is None else n)
        since = [row.n for row in part.rows if n is not None and row.n >= n]
        part = replace(part, chosen=since[-1]) if since else part
        return _marked(
            part, self.bin.last_n + 1 if n is None else n, text="" if since else "No request since then.", at=at
        )

    async def _why_missing(self, n: int) -> str:
        if n > self.bin.last_n:
            return f"There is no #{n} yet."
        if n < 1:
            return "Numbers begin at #1."
        is_there = self.query and await self.store.list_captures(self.bin.id, limit=1, after=n - 1, upto=n)
        return f"#{n} does not match the filter." if is_there else f"#{n} was deleted."

    async def _above(self, n: int, limit: int) -> Sequence[CaptureRow]:
        """Oldest first."""
        return await self.store.list_captures(self.bin.id, limit=limit, after=n, query=self.query)

    async def _below(self, n: int | None, limit: int) -> Sequence[CaptureRow]:
        """Newest first."""
        return await self.store.list_captures(self.bin.id, limit=limit, before=n, query=self.query)


def _marked(part: ListPart, n: int, *, text: str, at: datetime | None = None) -> ListPart:
    follower = next((row.n for row in part.rows if row.n < n), None)
    return replace(part, mark=PlaceMark(n=n, follower=follower, text=text, at=at))
