"""The record of what a process did to its directory: writes, truncations, syncs and names by `native/preload.c`, and
marks of the script, all in one order.
"""

import os
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

_HEAD = struct.Struct("=c3xIQq")


class Record(NamedTuple):
    """`kind`: w(rite), t(runcate to `offset`), s(ync), f(ailed sync), c(reated `data`), u(nlinked `data`), r(enamed
    from `data`) followed by R (to `data`), D(irectory synced), m(ark: `data` is JSON)."""

    kind: str
    inode: int
    offset: int
    data: bytes


def read_stream(path: Path) -> Iterator[Record]:
    """Every record, in order."""
    content = path.read_bytes()
    at = 0
    while at < len(content):
        kind, length, inode, offset = _HEAD.unpack_from(content, at)
        at += _HEAD.size
        yield Record(kind.decode(), inode, offset, content[at : at + length])
        at += length


class Notes:
    """Adds marks to a stream."""

    def __init__(self, path: Path) -> None:
        self._file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)

    def add(self, note: dict[str, Any]) -> None:
        """A mark at this place."""
        self._record(b"m", 0, msgspec.json.encode(note))

    def add_directory(self, folder: Path) -> None:
        """The initial content, as if it had been written and synced."""
        for path in sorted(folder.iterdir()):
            if path.is_file() and not path.name.endswith("-shm"):
                inode = path.stat().st_ino
                self._record(b"c", inode, path.name.encode())
                self._record(b"w", inode, path.read_bytes())
                self._record(b"s", inode, b"")
        self._record(b"D", 0, b"")

    def close(self) -> None:
        """The stream is kept."""
        os.close(self._file)

    def _record(self, kind: bytes, inode: int, data: bytes) -> None:
        os.write(self._file, _HEAD.pack(kind, len(data), inode, 0) + data)
