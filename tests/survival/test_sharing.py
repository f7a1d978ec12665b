"""Several servers on one PostgreSQL (P2, P3, P11): a short form of `make proof`."""

import pytest

from tests.postgres.fixtures import require_programs
from tests.proof import sharing
from tests.proof.sharing import Effort, SharingCounts

EFFORT = Effort(senders=40, pause_s=0.05, between=150)


@pytest.mark.timeout(600)
def test_what_was_acknowledged_survives_kills_pauses_crashes_and_cuts() -> None:
    require_programs("nginx")
    counts = SharingCounts()
    sharing.round_of(1, counts, EFFORT)
    assert counts.problems == []
    assert counts.troubles == {"cuts": 1, "kill": 1, "crash": 2, "pause": 1}
    assert counts.acknowledged > 1_000
    assert min(counts.cut_before, counts.cut_after) > 0
