"""A listener: a program that gets the captures of a bin over a WebSocket, under a name, from its own cursor.

Every capture up to the cursor was acknowledged, or did not match. What is after it is sent again when the listener
connects again, except what it has acknowledged already.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import msgspec

from .replays import NewAttempt
from .roles import Role

MOST_LISTENERS = 50
"""Listeners of one bin."""
NAME = re.compile(r"[A-Za-z0-9._-]{1,60}", re.ASCII)
NAME_RULE = "must be 1 to 60 letters, digits, dots, underscores or hyphens"
SEND_WINDOW = 8
"""Captures that are sent and not acknowledged."""
MAX_REASON = 200
"""Characters of the reason why the program of the listener did not answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ListenerChoice:
    """The captures that a connection gets. `filter` is in the filter grammar, "" matches everything; no `roles` means
    all. `with_events`: each with its events, in the form for all providers."""

    filter: str = ""
    roles: tuple[Role, ...] = ()
    with_events: bool = False


class SentCapture(msgspec.Struct, frozen=True, array_like=True):
    """A capture after the cursor that was sent `tries` times."""

    n: int
    tries: int
    acknowledged: bool = False


class ListenerProgress(msgspec.Struct, frozen=True, kw_only=True):
    """How far a listener is. `sent`: captures after the cursor, by their numbers."""

    cursor: int
    sent: tuple[SentCapture, ...] = ()


class ListenerResult(msgspec.Struct, frozen=True, kw_only=True):
    """What the program of a listener did with capture `n`. `status` None: it did not answer, and `error` says why."""

    n: int
    at: datetime
    status: int | None
    error: str | None
    ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredListener:
    """A listener in the log. `seen_at`: when it was connected last. `last_n` and `floor_n` of the bin at the time of
    the read: its last capture, and the last one that was deleted with all before it. `opened`: how often it was
    connected; `connected_at`: since when it is; None: its server has noted its end."""

    bin_id: str
    name: str
    made_at: datetime
    seen_at: datetime
    progress: ListenerProgress
    last: ListenerResult | None = None
    last_n: int = 0
    floor_n: int = 0
    opened: int = 0
    connected_at: datetime | None = None

    @property
    def lag(self) -> int:
        """Captures after the cursor that are not acknowledged, whether they match or not."""
        acknowledged = sum(each.acknowledged for each in self.progress.sent)
        return max(self.last_n - max(self.progress.cursor, self.floor_n) - acknowledged, 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class ListenerMarks:
    """What changed in a listener while it was `opened` so often, written at once."""

    progress: ListenerProgress
    seen_at: datetime
    last: ListenerResult | None
    attempts: Sequence[NewAttempt] = ()
    opened: int = 1
    connected_at: datetime | None = None
