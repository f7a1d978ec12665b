"""Files in memory that SQLite opens (`native/memory.c`), for one process: after `Memory(library)` all connections of
Python's sqlite3 use them. Everything written between `mark` and `rollback` is undone.
"""

import _sqlite3
import ctypes
from pathlib import Path

_ERROR = "Python's sqlite3 uses a SQLite that shows no functions; use a Python that is linked with the system's library"


class Memory:
    """A file is a number; names refer to files."""

    def __init__(self, library: Path) -> None:
        here = ctypes.CDLL(str(library))
        here.memory_vfs.restype = ctypes.c_void_p
        here.memory_data.restype = ctypes.c_void_p
        here.memory_name_at.restype = ctypes.c_char_p
        here.memory_size.restype = ctypes.c_int64
        here.memory_write.argtypes = [ctypes.c_int, ctypes.c_int64, ctypes.c_char_p, ctypes.c_int64]
        here.memory_common.argtypes = here.memory_write.argtypes
        here.memory_truncate.argtypes = [ctypes.c_int, ctypes.c_int64]
        here.memory_name.argtypes = [ctypes.c_char_p, ctypes.c_int]
        self._digest = (ctypes.c_uint64 * 2)()
        self._library = here
        self.write = here.memory_write
        self.truncate = here.memory_truncate
        self.common = here.memory_common
        self.new_file = here.memory_file
        self.mark = here.memory_mark
        self.rollback = here.memory_rollback
        try:
            register = ctypes.CDLL(_sqlite3.__file__).sqlite3_vfs_register
        except AttributeError:
            raise RuntimeError(_ERROR) from None
        register.argtypes = [ctypes.c_void_p, ctypes.c_int]
        assert register(here.memory_vfs(), 1) == 0

    def name(self, name: str, file: int | None) -> None:
        """Set the file of a name; None removes it."""
        self._library.memory_name(name.encode(), -1 if file is None else file)

    def names(self) -> list[str]:
        """All of them."""
        return [self._library.memory_name_at(place).decode() for place in range(self._library.memory_name_count())]

    def has(self, name: str) -> bool:
        """Whether there is such a name."""
        return self.file_of(name) >= 0

    def file_of(self, name: str) -> int:
        """The file of a name; -1: none."""
        return int(self._library.memory_named(name.encode()))

    def content(self, file: int) -> bytes:
        """All bytes of a file."""
        size = self._library.memory_size(file)
        return ctypes.string_at(self._library.memory_data(file), size) if size else b""

    def digest(self) -> bytes:
        """Of all names and the contents of their files."""
        self._library.memory_digest(self._digest)
        return bytes(self._digest)

    def reset(self) -> None:
        """No file, no name."""
        self._library.memory_reset()
