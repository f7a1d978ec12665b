"""Durability (P2, P3), short forms of `make proof`: no answer is sent before its own sync, and system faults lose
nothing that was acknowledged."""

import os
import shutil
from pathlib import Path

import pytest

from tests.proof import order
from tests.proof.native import NEEDED, can_compile
from tests.proof.workers import share_out

TIME_S = 240.0
needs_compiler = pytest.mark.skipif(not can_compile() and not os.environ.get("CI"), reason=NEEDED)
needs_strace = pytest.mark.skipif(not shutil.which("strace") and not os.environ.get("CI"), reason="there is no strace")


@needs_strace
def test_every_answer_leaves_after_its_own_sync(tmp_path: Path) -> None:
    counts = order.Counts()
    order.prove(tmp_path, 240, counts)
    assert counts.after >= 240
    assert counts.before == 0


@needs_strace
def test_the_order_proof_catches_a_server_that_answers_early(tmp_path: Path) -> None:
    counts = order.Counts()
    order.prove(tmp_path, 80, counts, module="tests.proof.early")
    assert counts.before > 0


@needs_compiler
def test_faults_of_the_system_cost_nothing_that_was_acknowledged() -> None:
    (found,) = share_out("faults", "faults", 250, TIME_S, workers=1)
    assert found["problems"] == []
    assert found["faults"] >= 250
    assert found["losses"] >= 11
    assert found["outcomes"].keys() >= {"went on", "suspect", "full", "gone", "not opened"}


@needs_compiler
@pytest.mark.parametrize(
    ("mistake", "count"), [("errors of a commit are ignored", 240), ("files are not looked at", 60)]
)
def test_the_faults_catch_a_mistake_that_is_planted(mistake: str, count: int) -> None:
    (found,) = share_out("faults", "control", count, TIME_S, workers=1, planted=mistake, until_bad=True)
    assert found["bad"] > 0
