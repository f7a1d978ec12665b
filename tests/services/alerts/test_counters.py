"""Counts of attempts."""

from app.domain.alerts.model import AlertTarget
from app.domain.forwards.answers import AnswerMeaning
from app.services.alerts.counters import AlertCounters
from app.services.alerts.sending import SentNotice


def test_attempts_are_counted_by_target_and_result() -> None:
    counters = AlertCounters()
    for meaning in AnswerMeaning:
        counters.sent(AlertTarget.EMAIL, SentNotice(meaning=meaning))
    counters.sent(AlertTarget.WEBHOOK, SentNotice(meaning=AnswerMeaning.SUCCESS))
    assert counters.attempts == {
        (AlertTarget.EMAIL, "delivered"): 1, (AlertTarget.EMAIL, "failed"): 4, (AlertTarget.WEBHOOK, "delivered"): 1,
    }  # fmt: skip
