"""The metrics of listeners, for Prometheus."""

from collections import Counter
from collections.abc import Iterator

from prometheus_client.core import GaugeMetricFamily, Metric

from .registry import Listeners


def listener_metrics(listeners: Listeners) -> Iterator[Metric]:
    """How many are connected, and how far each is behind. Listeners of the same name in several bins are added up."""
    yield GaugeMetricFamily("smsbin_listeners", "Listeners that are connected now.", value=listeners.connected)
    lag = GaugeMetricFamily(
        "smsbin_listener_lag", "Captures that a listener has not acknowledged yet, by its name.", labels=["name"]
    )
    lags: Counter[str] = Counter()
    for status in listeners.statuses:
        lags[status.stored.name] += status.stored.lag
    for name, count in sorted(lags.items()):
        lag.add_metric([name], count)
    yield lag
