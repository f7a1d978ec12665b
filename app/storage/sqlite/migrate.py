"""Numbered migrations of the log, each in one transaction. `pragma user_version` is the number of the last one."""

import sqlite3
from pathlib import Path

from ...errors import CannotStart
from ..queries import FOLDER

MIGRATIONS = FOLDER / "sqlite" / "log"


def newest(folder: Path = MIGRATIONS) -> int:
    """The version that this smsbin writes."""
    return max(int(path.name[:4]) for path in folder.glob("[0-9]*.sql"))


def migrate(connection: sqlite3.Connection, folder: Path = MIGRATIONS) -> None:
    """Migrate a log to the newest version. Raises CannotStart if a newer smsbin has written it."""
    current = int(connection.execute("pragma user_version").fetchone()[0])
    if current > newest(folder):
        raise CannotStart(
            f"The log has version {current}, this smsbin supports {newest(folder)}."
            " Install a newer smsbin, or give another --data-dir."
        )
    for path in sorted(folder.glob("[0-9]*.sql")):
        version = int(path.name[:4])
        if version <= current:
            continue
        if version != current + 1:
            raise RuntimeError(f"migration {current + 1:04} is missing before {path.name}")
        try:
            connection.executescript(f"begin immediate;\n{path.read_text()}\npragma user_version = {version};\ncommit;")
        except sqlite3.Error:
            if connection.in_transaction:
                connection.execute("rollback")
            raise
        current = version
