"""Free space on the disk of the data directory, to warn users before captures are refused.

Nothing is refused because of it; the store answers 503 for what it cannot write.
"""

import asyncio
import os
from dataclasses import dataclass
from pathlib import Path

from ...log import get_log

EVERY_S = 10.0
LOW_BYTES = 256 << 20
LOW_SHARE = 100

_log = get_log("disk")


@dataclass(frozen=True, slots=True)
class DiskSpace:
    """Free bytes for this user, and the total."""

    free: int
    total: int

    @property
    def low(self) -> bool:
        """Whether less than 256 MiB, or less than 1 %, is free."""
        return self.free < max(LOW_BYTES, self.total // LOW_SHARE)


class Disk:
    """The last measured state of the disk of a directory; None: the data is in a database on another disk. `space` is
    None if it cannot be read."""

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder
        self.space: DiskSpace | None = None

    @property
    def low(self) -> bool:
        """Whether to warn users."""
        return self.space is not None and self.space.low

    async def step(self) -> float:
        """Measure in a thread, because a network disk may be slow. Returns the seconds until the next call."""
        if self._folder is None:
            return EVERY_S
        try:
            found = await asyncio.to_thread(os.statvfs, self._folder)
        except OSError as error:
            self.space = None
            _log.warning("disk.unknown", reason=error.strerror)
            return EVERY_S
        was_low = self.low
        self.space = DiskSpace(found.f_bavail * found.f_frsize, found.f_blocks * found.f_frsize)
        if self.low and not was_low:
            _log.warning("disk.low", free_bytes=self.space.free)
        return EVERY_S
