"""Counts of attempts to deliver notices since the start, for the metrics."""

from collections import Counter

from ...domain.alerts.model import AlertTarget
from ...domain.forwards.answers import AnswerMeaning
from .sending import SentNotice


class AlertCounters:
    """Counts by target and result: "delivered" or "failed". No label has a value of a user."""

    def __init__(self) -> None:
        self.attempts: Counter[tuple[AlertTarget, str]] = Counter()

    def sent(self, target: AlertTarget, sent: SentNotice) -> None:
        """An attempt was made."""
        self.attempts[target, "delivered" if sent.meaning is AnswerMeaning.SUCCESS else "failed"] += 1
