"""What is written about the answer of a handler."""

from datetime import UTC, datetime, timedelta

import pytest

from app.domain.captures import CaptureRow, Outcome, RawRequest
from app.domain.replays import Attempt, Trigger
from app.domain.roles import Role
from app.domain.wiretaps.model import unread_capture
from app.web.words.wiretaps import handler_text

NOW = datetime(2026, 11, 29, tzinfo=UTC)


def row(outcome: Outcome | None) -> CaptureRow:
    raw = RawRequest(
        method="POST", target="/", http_version="1.1", body=b"", body_complete=True, peer="192.0.2.1", received_at=NOW
    )
    capture = unread_capture(1, Role.PRIMARY, raw, simulated=False)
    values = {name: getattr(capture.row, name) for name in capture.row.__dataclass_fields__}
    return CaptureRow(**values | {"outcome": outcome})


def attempt(status: int | None, ms: int, **values: object) -> Attempt:
    sent_at = NOW + timedelta(milliseconds=2)
    defaults = {"n": 1, "number": 1, "url": "", "sent_at": sent_at, "trigger": Trigger.WIRETAP}
    return Attempt(**defaults | {"status": status, "ms": ms} | values)


@pytest.mark.parametrize(
    ("attempt", "outcome", "text"),
    [
        (attempt(200, 31), Outcome(status=200, after_ms=35), "Your handler answered 200 after 31 ms."),
        (attempt(200, 31), None, "Your handler answered 200 after 31 ms."),
        (
            attempt(200, 2_400),
            Outcome(sender_left=True, left_ms=2_000),
            "Your handler answered 200 after 2.4 s; Telnyx had left after 2.0 s.",
        ),
        (
            attempt(200, 2_400), Outcome(sender_left=True),
            "Your handler answered 200 after 2.4 s; Telnyx had left.",
        ),
        (
            attempt(200, 2_400),
            Outcome(status=504, after_ms=1_501),
            "Your handler answered 200 after 2.4 s, which was too late: smsbin sent 504 after 1.5 s.",
        ),
        (
            attempt(500, 31),
            Outcome(status=200, after_ms=40),
            "Your handler answered 500 after 31 ms; smsbin sent 200 after 40 ms.",
        ),
        (
            attempt(None, 3, error="the connection was refused"),
            Outcome(status=502, after_ms=5),
            "Your handler gave no answer: the connection was refused, after 3 ms.",
        ),
    ],
)  # fmt: skip
def test_the_sentence(attempt: Attempt, outcome: Outcome | None, text: str) -> None:
    assert handler_text(attempt, row(outcome), "Telnyx") == text
