"""The results of reconciliations in a backup: a table of the copied log, with one row for each file."""

import sqlite3
from contextlib import closing
from datetime import datetime
from pathlib import Path

from ...errors import CannotStart
from ...files import new_file
from ..queries import FOLDER, SQL
from .archive import prepare, results_in
from .checking import open_to_read
from .copying import sync
from .result_files import check_result

RESULTS = "reconciliations"
"""The directory of results in a data directory."""

_TABLE = "result_files"
_SCHEMA = FOLDER / "sqlite" / "backup.sql"
_CHUNK = 1 << 20


def add_results(backup: Path, directory: Path) -> int:
    """Write the results of a data directory into the copy of its log, except one that is deleted in the meantime.
    Returns their number. Raises sqlite3.Error, OSError."""
    with closing(sqlite3.connect(backup, isolation_level=None)) as connection:
        connection.executescript(_SCHEMA.read_text())
        connection.execute("begin")
        added = sum(_add(connection, path) for path in results_in(directory))
        connection.execute("commit")
    sync(backup)
    return added


def take_results(backup: Path) -> None:
    """Remove the results from a copied log. Raises sqlite3.Error."""
    with closing(sqlite3.connect(backup, isolation_level=None)) as connection:
        if _has_results(connection):
            connection.execute(SQL["drop_result_files"])
            connection.execute("pragma incremental_vacuum").fetchall()
    sync(backup)


def restore_results(backup: Path, directory: Path, now: datetime, *, replace: bool) -> int:
    """Write the results of a backup into a data directory. Those that are there belong to another log: they are moved
    to a directory next to it, or deleted if `replace`. Returns the number of results. Raises CannotStart,
    sqlite3.Error, OSError."""
    if results_in(directory):
        if not replace:
            directory.rename(directory.with_name(f"{directory.name}.before-{now:%Y%m%dT%H%M%SZ}"))
        for path in results_in(directory):
            path.unlink()
    with closing(open_to_read(backup)) as connection:
        if not _has_results(connection):
            return 0
        prepare(directory)
        names = [str(row[0]) for row in connection.execute(SQL["result_file_names"])]
        for name in names:
            _restore(connection, name, directory)
    sync(directory)
    return len(results_in(directory))


def _add(connection: sqlite3.Connection, path: Path) -> bool:
    try:
        file = path.open("rb")
    except FileNotFoundError:
        return False
    with file:
        values = {"name": path.name, "size": path.stat().st_size}
        number = connection.execute(SQL["add_result_file"], values).lastrowid
        assert number is not None, "the row was inserted"
        with connection.blobopen(_TABLE, "bytes", number) as blob:
            while data := file.read(_CHUNK):
                blob.write(data)
    return True


def _restore(connection: sqlite3.Connection, name: str, directory: Path) -> None:
    path = directory / Path(name).name
    number = connection.execute(SQL["result_file_number"], {"name": name}).fetchone()[0]
    with new_file(path) as part, connection.blobopen(_TABLE, "bytes", number, readonly=True) as blob:
        while data := blob.read(_CHUNK):
            part.write(data)
    problem = check_result(path) if path in results_in(directory) else "its name is not that of a result"
    if problem is not None:
        path.unlink(missing_ok=True)
        raise CannotStart(f"The backup has a damaged result of a reconciliation, {path.name}: {problem}.")


def _has_results(connection: sqlite3.Connection) -> bool:
    return _TABLE in {str(row[1]) for row in connection.execute("pragma table_list")}
