"""How long a handler may take."""

import pytest

from app.domain.wiretaps.model import STATUS_OF, UNKNOWN_LIMIT_S, FailureKind, limit_s
from app.providers import PROVIDERS


@pytest.mark.parametrize(
    ("provider", "seconds"),
    [("telnyx", 1.5), ("signalwire", 4), ("plivo", 7), ("bandwidth", 9), ("twilio", 13), ("aws", 13)],
)
def test_a_handler_has_the_time_of_its_provider_less_a_margin(provider: str, seconds: float) -> None:
    assert limit_s(None, PROVIDERS[provider].habits.timeout_s) == seconds


def test_an_unknown_provider_and_an_own_limit() -> None:
    assert limit_s(None, None) == UNKNOWN_LIMIT_S
    assert limit_s(3.5, 15.0) == 3.5


def test_each_failure_has_a_status() -> None:
    # With `GONE` smsbin answers as usual.
    assert set(STATUS_OF) == set(FailureKind) - {FailureKind.GONE}
    assert STATUS_OF[FailureKind.TIMEOUT] == 504
