"""A reserve file. On a full disk it is deleted, so that there is space for deletions, which write before they free
space.
"""

import os
from pathlib import Path

from ..files import new_file, remove_leftovers

SIZE = 16 << 20
# At most this fraction of a small disk.
SHARE = 64


class Ballast:
    """The reserve file next to the database. While it is released, only deletions may use the space."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.is_released = False

    def prepare(self) -> None:
        """Create the file if there is space. Without it a full disk also blocks deletions."""
        try:
            self._path.stat()
        except FileNotFoundError:
            self._make()
        except OSError:
            return  # the log meets the same error and reports it

    def release(self) -> bool:
        """Delete the file; False when there is none."""
        try:
            self._path.unlink()
        except OSError:
            return False
        self.is_released = True
        return True

    def restore(self) -> bool:
        """Create the file again; False while the disk is too full for that."""
        if self._make():
            self.is_released = False
        return not self.is_released

    def _make(self) -> bool:
        try:
            space = os.statvfs(self._path.parent)
        except OSError:
            return False
        free, total = space.f_bavail * space.f_frsize, space.f_blocks * space.f_frsize
        size = min(SIZE, total // SHARE)
        # Leave some space: otherwise the database would meet a full disk again at once.
        if free < 4 * size:
            return False
        try:
            remove_leftovers(self._path)
            with new_file(self._path) as file:
                _fill(file.fileno(), size)
        except OSError:
            return False
        return True


def _fill(descriptor: int, size: int) -> None:
    if hasattr(os, "posix_fallocate"):
        os.posix_fallocate(descriptor, 0, size)
        return
    # macOS has no posix_fallocate. Its file system does not compress zeros.
    for _ in range(0, size, 1 << 16):
        os.write(descriptor, bytes(1 << 16))
