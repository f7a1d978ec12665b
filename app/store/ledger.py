"""How far the ledger has followed the log."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerStatus:
    """How far the ledger has followed the log.

    `state`: "ok"; "behind": for more than a second; "building": it is being rebuilt from the log; "stopped": it
    cannot be written or read, and `reason` is set. `behind` counts captures that are not in the ledger yet. `done`
    and `total` count the captures of a rebuild.
    """

    state: str
    reason: str | None = None
    behind: int = 0
    done: int = 0
    total: int = 0
