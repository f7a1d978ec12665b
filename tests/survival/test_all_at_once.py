"""All attacks at once keep nobody out: captures to another bin are answered in time and with 200, the memory stays
small, and soon afterwards everything is as before."""

import tempfile
from pathlib import Path

import pytest

from .all_at_once import Outcome, all_at_once

pytestmark = pytest.mark.timeout(300)


def test_all_attacks_at_once_keep_no_capture_out() -> None:
    outcome = _try()
    if not outcome.is_good:
        # A machine that was busy with something else; what the server does wrong it does again.
        outcome = _try()
    assert outcome.is_good, str(outcome)


def _try() -> Outcome:
    # In memory, if there is room: it is not the disk that is attacked.
    with tempfile.TemporaryDirectory(prefix="smsbin-") as name:
        outcome = all_at_once(Path(name), 15)
    print(outcome)
    return outcome
