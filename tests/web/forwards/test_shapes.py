"""The JSON of a forward."""

from datetime import UTC, datetime

from app.domain.forwards.model import Forward, ForwardHealth, StoredForward
from app.services.forwards.shown import ForwardStatus
from app.web.forwards.shapes import show_forward, show_forwards

NOW = datetime(2026, 11, 29, tzinfo=UTC)


def test_times_are_rfc3339_and_the_state_is_one_word() -> None:
    stored = StoredForward(
        id="f", bin_id="b", forward=Forward(name="F", url="https://x.example/"), made_at=NOW, position=3,
        health=ForwardHealth(probe_at=NOW, failures=10), delivered=2,
    )  # fmt: skip
    status = ForwardStatus(stored=stored, lag=1, failed=4, oldest_due_at=NOW, secret=None)
    shape = show_forward(status)
    assert (shape.state, shape.probe_at, shape.oldest_due_at) == ("resting", *["2026-11-29T00:00:00.000000Z"] * 2)
    assert (shape.paused, shape.lag, shape.failed, shape.delivered, shape.position) == (False, 1, 4, 2, 3)
    assert show_forwards([status]).items == [shape]
