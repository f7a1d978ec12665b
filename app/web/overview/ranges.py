"""The times that an overview is over: the last day by hours, or the last days, today included (UTC)."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from ...domain.volume import DAY, HOUR, TimeSpan


@dataclass(frozen=True, slots=True, kw_only=True)
class OverviewRange:
    """`name` is its word in addresses and in the API."""

    name: str
    title: str
    step: timedelta
    count: int

    def span(self, now: datetime) -> TimeSpan:
        """The intervals that end with the current one."""
        return TimeSpan.up_to(now, self.step, self.count)


RANGES = (
    OverviewRange(name="24h", title="24 hours", step=HOUR, count=24),
    OverviewRange(name="7d", title="7 days", step=DAY, count=7),
    OverviewRange(name="30d", title="30 days", step=DAY, count=30),
)
BY_NAME = {one.name: one for one in RANGES}
