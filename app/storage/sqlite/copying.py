"""A backup of the log: everything in one moment, while a server goes on writing. The ledger needs none."""

import os
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from ...errors import CannotStart
from ...files import new_file
from .checking import open_to_read

# Pages in one step; between two of them progress is told.
PAGES = 2_000

Tell = Callable[[int, int], None]


def back_up(log: Path, file: Path, tell: Tell) -> None:
    """Copy the log into a new file of mode 0600, checked and synced. `tell` is called with the pages that are done and
    all of them. CannotStart."""
    try:
        with new_file(file) as part:
            copy(log, Path(part.name), tell)
        sync(file.parent)
    except (sqlite3.Error, OSError) as error:
        raise CannotStart(f"The backup failed: {error}") from None


def copy(source: Path, target: Path, tell: Tell | None = None) -> None:
    """Of one moment, however long it takes: the whole copy is one read transaction. Without it each commit of the
    server would make the copy begin again. sqlite3.Error, OSError."""
    with closing(open_to_read(source)) as here, closing(sqlite3.connect(target)) as there:
        here.execute("begin")
        here.execute("pragma schema_version").fetchone()
        here.backup(there, pages=PAGES, progress=tell and (lambda _, left, total: tell(total - left, total)))
        here.execute("rollback")
        there.execute("pragma journal_mode = delete")
        verdict = there.execute("pragma integrity_check").fetchone()[0]
        if verdict != "ok":
            raise sqlite3.DatabaseError(f"the copy is not valid: {verdict}")
    sync(target)


def sync(path: Path) -> None:
    """Of a file, or of a directory after a rename in it."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
