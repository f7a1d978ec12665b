"""The state of storing and reading, in words: the notices on every page, and the addition to the live state."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Final

from aiohttp import web

from ... import clock, keys
from ...domain.units import size_text
from ...services.upkeep.disk import DiskSpace
from ...store import Health, LedgerStatus

UPDATE_S = 1.0
# A reader that finishes soon lets the write-ahead log grow a little.
LARGE_WAL_BYTES = 64 << 20


@dataclass(frozen=True, slots=True)
class Notice:
    """A notice of one or two sentences. `asks`: with a button that confirms the clock."""

    text: str
    asks: bool = False


class ServerCondition:
    """The state as of the last update. Updated once a second, so that a thousand viewers cost no more than one. `key`
    changes with the notices; empty: none."""

    def __init__(self, app: web.Application) -> None:
        self._app = app
        self._words: dict[str, str] = {}
        self.troubles: tuple[Notice, ...] = ()
        self.key = ""

    def update(self) -> None:
        """Update now."""
        notices = tuple(current_notices(self._app))
        if notices != self.troubles:
            self.troubles = notices
            self.key = sha256(repr(notices).encode()).hexdigest()[:16] if notices else ""
        self._words.clear()

    def word(self, bin_id: str) -> str:
        """How far reading a bin is behind, for its live state; usually empty."""
        word = self._words.get(bin_id)
        if word is None:
            word = self._words[bin_id] = ledger_text(self._app[keys.STORE].ledger_status(bin_id))
        return word

    async def step(self) -> float:
        """Update, and notify the viewers of a change. Returns the seconds until the next update."""
        key, had_words = self.key, any(self._words.values())
        self.update()
        if key != self.key or had_words or ledger_text(self._app[keys.STORE].ledger_status()):
            self._app[keys.HUB].notify_all()
        return UPDATE_S


CONDITION: Final = web.AppKey("CONDITION", ServerCondition)


def current_notices(app: web.Application) -> list[Notice]:
    """The current notices, the most urgent first."""
    store, sweeping, disk = app[keys.STORE], app[keys.SWEEPING], app[keys.DISK]
    health = store.health()
    found = [
        health_notice(health, is_postgresql=app[keys.SETTINGS].uses_postgresql),
        # Both are in the database that cannot be reached.
        None if health.state == "away" else reading_notice(store.ledger_status()),
        disk_notice(disk.space),
        None if sweeping.held is None else hold_notice(sweeping.held, sweeping.held_for, clock.now()),
    ]
    return [notice for notice in found if notice is not None]


def health_notice(health: Health, *, is_postgresql: bool = False) -> Notice | None:
    """A notice when captures cannot be stored, or soon may not be."""
    reason = (health.reason or "").rstrip(".")
    match health.state:
        case "gone":
            return Notice(
                f"The database files were deleted or replaced while smsbin was running ({reason}). Requests are"
                " answered 503. Stop smsbin, put the files back or restore a backup, and start it again."
            )
        case "suspect":
            return Notice(f"{reason}. Requests are answered 503 until the check is done.")
        case "away":
            return Notice(
                f"The database cannot be reached ({reason}). Requests are answered 503 until it responds; then storing"
                " continues automatically."
            )
        case "stopped":
            return Notice(f"{reason}. Requests are answered 503 until it runs.")
        case "full":
            return Notice(
                f"Storing is not possible at the moment ({reason}). Requests are answered 503 until this is fixed."
                # On SQLite space is reserved for that.
                + ("" if is_postgresql else " Deleting still works.")
            )
    if health.refused:
        of = health.refused + health.stored
        return Notice(f"{health.refused:,} of {of:,} requests of the last {health.SECONDS} seconds were answered 503.")
    size = size_text(health.wal_bytes)
    if health.checkpoint is not None:
        return Notice(
            f"The write-ahead log ({size}) cannot be copied into the database: {health.checkpoint}. Requests are kept;"
            " check the disk."
        )
    if health.held and health.wal_bytes > LARGE_WAL_BYTES:
        return Notice(
            f"Another program reads log.db and has not finished, so the write-ahead log grows: {size} so far. Stop that"
            " program."
        )
    return None


def reading_notice(ledger_status: LedgerStatus) -> Notice | None:
    """A notice when captures are kept and not read."""
    if ledger_status.state != "stopped":
        return None
    reason = (ledger_status.reason or "").rstrip(".")
    return Notice(f"Requests are kept, but not parsed at the moment: {reason}. Parsing continues automatically.")


def disk_notice(space: DiskSpace | None) -> Notice | None:
    """A notice when the disk is nearly full."""
    if space is None or not space.low:
        return None
    return Notice(
        f"Only {size_text(space.free)} left on the disk of the data directory."
        " When it is full, requests are answered 503."
    )


def hold_notice(why: str, still: timedelta | None, now: datetime) -> Notice:
    """The notice that nothing expires. `still` None: until the clock is corrected."""
    if still is None:
        return Notice(f"Deletion of expired requests is paused: {why}. Correct the one that is wrong.")
    hours = -(-still // timedelta(hours=1))
    return Notice(
        f"Deletion of expired requests is paused: {why}. If {now:%d %b %Y} is the right date, confirm it. Otherwise it"
        f" continues automatically within {hours} {'hour' if hours == 1 else 'hours'}, unless the clock jumps again.",
        asks=True,
    )


def ledger_text(ledger_status: LedgerStatus) -> str:
    """In a few words, for the live state."""
    match ledger_status.state:
        case "stopped":
            return f"parsing has stopped, {ledger_status.behind:,} behind"
        case "building":
            return f"parsing again, {100 * ledger_status.done // max(1, ledger_status.total)} % done"
        case "behind":
            return f"{ledger_status.behind:,} behind"
    return ""
