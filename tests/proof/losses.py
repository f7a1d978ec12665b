"""What a power cut may leave of writes that no sync has confirmed: kinds of loss, each on a marked `Memory`."""

import random
from collections.abc import Callable, Iterator

from .disk import Disk, Write

SECTOR = 512
Loss = Callable[[Disk, random.Random], None]


def nothing_survives(disk: Disk, rng: random.Random) -> None:
    """The disk as of the last syncs."""


def everything_survives(disk: Disk, rng: random.Random) -> None:
    """All of it was written, though no sync confirmed it."""
    for write in disk.pending:
        disk.apply(write)
    for naming in disk.namings:
        disk.apply_naming(naming)


def the_first_survive(disk: Disk, rng: random.Random) -> None:
    """The disk writes in order."""
    for write in disk.pending[: rng.randint(0, len(disk.pending))]:
        disk.apply(write)
    _first_names(disk, rng)


def some_survive(disk: Disk, rng: random.Random) -> None:
    """The disk writes in any order."""
    share = rng.random()
    for write in disk.pending:
        if rng.random() < share:
            disk.apply(write)
    _first_names(disk, rng)


def one_file_survives(disk: Disk, rng: random.Random) -> None:
    """All of one file, nothing of the others."""
    files = {id(write.file): write.file for write in disk.pending}
    chosen = rng.choice(list(files.values())) if files else None
    for write in disk.pending:
        if write.file is chosen:
            disk.apply(write)
    _first_names(disk, rng)


def sectors_are_torn(disk: Disk, rng: random.Random) -> None:
    """Of each write some sectors."""
    _sector_by_sector(disk, rng, lambda data: None)


def sectors_are_zero(disk: Disk, rng: random.Random) -> None:
    """Space was allocated, and not filled."""
    _sector_by_sector(disk, rng, lambda data: bytes(len(data)))


def sectors_are_garbage(disk: Disk, rng: random.Random) -> None:
    """The old content of another file."""
    _sector_by_sector(disk, rng, lambda data: rng.randbytes(len(data)))


def names_are_lost(disk: Disk, rng: random.Random) -> None:
    """The files are as written; some changes of names are not, in any order."""
    for write in disk.pending:
        disk.apply(write)
    for naming in disk.namings:
        if rng.random() < 0.5:
            disk.apply_naming(naming)


# Each with the number of its images at one place.
KINDS: dict[Loss, int] = {
    nothing_survives: 1,
    everything_survives: 1,
    the_first_survive: 1,
    some_survive: 2,
    one_file_survives: 1,
    sectors_are_torn: 2,
    sectors_are_zero: 1,
    sectors_are_garbage: 1,
    names_are_lost: 2,
}


def possible(disk: Disk) -> Iterator[Loss]:
    """The possible losses at this place."""
    needs: dict[Loss, object] = {
        nothing_survives: True,
        one_file_survives: len({id(write.file) for write in disk.pending}) > 1,
        names_are_lost: disk.namings,
    }
    for loss, count in KINDS.items():
        if needs.get(loss, disk.pending):
            yield from [loss] * count


def _first_names(disk: Disk, rng: random.Random) -> None:
    for naming in disk.namings[: rng.randint(0, len(disk.namings))]:
        disk.apply_naming(naming)


def _sector_by_sector(disk: Disk, rng: random.Random, instead: Callable[[bytes], bytes | None]) -> None:
    share = rng.random()
    for write in disk.pending:
        if write.data is None:
            if rng.random() < share:
                disk.apply(write)
            continue
        for start, end, survives in _runs(write, rng, share):
            part = write.data[start:end]
            # Overwriting bytes with the same bytes cannot lose anything.
            same = disk.memory.common(write.file.disk, write.offset + start, part, len(part))
            kept = part if survives else instead(part)
            if kept is not None and same < len(part):
                disk.apply(write, start + same, kept[same:])
    _first_names(disk, rng)


def _runs(write: Write, rng: random.Random, share: float) -> Iterator[tuple[int, int, bool]]:
    """Parts of a write between the sector borders of the file, as (start, end, whether it survives)."""
    assert write.data is not None
    start, length = 0, len(write.data)
    while start < length:
        end = min(length, start + SECTOR - (write.offset + start) % SECTOR)
        yield start, end, rng.random() < share
        start = end
