"""Writing files. Each is filled under a random name that cannot have been prepared, readable for its owner only, and
takes its own name when it is whole.

Why: with a name that can be guessed, another user who may write to the same directory (`/tmp`, a shared folder) puts a
symbolic link there first, and we overwrite what it points to.
"""

import errno
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from . import clock

PART = ".part"
# Of the file's name; the rest of the longest name that a file system takes is for the random part.
_SHOWN = 40


@contextmanager
def new_file(path: Path, *, suffix: str = PART) -> Iterator[BinaryIO]:
    """An empty file of mode 0600 to fill, beside `path`; its `name` is where it is until then. When the block ends it
    takes the place of `path`; when the block raises, nothing is left of it. OSError."""
    if path.exists() and not path.is_file():
        # A device or a pipe would be replaced by a file.
        raise FileExistsError(errno.EEXIST, "There is something that is no file", str(path))
    part = path.with_name(f"{path.name[:_SHOWN]}.{clock.new_nonce()}{suffix}")
    try:
        with open(part, "xb", opener=_open_new) as file:
            yield file
        part.replace(path)
    finally:
        with suppress(OSError):
            part.unlink()


def remove_leftovers(path: Path, *, suffix: str = PART) -> None:
    """What writers of `path` that were killed have left. Only for the one process that may write there. OSError."""
    name = re.compile(re.escape(path.name[:_SHOWN]) + r"\.[\w-]{22}" + re.escape(suffix) + "(-journal)?")
    for each in path.parent.iterdir():
        if name.fullmatch(each.name):
            each.unlink(missing_ok=True)


def _open_new(name: str, flags: int) -> int:
    """`x` has set O_CREAT and O_EXCL: whatever has the name already, a link too, is an error."""
    return os.open(name, flags | os.O_NOFOLLOW, 0o600)
