"""State, deletion of what has expired, and the clock."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from .ledger import LedgerStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class SweepResult:
    """The result of one step of a sweep: how many captures it erased, and the bin number at which the next step
    continues (None: the sweep is done)."""

    removed: int
    next: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """The state of the log.

    `state`: "ok"; "full": writes are refused for now; "away": the database cannot be reached; "stopped": the log
    process does not answer, or is being restarted; "suspect": a write failed and the file is being checked; "gone": its
    files were deleted. `stored` and `refused` count the captures of the last `SECONDS`. `wal_bytes` is the size of the
    write-ahead log; `checkpoint` is the reason why it cannot be copied into the database; `held`: a reader prevents its
    reuse.
    """

    SECONDS = 10

    state: str
    reason: str | None = None
    stored: int = 0
    refused: int = 0
    wal_bytes: int = 0
    checkpoint: str | None = None
    held: bool = False


class UpkeepStore(Protocol):
    """State, deletion of what has expired, and the clock."""

    def on_change(self, call: Callable[[str], None]) -> None:
        """Register a callback. It is called in the event loop with the id of each bin whose readable state has
        changed."""

    async def sweep(self, now: datetime, default_retention: timedelta, after: int = 0) -> SweepResult:
        """One step of a few milliseconds: erase bytes of deleted captures, then delete captures whose retention has
        expired, lowest number first, in bins with a number above `after`. A retention of zero keeps captures
        forever."""

    async def erase(self) -> SweepResult:
        """The same step without the retention: only what is deleted already."""

    async def probe(self) -> None:
        """Test a write of the size of the largest one that was refused recently. Raises StoreUnavailable."""

    def health(self) -> Health:
        """The last known state of the log, without a disk access."""

    def ledger_status(self, bin_id: str | None = None) -> LedgerStatus:
        """The last known state of the ledger, of all bins or of one, without a disk access."""

    def last_seen(self) -> datetime | None:
        """The latest trusted time of the wall clock before this start, or None."""

    async def note_time(self, now: datetime) -> None:
        """Record that the wall clock is trusted at this time."""
