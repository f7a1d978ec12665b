"""Counters that cost nothing on the capture path, formatted when Prometheus requests them.

No label has a value from a request.
"""

from bisect import bisect_left
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric

from ..domain.roles import Role

# Upper bounds in seconds of the time from the head of a request to its stored capture.
EDGES = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 4.0)


@dataclass(slots=True)
class Metrics:
    """Counters since the start. The functions in `gauges` and `more` are called for each scrape."""

    captures: dict[Role, int] = field(default_factory=lambda: dict.fromkeys(Role, 0))
    unknown_key: int = 0
    unavailable: int = 0
    refused_by_parser: int = 0
    refused_connections: int = 0
    incomplete: int = 0
    took_s: float = 0.0
    buckets: list[int] = field(default_factory=lambda: [0] * (len(EDGES) + 1))
    gauges: dict[str, tuple[str, Callable[[], float]]] = field(default_factory=dict)
    more: list[Callable[[], Iterator[Metric]]] = field(default_factory=list)

    def stored(self, role: Role, took_s: float) -> None:
        """A capture is on disk."""
        self.captures[role] += 1
        self.took_s += took_s
        self.buckets[bisect_left(EDGES, took_s)] += 1

    def text(self) -> bytes:
        """All metrics in the Prometheus text format."""
        registry = CollectorRegistry()
        registry.register(_Collector(self))
        return generate_latest(registry)


class _Collector:
    def __init__(self, metrics: Metrics) -> None:
        self._metrics = metrics

    def collect(self) -> Iterator[Metric]:
        metrics = self._metrics
        captures = CounterMetricFamily("smsbin_captures", "Captures on disk since the start.", labels=["role"])
        for role, count in metrics.captures.items():
            captures.add_metric([role.value], count)
        yield captures
        refused = CounterMetricFamily(
            "smsbin_refused", "Requests that could not be stored, by reason.", labels=["reason"]
        )
        for reason in ("unknown_key", "unavailable", "refused_by_parser", "refused_connections"):
            refused.add_metric([reason], getattr(metrics, reason))
        yield refused
        yield CounterMetricFamily(
            "smsbin_incomplete",
            "Captures with an incomplete body: disconnected, too slow or too large.",
            value=metrics.incomplete,
        )
        yield self._histogram()
        for name, (help_, read) in metrics.gauges.items():
            yield GaugeMetricFamily(f"smsbin_{name}", help_, value=read())
        for families in self._metrics.more:
            yield from families()

    def _histogram(self) -> Metric:
        total, buckets = 0, []
        for edge, count in zip((*map(str, EDGES), "+Inf"), self._metrics.buckets, strict=True):
            total += count
            buckets.append((edge, total))
        family = HistogramMetricFamily(
            "smsbin_store_seconds", "Seconds from a request's headers to its capture on disk."
        )
        family.add_metric([], buckets, self._metrics.took_s)
        return family
