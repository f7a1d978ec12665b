"""A model of a disk below the page cache, fed with the records of a stream: what is certainly on it, what may be,
and what a process reads.

A write is certain after the next successful sync of its file, a name after the next sync of the directory. A sync
that fails leaves its pages in the cache, marked as written: they may never reach the disk.
"""

import random
from dataclasses import dataclass, field
from typing import NamedTuple

from .memory import Memory
from .stream import Record


def _is_empty_of_data(name: str) -> bool:
    return name == "log.suspect" or name.partition(".")[0] == "ballast"


class Write(NamedTuple):
    """A write that is not certainly on the disk; `data` None: a truncation to `offset`."""

    file: "File"
    offset: int
    data: bytes | None


class Naming(NamedTuple):
    """Changes of names that happen together: the file of each, None if it is removed."""

    changes: tuple[tuple[str, "File | None"], ...]


@dataclass(slots=True, eq=False)
class File:
    """Two contents: of the disk and of the page cache. Numbers of `Memory`."""

    disk: int
    cache: int
    name: str


@dataclass(slots=True)
class Disk:
    """`believes`: whether the syncs of a file, by its name, take effect; in a control they do not."""

    memory: Memory
    rng: random.Random
    lies: str = ""
    pending: list[Write] = field(default_factory=list)
    namings: list[Naming] = field(default_factory=list)
    cached_names: dict[str, File] = field(default_factory=dict)
    # How many pages a failed sync has dropped.
    dropped: int = 0
    _files: dict[int, File] = field(default_factory=dict)
    _renamed: str = ""

    def take(self, record: Record) -> None:
        """Apply the next record."""
        match record.kind:
            case "w":
                self._write(Write(self._files[record.inode], record.offset, record.data))
            case "t":
                self._write(Write(self._files[record.inode], record.offset, None))
            case "s":
                self._synced(self._files[record.inode])
            case "f":
                self._drop(self._files[record.inode])
            case "D":
                self._directory_synced()
            case "c":
                file = File(self.memory.new_file(), self.memory.new_file(), record.data.decode())
                self._files[record.inode] = file
                self._name((record.data.decode(), file))
            case "u":
                self._name((record.data.decode(), None))
            case "r":
                self._renamed = record.data.decode()
            case "R" if self._renamed in self.cached_names:
                name, file = record.data.decode(), self.cached_names[self._renamed]
                self._name((self._renamed, None), (name, file))

    def apply(self, write: Write, offset: int = 0, data: bytes | None = None) -> None:
        """A write, or a part of it, reaches the disk."""
        if write.data is None:
            self.memory.truncate(write.file.disk, write.offset)
        else:
            part = write.data if data is None else data
            self.memory.write(write.file.disk, write.offset + offset, part, len(part))

    def apply_naming(self, naming: Naming) -> None:
        """A change of names reaches the disk."""
        for name, file in naming.changes:
            self.memory.name(name, None if file is None else file.disk)

    def show_cache(self) -> None:
        """What a process reads, instead of what is on the disk."""
        for naming in self.namings:
            for name, _ in naming.changes:
                self.memory.name(name, None)
        for name, file in self.cached_names.items():
            self.memory.name(name, file.cache)

    def _write(self, write: Write) -> None:
        if _is_empty_of_data(write.file.name):
            return
        self.pending.append(write)
        if write.data is None:
            self.memory.truncate(write.file.cache, write.offset)
        else:
            self.memory.write(write.file.cache, write.offset, write.data, len(write.data))

    def _synced(self, file: File) -> None:
        if self.lies and file.name.endswith(self.lies):
            return
        for write in self.pending:
            if write.file is file:
                self.apply(write)
        self.pending = [write for write in self.pending if write.file is not file]

    def _drop(self, file: File) -> None:
        all_of_them = self.rng.random() < 0.5
        kept = []
        for write in self.pending:
            if write.file is file and (all_of_them or self.rng.random() < 0.5):
                self.dropped += 1
            else:
                kept.append(write)
        self.pending = kept

    def _name(self, *changes: tuple[str, File | None]) -> None:
        changes = tuple(change for change in changes if not _is_empty_of_data(change[0]))
        if not changes:
            return
        self.namings.append(Naming(changes))
        for name, file in changes:
            if file is None:
                self.cached_names.pop(name, None)
            else:
                self.cached_names[name] = file
                file.name = name

    def _directory_synced(self) -> None:
        for naming in self.namings:
            self.apply_naming(naming)
        self.namings = []
