"""The state of a forward in one word."""

from datetime import UTC, datetime

import pytest

from app.domain.forwards.model import ForwardHealth, ForwardState

NOW = datetime(2026, 11, 29, tzinfo=UTC)


@pytest.mark.parametrize(
    ("health", "state"),
    [
        (ForwardHealth(), ForwardState.ON),
        (ForwardHealth(failures=9), ForwardState.ON),
        (ForwardHealth(probe_at=NOW), ForwardState.RESTING),
        (ForwardHealth(off=True), ForwardState.OFF),
        (ForwardHealth(off=True, paused=True, probe_at=NOW), ForwardState.PAUSED),
    ],
)
def test_what_a_user_has_set_comes_first(health: ForwardHealth, state: ForwardState) -> None:
    assert health.state is state
