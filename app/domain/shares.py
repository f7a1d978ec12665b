"""Share links: who has one may read one page of a bin until it ends, without any other credential."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import msgspec

MAX_SHARE_TIME = timedelta(days=90)
MOST_SHARES = 100
"""Of one bin, at the same time."""
KEPT_AFTER_END = timedelta(days=90)
"""So long the link of a share that has ended is answered with 410, afterwards with 404."""


class SharedMessage(msgspec.Struct, frozen=True, omit_defaults=True):
    """A message by its provider and id."""

    provider: str
    message_id: str


class SharedComparison(msgspec.Struct, frozen=True, omit_defaults=True):
    """The pair of a capture or, with `m`, two captures."""

    n: int
    m: int | None = None


class SharedPart(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a share is for: one of these, or without any of them the whole bin. `q`: the captures that match a
    filter."""

    q: str | None = None
    n: int | None = None
    message: SharedMessage | None = None
    comparison: SharedComparison | None = None

    @property
    def is_list(self) -> bool:
        """Whether it is for the captures of the bin, all or some."""
        return self.n is None and self.message is None and self.comparison is None


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """A share. Only the SHA-256 of its secret is stored. `bin` is the id of a bin, which may have been deleted. `part`
    is None as soon as it has ended before its time. `views` and `viewed_at` may be a few seconds late. `made_by`: the
    name of the caller."""

    id: str
    hash: str
    bin: str
    part: SharedPart | None
    masked: bool
    made_by: str
    made_at: datetime
    expires_at: datetime
    ended_at: datetime | None = None
    views: int = 0
    viewed_at: datetime | None = None

    def has_ended(self, now: datetime) -> bool:
        """Whether it has expired or was revoked."""
        return self.part is None or self.ended_at is not None or now >= self.expires_at

    def ends_by(self) -> datetime:
        """When it ends, or has ended."""
        return self.expires_at if self.ended_at is None else min(self.ended_at, self.expires_at)


def write_part(part: SharedPart) -> str:
    """For the store."""
    return msgspec.json.encode(part).decode()


def read_part(text: str) -> SharedPart | None:
    """From the store; None if another version has written it."""
    try:
        return msgspec.json.decode(text, type=SharedPart)
    except msgspec.MsgspecError:
        return None
