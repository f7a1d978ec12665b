"""The overview of a bin over some intervals: its volume, failures, times to the final status, and the fallback."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from .durations import percentile
from .pairings.model import FALLBACK_ONLY, FALLBACK_USED, Verdict
from .volume import TimeSpan, Volume

# Error codes that are shown.
MOST_CODES = 10
# Verdicts of messages and calls that the fallback took because the primary did not.
FALLBACK_TOOK = (*FALLBACK_USED, Verdict(FALLBACK_ONLY))


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceCount:
    """The captures of one role, or of one provider (None: not recognised), by their results."""

    name: str | None
    ok: int
    failed: int
    odd: int

    @property
    def total(self) -> int:
        """All of them."""
        return self.ok + self.failed + self.odd


@dataclass(frozen=True, slots=True, kw_only=True)
class FailureCount:
    """Failed outbound messages with one error code of a provider; `code` None: the provider states none."""

    provider: str
    code: str | None
    messages: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FinalTimes:
    """Outbound messages that reached a final status, by the bucket of the time since their first event. `at`: the
    interval in which they did; None: all intervals."""

    at: datetime | None
    buckets: Mapping[int, int]

    @property
    def messages(self) -> int:
        """How many did."""
        return sum(self.buckets.values())

    def percentile_ms(self, percent: int) -> float | None:
        """Milliseconds, exact to 2.5 %; None without messages."""
        return percentile(self.buckets, percent)


@dataclass(frozen=True, slots=True, kw_only=True)
class FallbackShare:
    """Inbound messages and calls by their verdicts. `at`: the interval of the first capture; None: all intervals."""

    at: datetime | None
    verdicts: Mapping[Verdict, int]

    @property
    def pairs(self) -> int:
        """All of them."""
        return sum(self.verdicts.values())

    @property
    def used(self) -> int:
        """Those that the fallback took because the primary did not."""
        return sum(self.verdicts.get(verdict, 0) for verdict in FALLBACK_TOOK)

    @property
    def share(self) -> float | None:
        """The part of them; None without any."""
        return self.used / self.pairs if self.pairs else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """What the ledger has counted in the intervals of a span. `failures` are the most frequent, `failed_messages` all
    of them; `finals` and `fallbacks` have the intervals that are not empty, oldest first."""

    span: TimeSpan
    volume: Volume
    roles: Sequence[SourceCount]
    providers: Sequence[SourceCount]
    failures: Sequence[FailureCount]
    failed_messages: int
    finals: Sequence[FinalTimes]
    fallbacks: Sequence[FallbackShare]

    @property
    def final(self) -> FinalTimes:
        """All intervals together."""
        together: dict[int, int] = {}
        for one in self.finals:
            for bucket, messages in one.buckets.items():
                together[bucket] = together.get(bucket, 0) + messages
        return FinalTimes(at=None, buckets=together)

    @property
    def fallback(self) -> FallbackShare:
        """All intervals together."""
        together: dict[Verdict, int] = {}
        for one in self.fallbacks:
            for verdict, pairs in one.verdicts.items():
                together[verdict] = together.get(verdict, 0) + pairs
        return FallbackShare(at=None, verdicts=together)
