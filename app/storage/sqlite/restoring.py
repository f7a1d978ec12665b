"""A backup in the place of the log: first checked, then copied, checked again, and only then moved there. The ledger is
removed: it was made from another log, and is made again by the next start.

Nothing is touched before the copy is sound and on the disk; from there on it is renames.
"""

import os
import sqlite3
from dataclasses import dataclass
from datetime import datetime
from itertools import count
from pathlib import Path

from ...errors import CannotStart
from ...files import new_file, remove_leftovers
from ..lock import lock_directory
from .checking import Contents, check_log
from .copying import copy, sync
from .files import SUFFIXES, beside, remove

# What the copy is called until it takes the place of the log, behind a random part.
RESTORING = ".restoring"


@dataclass(frozen=True, slots=True)
class Restored:
    """What is in place now, and where the log went that was there before."""

    contents: Contents
    aside: Path | None


async def restore(file: Path, log: Path, now: datetime, *, replace: bool) -> Restored:
    """Put a copy of `file` in the place of the log, whose directory no process may use. CannotStart."""
    contents = check_log(file)
    lock = await lock_directory(log.parent)
    try:
        return Restored(contents, _put(file, contents, log, now, replace=replace))
    except (sqlite3.Error, OSError) as error:
        raise CannotStart(f"{log} was not restored: {error}.") from None
    finally:
        os.close(lock)


def _put(file: Path, contents: Contents, log: Path, now: datetime, *, replace: bool) -> Path | None:
    """Where the log went that was there. CannotStart, sqlite3.Error, OSError."""
    remove_leftovers(log, suffix=RESTORING)
    with new_file(log, suffix=RESTORING) as part:
        copy(file, Path(part.name))
        if check_log(Path(part.name)) != contents:
            raise CannotStart(f"The copy of {file} is not what {file} is. Is another program writing to it?")
        # Names, too, are on the disk only when their directory is synced, and before that in any order: the copy first;
        # then a log never stands without its write-ahead log, and the backup never beside that of another.
        sync(log.parent)
        aside = None if replace else _move_aside(log, now)
        log.unlink(missing_ok=True)
        sync(log.parent)
        remove(log)
        remove(log.with_name("ledger.db"))
        sync(log.parent)
    # It was checked from end to end, whatever its predecessor went through.
    log.with_suffix(".suspect").unlink(missing_ok=True)
    sync(log.parent)
    return aside


def _move_aside(log: Path, now: datetime) -> Path | None:
    """Where it stays whole, with its write-ahead log; None where there was none."""
    if not log.exists():
        return None
    aside = first = beside(log, f".before-{now:%Y%m%dT%H%M%SZ}")
    for number in count(2):
        if not aside.exists():
            break
        aside = beside(first, f"-{number}")
    for suffix in SUFFIXES:
        if beside(log, suffix).exists():
            beside(log, suffix).rename(beside(aside, suffix))
            sync(log.parent)
    return aside
