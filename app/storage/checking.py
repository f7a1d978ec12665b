"""Is a file a database of ours, whole, and of a version that we know? Asked without changing it."""

import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from ..errors import CannotStart
from .migrate import newest
from .queries import SQL

_OURS = {"bins", "captures", "raws", "sessions"}


@dataclass(frozen=True, slots=True)
class Contents:
    """What a database holds."""

    version: int
    bins: int
    captures: int

    def __str__(self) -> str:
        bins = f"{self.bins:,} {'bin' if self.bins == 1 else 'bins'}"
        captures = f"{self.captures:,} {'capture' if self.captures == 1 else 'captures'}"
        return f"{bins}, {captures}, version {self.version}"


def check_database(path: Path, *, quick: bool = False) -> Contents:
    """CannotStart says what is wrong. `quick` leaves out what takes long: whether indexes agree with their tables."""
    try:
        with closing(open_to_read(path)) as connection:
            return _check(connection, path, "quick_check" if quick else "integrity_check")
    except sqlite3.Error as error:
        raise CannotStart(f"{path} is no sound database: {error}.") from None


def open_to_read(path: Path) -> sqlite3.Connection:
    """A connection that makes no file: neither the database nor, where no log is beside it, an empty log."""
    log = path.with_name(path.name + "-wal")
    immutable = "" if log.exists() else "&immutable=1"
    return sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro{immutable}", uri=True)


def _check(connection: sqlite3.Connection, path: Path, check: str) -> Contents:
    version = int(connection.execute("pragma user_version").fetchone()[0])
    tables = {str(row[1]) for row in connection.execute("pragma table_list")}
    if not tables >= _OURS or not version:
        raise CannotStart(f"{path} is no database of smsbin.")
    if version > newest():
        raise CannotStart(f"{path} has version {version}, this smsbin knows {newest()}. Install a newer smsbin.")
    verdict = str(connection.execute(f"pragma {check}").fetchone()[0])
    if verdict != "ok":
        raise CannotStart(f"{path} is damaged: {verdict}. Take another backup.")
    bins, captures = connection.execute(SQL["count_contents"]).fetchone()
    return Contents(version, int(bins), int(captures))
