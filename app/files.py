"""Writes files. Each is written under a random name, readable for its owner only, and renamed when it is complete.

With a predictable name, another user who can write to the same directory (`/tmp`, a shared folder) could create a
symbolic link first, and the target of the link would be overwritten.
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
# The part of the name that is kept; the rest of the maximum length is for the random part.
_SHOWN = 40


@contextmanager
def new_file(path: Path, *, suffix: str = PART) -> Iterator[BinaryIO]:
    """A new file of mode 0600 next to `path`; `name` is its temporary path. At the end of the block it replaces
    `path`; if the block raises, it is deleted. Raises OSError."""
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
    """Delete the temporary files of killed writers of `path`. Only for the single process that writes there. Raises
    OSError."""
    name = re.compile(re.escape(path.name[:_SHOWN]) + r"\.[\w-]{22}" + re.escape(suffix) + "(-journal)?")
    for each in path.parent.iterdir():
        if name.fullmatch(each.name):
            each.unlink(missing_ok=True)


def _open_new(name: str, flags: int) -> int:
    """`x` has set O_CREAT and O_EXCL: an existing file or link with that name is an error."""
    return os.open(name, flags | os.O_NOFOLLOW, 0o600)
