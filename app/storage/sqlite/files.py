"""Checks that the files of a database are still those that were opened.

A deleted or replaced file can be written as long as it is open, and everything is lost when the process ends. So the
names are checked before each commit.
"""

import os
import struct
from pathlib import Path

from ..transaction import CannotWrite, Gone

# The database, its write-ahead log, and the shared index of the log.
SUFFIXES = ("", "-wal", "-shm")
_MAGIC = b"SQLite format 3\0"
_CHUNK = 1 << 20


def sibling_file(path: Path, suffix: str) -> Path:
    """The file with the same name and a suffix."""
    return path.with_name(path.name + suffix)


class Files:
    """The files of a database that is open in this process. Create it after the first read, when all three exist.

    Two files stay open as long as the connection, because closing one releases SQLite's locks in this process.
    """

    # Offsets in the shared index (sqlite.org/walformat.html, 2.1): frames in the log, and frames that are in the
    # database.
    _FRAMES, _COPIED = 16, 96

    def __init__(self, path: Path) -> None:
        self._path = path
        self._expected = {suffix: _identity(sibling_file(path, suffix)) for suffix in SUFFIXES}
        self._database, self._index = (
            os.open(sibling_file(path, suffix), os.O_RDONLY | os.O_CLOEXEC) for suffix in ("", "-shm")
        )

    def check(self) -> None:
        """Raises Gone with the file that was replaced, or CannotWrite if that cannot be checked."""
        try:
            for suffix, known in self._expected.items():
                path = sibling_file(self._path, suffix)
                if _identity(path) != known:
                    raise Gone(f"{path} was deleted or replaced while smsbin was running.")
            if os.pread(self._database, len(_MAGIC), 0) != _MAGIC:
                raise Gone(f"{self._path} was overwritten while smsbin was running.")
        except OSError as error:
            raise CannotWrite(f"The files of {self._path} cannot be read: {error.strerror}") from error

    def wal_bytes(self) -> int:
        """The size of the write-ahead log, or 0 if it cannot be read."""
        try:
            return sibling_file(self._path, "-wal").stat().st_size
        except OSError:
            return 0

    def waiting(self) -> int:
        """The number of frames of the write-ahead log that are not in the database yet. (C code would use the commit
        hook.) Raises CannotWrite if it cannot be read."""
        try:
            return self._number(self._FRAMES) - self._number(self._COPIED)
        except OSError as error:
            raise CannotWrite(f"The index of {self._path} cannot be read: {error.strerror}") from error

    def close(self) -> None:
        """Call after the connection is closed."""
        os.close(self._database)
        os.close(self._index)

    def _number(self, offset: int) -> int:
        return int(struct.unpack("=I", os.pread(self._index, 4, offset))[0])


def _identity(path: Path) -> tuple[int, int] | None:
    try:
        found = os.stat(path)  # noqa: PTH116  # looked up before each commit: a third of the time of `Path.stat`
    except FileNotFoundError:
        return None
    return found.st_dev, found.st_ino


def remove(path: Path) -> None:
    """Delete a database with its write-ahead log."""
    for suffix in SUFFIXES:
        sibling_file(path, suffix).unlink(missing_ok=True)


def rewrite_in_place(path: Path) -> None:
    """Rewrite a file in place and sync it, so that pages that were dropped after a failed sync reach the disk.
    Raises OSError."""
    try:
        file = path.open("r+b", buffering=0)
    except FileNotFoundError:
        return
    with file:
        while data := file.read(_CHUNK):
            file.seek(-len(data), os.SEEK_CUR)
            file.write(data)
        os.fsync(file.fileno())
