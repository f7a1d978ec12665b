"""How much room is left on the disk of the data directory, so that a person hears of it before captures are refused.

Nothing is refused because of it: what can still be stored is stored, and what cannot is answered 503 by the store.
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
    """Bytes that we may still write, and bytes in all."""

    free: int
    total: int

    @property
    def low(self) -> bool:
        """Less than 256 MiB, or less than a hundredth."""
        return self.free < max(LOW_BYTES, self.total // LOW_SHARE)


class Disk:
    """The last look at the disk; `space` is None where the system does not tell."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.space: DiskSpace | None = None

    @property
    def low(self) -> bool:
        """Should somebody be told?"""
        return self.space is not None and self.space.low

    async def step(self) -> float:
        """Ask the system, beside the loop: a network disk may take its time. The seconds until the next time."""
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
