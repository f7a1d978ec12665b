"""Which system calls of a process fail: the page that `native/preload.c` shares with the test."""

import errno
import mmap
import struct
from enum import IntFlag
from pathlib import Path

SIZE = 4_096
# Not an error number: half of the bytes are written and the call reports that; half, and then the disk is full; the
# process ends as with `kill -9`.
SHORT, SHORT_THEN_FULL, DIES = -1, -2, -3
FOR_EVER = 1_000_000_000
NAMES = errno.errorcode | {SHORT: "short", SHORT_THEN_FULL: "short then ENOSPC", DIES: "kill"}
_FIELDS = struct.Struct("=IIIiIIII")


class Call(IntFlag):
    """Kinds of calls."""

    WRITE = 1
    SYNC = 2
    TRUNCATE = 4
    OPEN = 8
    MAP = 16
    UNLINK = 32
    RENAME = 64
    READ = 128
    ALLOCATE = 256
    STAT = 512


class Target(IntFlag):
    """Kinds of files."""

    DATABASE = 1
    WAL = 2
    SHM = 4
    OTHER = 8


class Control:
    """Shared by all processes that were started with the file in PROOF_CONTROL."""

    def __init__(self, path: Path) -> None:
        if not path.exists():
            path.write_bytes(bytes(SIZE))
        with path.open("r+b") as file:
            self._page = mmap.mmap(file.fileno(), SIZE)

    def arm(self, call: Call, target: Target, error: int, first: int, count: int = 1) -> None:
        """From now on, calls number `first` to `first + count - 1` of a kind, on a kind of files, fail with an
        error."""
        self._page[_FIELDS.size :] = bytes(SIZE - _FIELDS.size)
        self._put(0, call, target, error, first, count)
        self._put(1, call, target, error, first, count)

    def disarm(self) -> None:
        """No call fails any more. The counts are kept."""
        self._page[:4] = struct.pack("=I", 0)

    @property
    def seen(self) -> int:
        """How many calls of the kind there were."""
        return int(_FIELDS.unpack(self._page[: _FIELDS.size])[6])

    @property
    def fired(self) -> int:
        """How many of them failed."""
        return int(_FIELDS.unpack(self._page[: _FIELDS.size])[7])

    def totals(self) -> dict[tuple[Call, Target], int]:
        """How many calls of each kind there were on each kind of files since it was set."""
        counts = struct.unpack_from(f"={len(Call) * len(Target)}I", self._page, _FIELDS.size)
        kinds = [(call, target) for call in Call for target in Target]
        return {kind: count for kind, count in zip(kinds, counts, strict=True) if count}

    def _put(self, armed: int, call: Call, target: Target, error: int, first: int, count: int) -> None:
        self._page[: _FIELDS.size] = _FIELDS.pack(armed, call, target, error, first, count, 0, 0)
