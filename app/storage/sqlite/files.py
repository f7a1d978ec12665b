"""The files of one database: are they still the ones that were opened?

A file that was deleted or replaced can be written for as long as it is open, and everything is lost when the process
ends. So the names are looked up before each commit.
"""

import os
import struct
from pathlib import Path

from ..transaction import CannotWrite, Gone

# A database, its write-ahead log, and the index of that, which processes share.
SUFFIXES = ("", "-wal", "-shm")
_MAGIC = b"SQLite format 3\0"
_CHUNK = 1 << 20


def beside(path: Path, suffix: str) -> Path:
    """A file of the same name with a suffix."""
    return path.with_name(path.name + suffix)


class Files:
    """Of a database that is open in this process, after its first read: all three are there then.

    Two of them stay open here, as long as the connection: closing one drops SQLite's locks in this process.
    """

    # In the shared index (sqlite.org/walformat.html, 2.1): frames in the log, and those that are in the database.
    _FRAMES, _COPIED = 16, 96

    def __init__(self, path: Path) -> None:
        self._path = path
        self._known = {suffix: _identity(beside(path, suffix)) for suffix in SUFFIXES}
        self._database, self._index = (
            os.open(beside(path, suffix), os.O_RDONLY | os.O_CLOEXEC) for suffix in ("", "-shm")
        )

    def check(self) -> None:
        """Gone names the file that is not what it was; CannotWrite: that cannot be told."""
        try:
            for suffix, known in self._known.items():
                path = beside(self._path, suffix)
                if _identity(path) != known:
                    raise Gone(f"{path} was deleted or replaced while smsbin was running.")
            if os.pread(self._database, len(_MAGIC), 0) != _MAGIC:
                raise Gone(f"{self._path} was overwritten while smsbin was running.")
        except OSError as error:
            raise CannotWrite(f"The files of {self._path} cannot be read: {error.strerror}") from error

    def wal_bytes(self) -> int:
        """The size of the write-ahead log; 0 where that cannot be told."""
        try:
            return beside(self._path, "-wal").stat().st_size
        except OSError:
            return 0

    def waiting(self) -> int:
        """Frames of the write-ahead log that are not in the database yet. A program in C would use a commit's hook.
        CannotWrite: that cannot be told."""
        try:
            return self._number(self._FRAMES) - self._number(self._COPIED)
        except OSError as error:
            raise CannotWrite(f"The index of {self._path} cannot be read: {error.strerror}") from error

    def close(self) -> None:
        """After the connection."""
        os.close(self._database)
        os.close(self._index)

    def _number(self, place: int) -> int:
        return int(struct.unpack("=I", os.pread(self._index, 4, place))[0])


def _identity(path: Path) -> tuple[int, int] | None:
    try:
        found = os.stat(path)  # noqa: PTH116  # looked up before each commit: a third of the time of `Path.stat`
    except FileNotFoundError:
        return None
    return found.st_dev, found.st_ino


def remove(path: Path) -> None:
    """A database with what belongs to it."""
    for suffix in SUFFIXES:
        beside(path, suffix).unlink(missing_ok=True)


def write_again(path: Path) -> None:
    """Write a file over itself and sync it, so that pages which a failed sync has dropped reach the disk. OSError."""
    try:
        file = path.open("r+b", buffering=0)
    except FileNotFoundError:
        return
    with file:
        while data := file.read(_CHUNK):
            file.seek(-len(data), os.SEEK_CUR)
            file.write(data)
        os.fsync(file.fileno())
