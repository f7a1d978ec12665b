"""The metrics of wiretaps, for Prometheus. No label has a value from a request or of a URL."""

from collections.abc import Iterator

from prometheus_client.core import HistogramMetricFamily, Metric

from .counters import EDGES, WiretapCounters


def wiretap_metrics(counters: WiretapCounters) -> Iterator[Metric]:
    """The time that smsbin adds to the answers of handlers, since the start."""
    total, buckets = 0, []
    for edge, count in zip((*map(str, EDGES), "+Inf"), counters.buckets, strict=True):
        total += count
        buckets.append((edge, total))
    family = HistogramMetricFamily(
        "smsbin_wiretap_overhead_seconds", "Seconds that smsbin adds to the answer of a handler."
    )
    family.add_metric([], buckets, counters.took_s)
    yield family
