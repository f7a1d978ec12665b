"""A file that only takes room. On a full disk it is given up, so that what is stored can still be deleted: a deletion,
too, writes before it frees anything.
"""

import os
from pathlib import Path

from ..files import new_file, remove_leftovers

SIZE = 16 << 20
# Of a small disk no more than this share.
SHARE = 64


class Ballast:
    """Beside the database. While it is released, only deletions may use the room."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.is_released = False

    def prepare(self) -> None:
        """Make it, where there is room. Without it nothing changes but what a full disk allows."""
        try:
            self._path.stat()
        except FileNotFoundError:
            self._make()
        except OSError:
            return  # the log meets the same error, and says so

    def release(self) -> bool:
        """Give the room up; False when there is none to give up."""
        try:
            self._path.unlink()
        except OSError:
            return False
        self.is_released = True
        return True

    def restore(self) -> bool:
        """Take the room again; False while the disk is too full for that."""
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
        # Not the last room: the database would meet a full disk at once again.
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
    # Not on macOS: zeros, which its file system does not compress.
    for _ in range(0, size, 1 << 16):
        os.write(descriptor, bytes(1 << 16))
