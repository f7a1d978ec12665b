"""How much time smsbin adds to the answers of handlers: in all for the metrics, and of the last ones for the pages."""

from bisect import bisect_left
from collections import deque
from dataclasses import dataclass

from ...domain.roles import Role

EDGES = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0)
"""Upper bounds in seconds of the time that smsbin adds."""
RECENT = 1_000
"""Answers of which a page shows the percentiles."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Overhead:
    """Percentiles in seconds of the last `count` answers."""

    p50_s: float
    p99_s: float
    count: int


class WiretapCounters:
    """Counts since the start. Overhead is everything but the time of the handler: storing, and passing on."""

    def __init__(self) -> None:
        self.buckets = [0] * (len(EDGES) + 1)
        self.took_s = 0.0
        self._recent: dict[tuple[str, Role], deque[float]] = {}

    def add(self, bin_id: str, role: Role, seconds: float) -> None:
        """An answer was passed on."""
        self.buckets[bisect_left(EDGES, seconds)] += 1
        self.took_s += seconds
        self._recent.setdefault((bin_id, role), deque(maxlen=RECENT)).append(seconds)

    def overhead(self, bin_id: str, role: Role) -> Overhead | None:
        """The overhead of a role; None: nothing was passed on since the start."""
        recent = sorted(self._recent.get((bin_id, role), ()))
        if not recent:
            return None
        return Overhead(p50_s=_at(recent, 0.5), p99_s=_at(recent, 0.99), count=len(recent))

    def forget(self, bin_id: str) -> None:
        """The bin was deleted."""
        for key in [key for key in self._recent if key[0] == bin_id]:
            del self._recent[key]


def _at(ordered: list[float], part: float) -> float:
    return ordered[min(int(len(ordered) * part), len(ordered) - 1)]
