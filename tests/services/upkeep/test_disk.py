"""Users are warned while there is still space on the disk."""

from pathlib import Path

import pytest

from app.services.upkeep.disk import EVERY_S, Disk, DiskSpace

MIB = 1 << 20


@pytest.mark.parametrize(
    ("free", "total", "low"),
    [
        (255 * MIB, 1_000 * MIB, True),
        (256 * MIB, 1_000 * MIB, False),
        (400 * MIB, 50_000 * MIB, True),
        (500 * MIB, 50_000 * MIB, False),
        (0, 0, True),
    ],
)
def test_low_is_less_than_256_mib_or_a_hundredth(free: int, total: int, low: bool) -> None:
    assert DiskSpace(free, total).low is low


async def test_it_measures_the_disk_of_its_folder(tmp_path: Path) -> None:
    disk = Disk(tmp_path)
    assert not disk.low
    await disk.step()
    assert disk.space is not None
    assert 0 < disk.space.free <= disk.space.total


async def test_a_disk_that_cannot_be_measured_is_unknown_not_low(tmp_path: Path) -> None:
    disk = Disk(tmp_path / "gone")
    disk.space = DiskSpace(1, 1)
    await disk.step()
    assert (disk.space, disk.low) == (None, False)


async def test_without_a_directory_there_is_nothing_to_measure() -> None:
    disk = Disk(None)
    assert await disk.step() == EVERY_S
    assert (disk.space, disk.low) == (None, False)
