"""Faults: wrong answers of a URL on purpose. A fault changes what is sent, never what is stored (P6), and always ends:
by its count or by its time, whichever is first.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum

import msgspec

from .captures import FaultHit
from .roles import Role

LASTS = timedelta(minutes=10)
"""How long a fault lasts by default."""
LONGEST = timedelta(hours=24)
MOST_SECONDS = 120.0
MOST_STATUSES = 100
MOST_COUNT = 1_000_000
REDIRECTED = "redirected"
"""The last segment of the address that a redirect points to."""


class FaultKind(StrEnum):
    """What happens to the answer; `ingress/faults.py` has a player for each."""

    STATUS = "status"
    HOLD = "hold"
    DROP = "drop"
    CUT = "cut"
    BAD_XML = "bad_xml"
    REDIRECT = "redirect"
    SLOW = "slow"


# The kinds that `seconds` is for.
WITH_SECONDS = (FaultKind.HOLD, FaultKind.SLOW)


class Fault(msgspec.Struct, frozen=True, kw_only=True):
    """A fault as a user sets it.

    `statuses` are taken in turn (`status` only; 200-599). `seconds` is how long the answer is held, or dripped (`hold`
    and `slow` only; 0-120). It ends when `count` requests got it (None: no limit) or at `until`. `chance` in per cent:
    a request that is spared is not counted.
    """

    kind: FaultKind
    until: datetime
    statuses: tuple[int, ...] = (503,)
    seconds: float = 30.0
    count: int | None = None
    chance: int = 100

    @property
    def lasts(self) -> bool:
        """Its `seconds` mean something."""
        return self.kind in WITH_SECONDS

    def effect(self, hits: int = 0) -> str:
        """In words, for people; `hits` requests got it before."""
        match self.kind:
            case FaultKind.STATUS:
                return f"status {self.statuses[hits % len(self.statuses)]}"
            case FaultKind.HOLD:
                return f"hold {seconds_text(self.seconds)}"
            case FaultKind.SLOW:
                return f"send slowly over {seconds_text(self.seconds)}"
        return _DESCRIPTIONS[self.kind]


class ActiveFault(msgspec.Struct, frozen=True, kw_only=True):
    """A fault that is on: on one role of one bin, `left` more requests get it (None: no limit), `hits` got it.
    `drill` is the id of the drill that it belongs to."""

    id: str
    bin_id: str
    role: Role
    fault: Fault
    started_at: datetime
    left: int | None
    hits: int = 0
    drill: str | None = None

    def is_over(self, now: datetime) -> bool:
        """It has ended by itself."""
        return now >= self.fault.until or self.left == 0

    def with_hit(self) -> "tuple[ActiveFault, FaultHit]":
        """The fault after one more request got it, and the hit for that request's capture."""
        left = None if self.left is None else self.left - 1
        after = msgspec.structs.replace(self, left=left, hits=self.hits + 1)
        hit = FaultHit(
            fault=self.id, kind=self.fault.kind.value, said=self.fault.effect(self.hits), left=left, hits=self.hits + 1,
            drill=self.drill,
        )  # fmt: skip
        return after, hit

    def with_counts_of(self, other: "ActiveFault") -> "ActiveFault":
        """The fault with the counts of the one that more requests got, as they are counted in several places."""
        if other.hits <= self.hits:
            return self
        return msgspec.structs.replace(self, left=other.left, hits=other.hits)

    def without_hit(self) -> "ActiveFault":
        """The fault without one of its hits, whose request could not be stored."""
        left = None if self.left is None else self.left + 1
        return msgspec.structs.replace(self, left=left, hits=self.hits - 1)


def check_fault(fault: Fault, now: datetime) -> list[tuple[str, str]]:
    """What keeps this fault from being set: the field and what would be right."""
    problems = []
    if not 1 <= len(fault.statuses) <= MOST_STATUSES or not all(200 <= status <= 599 for status in fault.statuses):
        problems.append(("status", f"must be from 200 to 599, or a list of at most {MOST_STATUSES} of them"))
    if not 0 <= fault.seconds <= MOST_SECONDS:
        problems.append(("seconds", f"must be a number from 0 to {MOST_SECONDS:g}"))
    if fault.count is not None and not 1 <= fault.count <= MOST_COUNT:
        problems.append(("count", f"must be a whole number from 1 to {MOST_COUNT:,}, or null for no limit"))
    if not now < fault.until <= now + LONGEST:
        problems.append(("until", "must be within the next 24 hours"))
    if not 1 <= fault.chance <= 100:
        problems.append(("chance", "must be a whole number from 1 to 100"))
    return problems


def is_redirected(target: str) -> bool:
    """Whether a request came to the address that the `redirect` fault names."""
    return target.partition("?")[0].endswith("/" + REDIRECTED)


def seconds_text(seconds: float) -> str:
    """`16 s`, `2.5 s`."""
    return f"{seconds:g} s"


def statuses_text(statuses: Sequence[int]) -> str:
    """`500, 500, 200`."""
    return ", ".join(str(status) for status in statuses)


_DESCRIPTIONS = {
    FaultKind.DROP: "drop the connection",
    FaultKind.CUT: "truncate the body",
    FaultKind.BAD_XML: "invalid XML",
    FaultKind.REDIRECT: "redirect",
}
