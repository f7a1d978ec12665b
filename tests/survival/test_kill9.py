"""The promise itself (P2, P3): what was acknowledged is there after `kill -9`, and the numbers have no gaps."""

from pathlib import Path

import pytest

from tests.proof.kill9 import check, round_of


@pytest.mark.timeout(300)
def test_what_was_acknowledged_survives_kill_9(tmp_path: Path) -> None:
    acknowledged: dict[int, str] = {}
    for seed in range(20):
        round_of(tmp_path / "data", seed, acknowledged)
    assert check(tmp_path / "data", acknowledged) == []
    assert len(acknowledged) > 20
