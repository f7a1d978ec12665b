"""Checks whether a file is a complete log of a known version, without changing it."""

import sqlite3
import tempfile
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from ...errors import CannotStart
from ..bodies import STEP, find_damaged
from ..queries import SQL
from .connections import open_log
from .files import sibling_file
from .migrate import newest

_OURS = {"bins", "captures", "outcomes", "sessions", "runs"}


@dataclass(frozen=True, slots=True)
class Contents:
    """The number of rows in a log."""

    version: int
    bins: int
    captures: int

    def __str__(self) -> str:
        bins = f"{self.bins:,} {'bin' if self.bins == 1 else 'bins'}"
        captures = f"{self.captures:,} {'capture' if self.captures == 1 else 'captures'}"
        return f"{bins}, {captures}, version {self.version}"


def check_log(path: Path, *, quick: bool = False) -> Contents:
    """Check a log. `quick` does not compare indexes with their tables. Raises CannotStart with the problem."""
    try:
        with closing(open_to_read(path)) as connection:
            return _check(connection, path, "quick_check" if quick else "integrity_check")
    except sqlite3.Error as error:
        raise CannotStart(f"{path} is not a valid log: {error}.") from None


def check_bodies(path: Path) -> list[tuple[str, int]]:
    """Compare each stored body with its SHA-256. Returns the captures that differ, by bin id and number. Raises
    CannotStart."""
    try:
        with closing(open_to_read(path)) as connection:
            names = dict(connection.execute(SQL["names_of_bins"]).fetchall())
            return find_damaged(
                names, lambda after: connection.execute(SQL["bodies_after"], {"after": after, "limit": STEP}).fetchall()
            )
    except sqlite3.Error as error:
        raise CannotStart(f"{path} cannot be read: {error}.") from None


def stored_secrets(path: Path) -> list[tuple[str, str, str]]:
    """Bin id, label and stored form of all signing secrets; none in a log of a version without them. Raises
    CannotStart."""
    try:
        with closing(open_to_read(path)) as connection:
            if "secrets" not in {str(row[1]) for row in connection.execute("pragma table_list")}:
                return []
            return [(bin, label, secret) for bin, label, secret in connection.execute(SQL["all_secrets"])]
    except sqlite3.Error as error:
        raise CannotStart(f"{path} cannot be read: {error}.") from None


def check_ledger(path: Path) -> str | None:
    """The problem of a ledger, or None. A damaged ledger is rebuilt."""
    try:
        with closing(open_to_read(path)) as connection:
            verdict = str(connection.execute("pragma quick_check(1)").fetchone()[0])
    except sqlite3.Error as error:
        return str(error)
    return None if verdict == "ok" else verdict


def try_out(folder: Path) -> None:
    """Create a log in a folder and remove it. Raises CannotStart or OSError if that does not work there."""
    with tempfile.TemporaryDirectory(dir=folder, prefix=".doctor-") as trial:
        try:
            open_log(Path(trial) / "trial.db").close()
        except sqlite3.Error as error:
            raise CannotStart(str(error)) from None


def open_to_read(path: Path) -> sqlite3.Connection:
    """A connection that creates no files, neither a database nor a write-ahead log."""
    immutable = "" if sibling_file(path, "-wal").exists() else "&immutable=1"
    return sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro{immutable}", uri=True)


def _check(connection: sqlite3.Connection, path: Path, check: str) -> Contents:
    version = int(connection.execute("pragma user_version").fetchone()[0])
    tables = {str(row[1]) for row in connection.execute("pragma table_list")}
    if not tables >= _OURS or not version:
        raise CannotStart(f"{path} is not an smsbin log.")
    if version > newest():
        raise CannotStart(f"{path} has version {version}, this smsbin supports {newest()}. Install a newer smsbin.")
    verdict = str(connection.execute(f"pragma {check}").fetchone()[0])
    if verdict != "ok":
        raise CannotStart(f"{path} is damaged: {verdict}. Take another backup.")
    bins, captures = connection.execute(SQL["count_contents"]).fetchone()
    return Contents(version, int(bins), int(captures))
