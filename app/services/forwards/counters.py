"""Counts of attempts since the start, for the metrics. No label has a value from a request or of a URL."""

from bisect import bisect_left
from collections import Counter

from ...domain.forwards.model import DispatchState
from ...egress.gate import BLOCKED
from .sending import SentDispatch

EDGES = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0)
"""Upper bounds in seconds of the time until the answer of a target."""
_RESULTS = {
    "no response in time": "timeout",
    "the TLS connection failed": "tls",
    BLOCKED: "closed_gate",
}


class ForwardCounters:
    """Counts by forward."""

    def __init__(self) -> None:
        self.attempts: Counter[tuple[str, str]] = Counter()
        self.exhausted = 0
        self.took_s = 0.0
        self.buckets = [0] * (len(EDGES) + 1)

    def sent(self, forward_id: str, sent: SentDispatch) -> None:
        """An attempt was made."""
        self.attempts[forward_id, result_of(sent)] += 1
        seconds = sent.attempt.ms / 1_000
        self.took_s += seconds
        self.buckets[bisect_left(EDGES, seconds)] += 1

    def ended(self, state: DispatchState) -> None:
        """A dispatch has this state after an attempt."""
        self.exhausted += state is DispatchState.EXHAUSTED


def result_of(sent: SentDispatch) -> str:
    """The class of the status, or why there was none."""
    if sent.attempt.status is not None:
        return f"{sent.attempt.status // 100}xx"
    return _RESULTS.get(sent.attempt.error or "", "refused")
