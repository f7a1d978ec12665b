"""A backup in the place of the database: first checked, then copied, checked again, and only then moved there.

Nothing is touched before the copy is sound and on the disk; from there on it is renames.
"""

import os
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from itertools import count
from pathlib import Path

from ..errors import CannotStart
from .checking import Contents, check_database, open_to_read
from .lock import lock_directory

# What belongs to a database. Its log must never meet another one: SQLite would write it into that.
_PARTS = ("", "-wal", "-shm")


@dataclass(frozen=True, slots=True)
class Restored:
    """What is in place now, and where the database went that was there before."""

    contents: Contents
    aside: Path | None


async def restore(file: Path, database: Path, now: datetime, *, replace: bool) -> Restored:
    """Put a copy of `file` in the place of `database`, whose directory nobody may use. CannotStart."""
    contents = check_database(file)
    lock = await lock_directory(database.parent)
    part = database.with_name(database.name + ".restoring")
    try:
        _copy(file, part)
        if check_database(part) != contents:
            raise CannotStart(f"The copy of {file} is not what {file} is. Is somebody writing to it?")
        aside = None if replace else _move_aside(database, now)
        for suffix in _PARTS:
            _beside(database, suffix).unlink(missing_ok=True)
        part.replace(database)
        # It was checked from end to end, whatever its predecessor went through.
        database.with_suffix(".suspect").unlink(missing_ok=True)
        _sync(database.parent)
        return Restored(contents, aside)
    except (sqlite3.Error, OSError) as error:
        raise CannotStart(f"{database} was not restored: {error}.") from None
    finally:
        part.unlink(missing_ok=True)
        os.close(lock)


def _copy(file: Path, part: Path) -> None:
    part.unlink(missing_ok=True)
    part.touch(mode=0o600)
    with closing(open_to_read(file)) as source, closing(sqlite3.connect(part)) as target:
        source.backup(target)
        target.execute("pragma journal_mode = delete")
    _sync(part)


def _move_aside(database: Path, now: datetime) -> Path | None:
    """Where it stays whole, with its log; None where there was none."""
    if not database.exists():
        return None
    aside = first = _beside(database, f".before-{now:%Y%m%dT%H%M%SZ}")
    for number in count(2):
        if not aside.exists():
            break
        aside = _beside(first, f"-{number}")
    for suffix in _PARTS:
        if _beside(database, suffix).exists():
            _beside(database, suffix).rename(_beside(aside, suffix))
    return aside


def _beside(database: Path, suffix: str) -> Path:
    return database.with_name(database.name + suffix)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
