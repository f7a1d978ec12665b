"""One server per data directory. The kernel releases the lock after a crash, so nothing has to be cleaned up."""

import asyncio
import errno
import fcntl
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from ..errors import CannotStart

# After a kill, the storage processes of the old server hold the lock until they have finished their last step.
LOCK_WAIT_S = 5.0


async def lock_directory(directory: Path) -> int:
    """Lock the data directory; returns the open descriptor that holds the lock. Raises CannotStart when the
    directory cannot be written, or another smsbin uses it.

    The directory itself is locked, because a lock file could be deleted and created again.
    """
    try:
        directory.mkdir(  # noqa: ASYNC240  # once, before anything runs
            parents=True, exist_ok=True, mode=0o700
        )
        descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        if not os.access(directory, os.W_OK):
            os.close(descriptor)
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
    except OSError as error:
        raise CannotStart(
            f"The data directory {directory} is not writable ({error.strerror}). Give another --data-dir,"
            " or make it writable for this user."
        ) from None
    for _ in range(int(LOCK_WAIT_S / 0.1)):
        if _try(descriptor):
            return descriptor
        await asyncio.sleep(0.1)
    os.close(descriptor)
    raise CannotStart(f"Another smsbin is using the data directory {directory}. Stop it, or give another --data-dir.")


def holder_of(directory: Path) -> int | None:
    """The id of the process that has locked the directory; 0 if the system does not report it, None if it is not
    locked."""
    try:
        descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    except FileNotFoundError:
        return None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
        return None
    except OSError:
        return _find_holder(os.fstat(descriptor).st_ino)
    finally:
        os.close(descriptor)


def locks_work(directory: Path) -> bool:
    """Whether locks exclude others on this file system: `flock`, which we use, and `lockf`, which SQLite uses."""
    with tempfile.NamedTemporaryFile(dir=directory, prefix=".locks-") as file, Path(file.name).open("r+b") as other:
        fcntl.flock(file, fcntl.LOCK_EX)
        ours = not _try(other.fileno())
        fcntl.lockf(file, fcntl.LOCK_EX)
        # `lockf` excludes other processes only.
        return ours and subprocess.run([sys.executable, "-I", "-c", _INTRUDER, file.name], check=False).returncode == 9  # noqa: S603


_INTRUDER = """
import fcntl, sys
with open(sys.argv[1], "r+b") as file:
    try:
        fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        sys.exit(9)
"""


def _find_holder(inode: int) -> int:
    try:
        lines = Path("/proc/locks").read_text().splitlines()
    except OSError:
        return 0  # /proc/locks exists on Linux only
    for fields in map(str.split, lines):
        if fields[1] == "FLOCK" and fields[5].rpartition(":")[2] == str(inode):
            return int(fields[4])
    return 0


def _try(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
