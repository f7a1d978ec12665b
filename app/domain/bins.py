"""A bin: a named place that collects, with one capture key."""

import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from .roles import Role

# Crockford's base32 in lower case: no i, l, o, u, so that a key survives being read aloud or typed.
KEY_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
KEY_LENGTH = 16
KEY_PATTERN = f"[0-9a-hjkmnp-tv-z]{{{KEY_LENGTH}}}"
KEY = re.compile(KEY_PATTERN)
NAME_LENGTH = 100
# Ytel's "Queued" is followed by its end within seconds; carriers' receipts mostly within minutes.
STUCK_AFTER = timedelta(minutes=5)

BinVersions = tuple[int, int]
"""`version` and `answer_version` of a bin."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewBin:
    """A bin to be made. `name` None takes the next "Bin N"; `retention` None follows the server's.

    `stuck_after`: an outbound message that is not final and had no callback for so long is stuck; 0: never.
    """

    id: str
    key: str
    name: str | None = None
    provider: str | None = None
    retention: timedelta | None = None
    stuck_after: timedelta = STUCK_AFTER
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Bin:
    """A bin and its counts. `captures` and `by_role` count what is visible now; `last_n` and `seq` only rise.

    `retention` zero keeps for ever. `swept_n` is the highest number that the retention has deleted (0: none yet).
    `behind` captures are kept and not read yet; so many are missing in the counts. `seq` is 0, as the counts are, if
    the ledger has nothing of the bin or cannot be read. A cursor below `first_seq` is of an earlier reading of the bin.
    `version` rises with every change of the key or the settings, `answer_version` with each that the answer to a
    capture, or what is stored of it, depends on.
    """

    id: str
    key: str
    name: str
    provider: str | None
    retention: timedelta | None
    created_at: datetime
    stuck_after: timedelta = STUCK_AFTER
    captures: int = 0
    by_role: dict[Role, int] = field(default_factory=dict)
    last_capture_at: datetime | None = None
    last_n: int = 0
    seq: int = 0
    first_seq: int = 0
    swept_n: int = 0
    behind: int = 0
    version: int = 0
    answer_version: int = 0

    @property
    def ledger_n(self) -> int:
        """Every capture up to this number is certainly in the ledger."""
        return self.last_n - self.behind if self.seq else 0

    @property
    def versions(self) -> BinVersions:
        """Both versions: they differ after each change of the bin, and of what is set in it."""
        return self.version, self.answer_version

    def knows(self, cursor: int) -> bool:
        """Whether the changes after this cursor can be listed; zero is the beginning."""
        return not cursor or self.first_seq <= cursor <= self.seq
