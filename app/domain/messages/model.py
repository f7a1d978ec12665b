"""A message: the SMS itself, one row a (bin, provider, message id), and what is computed of many: conversations, a
pace.

`folding.py` makes messages of events.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final, NamedTuple

import msgspec

from ..events import Event
from ..statuses import Status, Word

DUPLICATE: Final = "duplicate"
SOFT_DUPLICATE: Final = "soft_duplicate"
LATE: Final = "late_status"
CONTRADICTORY: Final = "contradictory_final"
STUCK: Final = "stuck"
MISPLACED: Final = "callback_on_sms_url"


class Direction(StrEnum):
    """Seen from the owner of the bin's numbers."""

    INBOUND = "inbound"
    OUTBOUND = "outbound"


class Fact(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """An event with its capture's number, arrival, and fingerprint of content and URL."""

    n: int
    at: datetime
    provider: str
    event: Event
    print: str = ""
    findings: tuple[str, ...] = ()


class Message(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One SMS as far as it is known. `final`: no further status is expected; `final_at`: since when.

    `media_types`: the types that the provider states for `media`, in their order, "" for none.
    `segments` and `encoding` are computed from the text; without one `segments` is the provider's count. `pieces` are
    the parts of a long message by number, `prints` and `as_callback` are state of the fold. `captures` are the numbers
    of its requests, filled in when it is read; `id` is its row.
    """

    provider: str
    message_id: str
    direction: Direction
    sender: str | None
    recipient: str | None
    sender_said: str | None
    recipient_said: str | None
    text: str | None
    media: tuple[str, ...]
    status: Status
    raw_status: str | None
    final: bool
    price: str | None
    currency: str | None
    error_code: str | None
    segments: int | None
    encoding: str | None
    first_at: datetime
    last_at: datetime
    final_at: datetime | None
    last_n: int
    findings: tuple[str, ...] = ()
    piece_key: str | None = None
    pieces: tuple[tuple[int, str], ...] = ()
    prints: tuple[str, ...] = ()
    as_callback: Word | None = None
    media_types: tuple[str, ...] = ()
    captures: tuple[int, ...] = ()
    seq: int = 0
    id: int = 0

    @property
    def is_open(self) -> bool:
        """A callback is still expected, and it is not marked as stuck."""
        return self.direction is Direction.OUTBOUND and not self.final and STUCK not in self.findings

    @property
    def pieces_due(self) -> int | None:
        """How many pieces the long message has, where it came in pieces."""
        total = self.piece_key.split("|")[1] if self.piece_key and self.piece_key.count("|") >= 3 else ""
        return int(total) if total.isdecimal() else None

    @property
    def ours(self) -> str | None:
        """The number of the bin's owner."""
        return self.recipient if self.direction is Direction.INBOUND else self.sender

    @property
    def theirs(self) -> str | None:
        """The number at the other end."""
        return self.sender if self.direction is Direction.INBOUND else self.recipient


class UnfinishedMessage(NamedTuple):
    """An outbound message without a final status that capture `n` states something about; `last_n`: the last one that
    does."""

    n: int
    provider: str
    message_id: str
    last_n: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One line of a timeline. `gap_ms` since the step before, None on the first; `late`: a lower rank than the
    highest seen before it; `repeats`: the number of an earlier capture with the same content.
    `said_to_minute`: the provider's stamp has no seconds."""

    n: int
    at: datetime
    status: Status | None
    raw_status: str | None
    said_at: datetime | None
    gap_ms: int | None
    late: bool
    repeats: int | None
    error_code: str | None
    said_to_minute: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversation:
    """A pair of numbers that exchanged messages; `latest` is the newest of them."""

    theirs: str
    ours: str
    seq: int
    last_at: datetime
    latest: Message


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How long outbound messages took to their final state, newest first: (first_at, seconds, failed)."""

    points: tuple[tuple[datetime, float, bool], ...]
    outbound: int

    @property
    def failed_share(self) -> float | None:
        """Failures among the messages that came to an end."""
        return None if not self.points else sum(failed for _, _, failed in self.points) / len(self.points)

    def percentile(self, percent: int) -> float | None:
        """Seconds, by the nearest rank."""
        took = sorted(seconds for _, seconds, _ in self.points)
        return took[max(0, -(-percent * len(took) // 100) - 1)] if took else None
