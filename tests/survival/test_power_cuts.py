"""Durability (P2, P3) when the power is cut: a short form of `make proof`."""

import os

import pytest

from tests.proof.losses import KINDS
from tests.proof.native import NEEDED, can_compile
from tests.proof.workers import share_out

TIME_S = 240.0
IMAGES = 4_000
# With this seed there are restores and failed syncs among the first histories.
SEED = 60
# Of histories in which each mistake does harm, the one that shows it soonest is first.
SEEDS = (10, 40, SEED)
pytestmark = pytest.mark.skipif(not can_compile() and not os.environ.get("CI"), reason=NEEDED)


def _cut(count: int = IMAGES, **options: object) -> dict:
    (found,) = share_out("images", "images", count, TIME_S, workers=1, share=0.05, kills_all=False, **options)
    return found


def test_every_image_that_a_power_cut_leaves_holds_what_was_acknowledged() -> None:
    found = _cut(seed=SEED)
    assert found["problems"] == []
    assert found["images"] >= IMAGES
    assert found["kinds"].keys() == {loss.__name__ for loss in KINDS}
    assert min(found["restores"], found["failed_syncs"], found["dropped"], found["acknowledged"]) > 0


@pytest.mark.parametrize(
    "mistake",
    [
        "sync only at checkpoints",
        "captures wait for the next batch",
        "doubt is ignored",
        "the write-ahead log is not written again",
        "names of a restore are not synced",
        "deletions are not recorded",
    ],
)
def test_a_mistake_that_is_planted_is_caught(mistake: str) -> None:
    assert any(_cut(seed=seed, planted=mistake, until_bad=True)["bad"] for seed in SEEDS)


def test_a_disk_that_lies_about_its_syncs_is_caught() -> None:
    found = _cut(600, seed=SEED, lies="-wal")
    assert found["bad"] > found["images"] / 7
