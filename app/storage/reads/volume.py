"""Counts by time: the part of `Store` that reads them from the ledger."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from ...domain.overview import MOST_CODES, FailureCount, FallbackShare, FinalTimes, Overview, SourceCount
from ...domain.pairings.model import Verdict
from ...domain.search import Query
from ...domain.units import MICROSECOND, from_micros, micros
from ...domain.volume import DAY, HOUR, MINUTE, IntervalCount, TimeSpan, Volume, filled
from ...errors import NotFound
from ..transaction import SqlRow
from .base import StoreBase, searching
from .filters import make_filter

# Rows of error codes that are read; more are only there if a sender invents codes.
MAX_CODE_ROWS = 20_000

Bounds = dict[str, object]


class VolumeReads(StoreBase):
    """Implements `Store`."""

    async def first_interval(self, bin_id: str) -> datetime | None:
        row = await self._ledger.one("first_interval", {"bin": await self._followed(bin_id)})
        return None if row is None or row["at"] is None else from_micros(row["at"])

    async def count_intervals(self, bin_id: str, span: TimeSpan, query: Query | None = None) -> Sequence[IntervalCount]:
        bin = await self._followed(bin_id)
        values = {"bin": bin, **_bounds(span)}
        if query is None:
            return [_count(row) for row in await self._ledger.all("intervals", values)]
        ledger = self._ledger.sharing_time_limit()
        with searching(query):
            wanted = await make_filter("captures", query, ledger, await self._space(bin))
            rows = await ledger.run(wanted.put_into("matching_intervals"), values | dict(wanted.values))
        return [_count(row) for row in rows]

    async def recent_counts(self, bin_ids: Sequence[str], span: TimeSpan) -> Mapping[str, Sequence[IntervalCount]]:
        ids: dict[int, str] = {}
        for bin_id in bin_ids:
            try:
                ids[await self._number(bin_id)] = bin_id
            except NotFound:
                continue  # it was deleted in the meantime
        found: dict[str, list[IntervalCount]] = defaultdict(list)
        for row in await self._ledger.all("intervals_of_bins", {"bins": list(ids), **_bounds(span)}):
            found[ids[row["bin"]]].append(_count(row))
        return found

    async def get_overview(self, bin_id: str, span: TimeSpan) -> Overview:
        values = {"bin": await self._followed(bin_id), **_bounds(span)}
        counts = [_count(row) for row in await self._ledger.all("intervals", values)]
        sources = await self._ledger.all("sources", values)
        failures = await self._ledger.all("failures", {**values, "most": MAX_CODE_ROWS})
        return Overview(
            span=span,
            volume=Volume(span=span, counts=filled(span, counts)),
            roles=_by("role", sources),
            providers=_by("provider", sources),
            failures=[
                FailureCount(provider=row["provider"], code=row["code"] or None, messages=row["messages"])
                for row in failures[:MOST_CODES]
            ],
            failed_messages=sum(row["messages"] for row in failures),
            finals=_finals(await self._ledger.all("finals", values)),
            fallbacks=_fallbacks(await self._ledger.all("fallbacks", values)),
        )


def _bounds(span: TimeSpan) -> Bounds:
    """A span as the parameters of the queries. `unit`: the longest interval that its step consists of."""
    unit = next(unit for unit in (DAY, HOUR, MINUTE) if not span.step % unit)
    return {
        "step": _micros(span.step), "unit": _micros(unit), "since": micros(span.since), "until": micros(span.until),
    }  # fmt: skip


def _micros(length: timedelta) -> int:
    return length // MICROSECOND


def _count(row: SqlRow) -> IntervalCount:
    return IntervalCount(at=from_micros(row["begin"]), ok=row["ok"], failed=row["failed"], odd=row["odd"])


def _by(column: str, rows: Sequence[SqlRow]) -> list[SourceCount]:
    """The counts of each value of a column, the highest first."""
    found: dict[str, Counter[str]] = defaultdict(Counter)
    for row in rows:
        for result in ("ok", "failed", "odd"):
            found[row[column]][result] += row[result]
    counts = [
        SourceCount(name=name or None, ok=each["ok"], failed=each["failed"], odd=each["odd"])
        for name, each in found.items()
    ]
    return sorted(counts, key=lambda one: (-one.total, one.name or ""))


def _finals(rows: Sequence[SqlRow]) -> list[FinalTimes]:
    found: dict[int, dict[int, int]] = defaultdict(dict)
    for row in rows:
        found[row["at"]][row["bucket"]] = row["messages"]
    return [FinalTimes(at=from_micros(at), buckets=buckets) for at, buckets in found.items()]


def _fallbacks(rows: Sequence[SqlRow]) -> list[FallbackShare]:
    found: dict[int, dict[Verdict, int]] = defaultdict(dict)
    for row in rows:
        found[row["at"]][Verdict(row["verdict"])] = row["pairs"]
    return [FallbackShare(at=from_micros(at), verdicts=verdicts) for at, verdicts in found.items()]
