"""Numbered migrations of the log, each in one transaction, under a lock: several servers may start at once.

While servers are updated one after the other, those of version k and k+1 use one log. So a migration adds, and what
it replaces is removed by a later one.
"""

from pathlib import Path

import psycopg

from ...errors import CannotStart
from ..queries import FOLDER
from .addresses import describe
from .connections import Connection
from .engine import ENGINE
from .failures import translate

MIGRATIONS = FOLDER / "postgres" / "log"


def migrate(connection: Connection, folder: Path = MIGRATIONS) -> None:
    """Migrate the log to the newest version. Raises CannotStart if a smsbin that is newer by more than one version
    has written it, DatabaseError."""
    paths = sorted(folder.glob("[0-9]*.sql"))
    try:
        while _migrate_once(connection, paths):
            pass
    except psycopg.Error as error:
        raise translate(error) or error from error


def refuse_incomplete(connection: Connection, url: str) -> None:
    """Raises CannotStart while a log is being copied into the database, DatabaseError."""
    try:
        row = connection.execute(ENGINE["is_ready"]).fetchone()
    except psycopg.Error as error:
        raise translate(error) or error from error
    if row is None or not row[0]:
        raise CannotStart(
            f"{describe(url)} has only a part of a log, because smsbin migrate was interrupted. Run it again with"
            " --resume, then start the server."
        )


def _migrate_once(connection: Connection, paths: list[Path]) -> bool:
    """Run the next migration; returns whether there was one."""
    with connection.transaction():
        connection.execute(ENGINE["lock_schemas"])
        connection.execute(ENGINE["prepare_versions"])
        row = connection.execute(ENGINE["get_version"]).fetchone()
        version = 0 if row is None or row[0] is None else int(row[0])
        newest = _version_of(paths[-1])
        if version > newest + 1:
            raise CannotStart(
                f"The log has version {version}, this smsbin supports {newest}. Install a newer smsbin,"
                " or give another --database."
            )
        following = next((path for path in paths if _version_of(path) > version), None)
        if following is None:
            return False
        connection.execute(f"set local search_path = smsbin_log; {following.read_text()}")
        connection.execute(ENGINE["set_version"], (_version_of(following),))
    return True


def newest_version() -> int:
    """The version that this smsbin writes."""
    return max(map(_version_of, MIGRATIONS.glob("[0-9]*.sql")))


def _version_of(path: Path) -> int:
    return int(path.name[:4])
