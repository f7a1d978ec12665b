"""Words of pages for wiretaps, and for captures that a handler has answered."""

from datetime import timedelta

from ...domain.captures import CaptureRow
from ...domain.replays import Attempt
from ...domain.units import gap_text


def handler_text(attempt: Attempt, row: CaptureRow, provider: str) -> str:
    """What the handler answered and whether it was in time, in a sentence. `provider`: its title."""
    took = gap_text(timedelta(milliseconds=attempt.ms))
    if attempt.status is None:
        return f"Your handler gave no answer: {attempt.error}, after {took}."
    answered = f"Your handler answered {attempt.status} after {took}"
    outcome = row.outcome
    if outcome is None or outcome.status == attempt.status:
        return f"{answered}."
    if outcome.sender_left:
        left = "" if outcome.left_ms is None else f" after {gap_text(timedelta(milliseconds=outcome.left_ms))}"
        return f"{answered}; {provider} had left{left}."
    if outcome.after_ms is None:
        return f"{answered}."
    ended_ms = (attempt.sent_at - row.received_at) / timedelta(milliseconds=1) + attempt.ms
    sent = f"smsbin sent {outcome.status} after {gap_text(timedelta(milliseconds=outcome.after_ms))}"
    return f"{answered}, which was too late: {sent}." if ended_ms > outcome.after_ms else f"{answered}; {sent}."
