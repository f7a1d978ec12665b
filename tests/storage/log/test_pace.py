"""When a disk counts as slow, so that commits wait for more captures."""

from collections.abc import Sequence

import pytest

from app.storage.log.jobs import Job, SetOutcomes, Sweep
from app.storage.log.pace import MAX_DELAY_S, CommitPace

FEW: Sequence[Job] = [SetOutcomes([])] * 16
MANY: Sequence[Job] = [SetOutcomes([])] * 256


def _pace(*commits: tuple[Sequence[Job], float]) -> CommitPace:
    """Consecutive commits: their jobs, and how long they take."""
    pace, now = CommitPace(), 100.0
    for batch, took in commits:
        pace.sent(now)
        now += took
        pace.confirmed(batch, now)
    return pace


def test_two_slow_commits_in_a_row_are_a_slow_disk() -> None:
    assert _pace((FEW, 0.006), (FEW, 0.006)).delay_s == pytest.approx(0.003)
    assert _pace((FEW, 1.0), (FEW, 1.0)).delay_s == MAX_DELAY_S


@pytest.mark.parametrize(
    "commits",
    [
        pytest.param([(FEW, 0.0013), (FEW, 0.0013)], id="a quick disk"),
        pytest.param([(MANY, 0.015), (MANY, 0.015)], id="much to write"),
        pytest.param([(FEW[:2], 0.006), (FEW[:2], 0.006)], id="a low rate"),
        pytest.param([(FEW, 0.0013), (FEW, 0.03)], id="a checkpoint"),
        pytest.param([(FEW, 0.006), (FEW, 0.006), (FEW, 0.0013)], id="quick again"),
        pytest.param([([*FEW, Sweep(0, 0, 0, False)], 0.01)] * 2, id="steps of the index"),
    ],
)
def test_no_commit_is_delayed_on_a_fast_disk_or_for_few_requests(commits: list[tuple[Sequence[Job], float]]) -> None:
    assert _pace(*commits).delay_s == 0


@pytest.mark.parametrize(("took", "patience"), [(0.006, 0.003), (0.0013, 0.0)])
def test_a_batch_that_went_ahead_is_measured_from_the_commit_before(took: float, patience: float) -> None:
    pace = CommitPace()
    pace.sent(0.0)
    for n in range(1, 5):
        # Sent long before the previous one is confirmed, so that nearly two commits lie between sending and confirming.
        pace.sent(took * (n - 0.9))
        pace.confirmed(FEW, took * n)
    assert pace.delay_s == pytest.approx(patience)
