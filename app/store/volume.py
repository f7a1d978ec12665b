"""Counts by time."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from ..domain.overview import Overview
from ..domain.search import Query
from ..domain.volume import IntervalCount, TimeSpan


class VolumeStore(Protocol):
    """Counts by time, which the ledger keeps: none of these reads a row for each capture, unless there is a query."""

    async def first_interval(self, bin_id: str) -> datetime | None:
        """The minute of the oldest capture; None without captures. Raises NotFound."""

    async def count_intervals(self, bin_id: str, span: TimeSpan, query: Query | None = None) -> Sequence[IntervalCount]:
        """The captures of each interval of a span that has some, oldest first; with a `query` only those that match,
        which reads each of them. Raises NotFound, TooSlow."""

    async def recent_counts(self, bin_ids: Sequence[str], span: TimeSpan) -> Mapping[str, Sequence[IntervalCount]]:
        """The same for several bins, without a query. Does not wait for the ledger. An unknown bin is left out."""

    async def get_overview(self, bin_id: str, span: TimeSpan) -> Overview:
        """The overview of the intervals of a span, which are hours or days. Raises NotFound."""
