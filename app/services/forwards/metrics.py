"""The metrics of forwards, for Prometheus. `forward` is the id of one."""

from collections.abc import Iterator

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric

from ... import clock
from ...domain.forwards.model import ForwardState
from .counters import EDGES
from .registry import Forwards


def forward_metrics(forwards: Forwards) -> Iterator[Metric]:
    """What is counted since the start, and the state of each forward now."""
    counters = forwards.counters
    attempts = CounterMetricFamily(
        "smsbin_forward_attempts", "Requests that forwards have sent, by result.", labels=["forward", "result"]
    )
    for (forward_id, result), count in sorted(counters.attempts.items()):
        attempts.add_metric([forward_id, result], count)
    yield attempts
    yield CounterMetricFamily(
        "smsbin_forward_exhausted", "Captures for which a forward has used all attempts.", value=counters.exhausted
    )
    total, buckets = 0, []
    for edge, count in zip((*map(str, EDGES), "+Inf"), counters.buckets, strict=True):
        total += count
        buckets.append((edge, total))
    seconds = HistogramMetricFamily("smsbin_forward_seconds", "Seconds until the answer of a target.")
    seconds.add_metric([], buckets, counters.took_s)
    yield seconds
    yield from _states(forwards)


def _states(forwards: Forwards) -> Iterator[Metric]:
    resting = GaugeMetricFamily("smsbin_forward_resting", "1 while the target of a forward rests.", labels=["forward"])
    due = GaugeMetricFamily("smsbin_forward_due", "Captures that a forward has not sent yet.", labels=["forward"])
    oldest = GaugeMetricFamily(
        "smsbin_forward_oldest_due_seconds", "Seconds since the oldest of them was due; 0: none is.", labels=["forward"]
    )
    now = clock.now()
    for status in forwards.statuses:
        resting.add_metric([status.stored.id], float(status.stored.health.state is ForwardState.RESTING))
        due.add_metric([status.stored.id], float(status.lag))
        late = 0.0 if status.oldest_due_at is None else (now - status.oldest_due_at).total_seconds()
        oldest.add_metric([status.stored.id], max(late, 0.0))
    yield from (resting, due, oldest)
