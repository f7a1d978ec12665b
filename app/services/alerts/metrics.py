"""The metrics of alerts, for Prometheus. `alert` is the id of one."""

from collections.abc import Iterator

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric

from .registry import Alerts


def alert_metrics(alerts: Alerts) -> Iterator[Metric]:
    """Which alerts fire now, and what was sent since the start."""
    firing = GaugeMetricFamily("smsbin_alerts_firing", "1 while an alert fires.", labels=["alert"])
    for stored in alerts.all_stored():
        firing.add_metric([stored.id], float(stored.state.firing))
    yield firing
    deliveries = CounterMetricFamily(
        "smsbin_alert_deliveries", "Attempts to deliver notices of alerts, by result.", labels=["target", "result"]
    )
    for (target, result), count in sorted(alerts.counters.attempts.items()):
        deliveries.add_metric([target.value, result], count)
    yield deliveries
