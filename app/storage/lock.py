"""One server per data directory. The lock lives in the kernel, so a crash leaves nothing to clean up."""

import asyncio
import fcntl
import os
from pathlib import Path

from ..errors import CannotStart

# After a kill the writer process of the old server may still be finishing its last batch; it holds the lock until then.
PATIENCE_S = 5.0


async def lock_directory(directory: Path) -> int:
    """An open file descriptor that holds the lock. CannotStart: unwritable, or another smsbin is at home."""
    try:
        directory.mkdir(  # noqa: ASYNC240  # once, before anything runs
            parents=True, exist_ok=True, mode=0o700
        )
        descriptor = os.open(directory / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise CannotStart(
            f"The data directory {directory} cannot be written ({error.strerror}). Give another --data-dir,"
            " or make it writable for this user."
        ) from None
    for _ in range(int(PATIENCE_S / 0.1)):
        if _try(descriptor):
            return descriptor
        await asyncio.sleep(0.1)
    os.close(descriptor)
    raise CannotStart(f"Another smsbin is using the data directory {directory}. Stop it, or give another --data-dir.")


def _try(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
