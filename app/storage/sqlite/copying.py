"""Backs up the log as one snapshot while a server writes to it. The ledger needs no backup."""

import os
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from ...errors import CannotStart
from ...files import new_file
from .checking import open_to_read

# Pages that are copied between two progress reports.
PAGES = 2_000

ReportProgress = Callable[[int, int], None]


def back_up(log: Path, file: Path, report: ReportProgress, add_more: Callable[[Path], object] = lambda _: None) -> None:
    """Copy the log into a new file of mode 0600, checked and synced. `report` is called with copied and total pages,
    `add_more` with the copy before it is complete. Raises CannotStart."""
    try:
        with new_file(file) as part:
            copy(log, Path(part.name), report)
            add_more(Path(part.name))
        sync(file.parent)
    except (sqlite3.Error, OSError) as error:
        raise CannotStart(f"The backup failed: {error}") from None


def copy(source: Path, target: Path, report: ReportProgress | None = None) -> None:
    """Copy one snapshot in a single read transaction; without it each commit of the server would restart the copy.
    Raises sqlite3.Error, OSError."""
    with closing(open_to_read(source)) as source_connection, closing(sqlite3.connect(target)) as target_connection:
        source_connection.execute("begin")
        source_connection.execute("pragma schema_version").fetchone()
        source_connection.backup(
            target_connection, pages=PAGES, progress=report and (lambda _, left, total: report(total - left, total))
        )
        source_connection.execute("rollback")
        target_connection.execute("pragma journal_mode = delete")
        verdict = target_connection.execute("pragma integrity_check").fetchone()[0]
        if verdict != "ok":
            raise sqlite3.DatabaseError(f"the copy is not valid: {verdict}")
    sync(target)


def sync(path: Path) -> None:
    """Sync a file, or a directory after a rename in it."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
