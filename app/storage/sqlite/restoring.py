"""Replaces the log by a backup: checks the backup, copies it, checks the copy, and then renames it. The ledger is
removed, because it was made from another log; the next start rebuilds it. Results of reconciliations that are in the
backup replace those that are there.

Nothing is changed before the copy is valid and on the disk; all later steps are renames.
"""

import os
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from itertools import count
from pathlib import Path

import msgspec

from ... import clock
from ...domain.audit import COMMAND_LINE, AuditEntry, AuditResult, fact
from ...errors import CannotStart
from ...files import new_file, remove_leftovers
from ..lock import lock_directory
from ..log.audit import audit_job
from ..queries import SQL
from .checking import Contents, check_log
from .connections import open_log
from .copying import copy, sync
from .epochs import highest_epoch, raise_epochs
from .files import SUFFIXES, remove, sibling_file
from .kept_results import RESULTS, restore_results, take_results
from .log_file import refuse_lone_wal
from .migrate import migrate

# The suffix of the copy before it replaces the log; a random part precedes it.
RESTORING = ".restoring"
LEDGER = "ledger.db"


@dataclass(frozen=True, slots=True)
class Restored:
    """The content of the restored log, and the new path of the log that was there before."""

    contents: Contents
    aside: Path | None


async def restore(file: Path, log: Path, now: datetime, *, replace: bool) -> Restored:
    """Replace the log by a copy of `file`. No process may be using its directory. Raises CannotStart."""
    contents = check_log(file)
    lock = await lock_directory(log.parent)
    try:
        if not replace:
            # It would be deleted, for it has no place next to another log.
            refuse_lone_wal(log)
        return Restored(contents, _install(file, contents, log, now, replace=replace))
    except (sqlite3.Error, OSError) as error:
        raise CannotStart(f"{log} was not restored: {error}.") from None
    finally:
        os.close(lock)


def _install(file: Path, contents: Contents, log: Path, now: datetime, *, replace: bool) -> Path | None:
    """Returns the new path of the old log. Raises CannotStart, sqlite3.Error, OSError."""
    remove_leftovers(log, suffix=RESTORING)
    with new_file(log, suffix=RESTORING) as part:
        copy(file, Path(part.name))
        take_results(Path(part.name))
        if check_log(Path(part.name)) != contents:
            raise CannotStart(f"The copy of {file} is not what {file} is. Is another program writing to it?")
        _prepare(Path(part.name), file, highest_epoch(log, log.with_name(LEDGER)), now)
        # Renames are durable, and ordered, only after the directory is synced. The order keeps a log together with its
        # write-ahead log, and the backup apart from that of another.
        sync(log.parent)
        aside = None if replace else _move_aside(log, now)
        log.unlink(missing_ok=True)
        sync(log.parent)
        remove(log)
        remove(log.with_name(LEDGER))
        sync(log.parent)
        restore_results(file, log.with_name(RESULTS), now, replace=replace)
    # The new file was checked completely, so a mark of the old one does not apply.
    log.with_suffix(".suspect").unlink(missing_ok=True)
    sync(log.parent)
    return aside


def _prepare(copy: Path, file: Path, epoch: int, now: datetime) -> None:
    """The audit log of the copy says that it was restored. For that it is upgraded, as the next start would do. Its
    ledgers begin above `epoch`, and above all others that were given out since the backup."""
    entry = AuditEntry(
        id=clock.new_nonce(), at=now, last_at=now, who=COMMAND_LINE, via="", peer=None,
        action="server.restore", facts={"file": fact(file.name)}, result=AuditResult.DONE,
    )  # fmt: skip
    with closing(open_log(copy)) as connection:
        migrate(connection)
        connection.execute(SQL["add_audit_entry"], msgspec.structs.asdict(audit_job(entry)))
        raise_epochs(connection, epoch, now)
        # Writes and syncs the whole copy.
        connection.execute("pragma journal_mode = delete")


def _move_aside(log: Path, now: datetime) -> Path | None:
    """Rename the old log and its write-ahead log; returns the new path, or None if there was none."""
    if not log.exists():
        return None
    aside = first = sibling_file(log, f".before-{now:%Y%m%dT%H%M%SZ}")
    for number in count(2):
        if not aside.exists():
            break
        aside = sibling_file(first, f"-{number}")
    for suffix in SUFFIXES:
        if sibling_file(log, suffix).exists():
            sibling_file(log, suffix).rename(sibling_file(aside, suffix))
            sync(log.parent)
    return aside
