"""A pairing: the captures of one inbound message, or one call, on the primary and the fallback URL, and what they mean.

`hits` are folded one after the other, like events into messages: a capture adds one, its outcome settles it. The
verdict follows from the hits alone, so that it can be made again from what is still there.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

import msgspec

# Two requests with the same parties and text, one on each URL, are likely the same message within this time.
LIKELY = timedelta(seconds=60)
# A provider that has a fallback uses it at once; after so long nothing comes any more.
FALLBACK_WITHIN = timedelta(seconds=30)

FALLBACK_ONLY: Final = "fallback_only"
NO_FALLBACK: Final = "no_fallback"
FALLBACK_METHOD: Final = "fallback_method"


class Verdict(StrEnum):
    """What the hits of a pairing mean. "ok" is a whole 2xx of ours, well formed, gone out before the sender left."""

    PRIMARY_ONLY = "primary_only"
    BOTH_OK = "both_ok"
    FALLBACK_AFTER_TIMEOUT = "fallback_after_timeout"
    FALLBACK_AFTER_ERROR = "fallback_after_error"
    FALLBACK_ONLY = "fallback_only"
    NEITHER_OK = "neither_ok"


PROBLEMS = (
    Verdict.FALLBACK_AFTER_TIMEOUT,
    Verdict.FALLBACK_AFTER_ERROR,
    Verdict.FALLBACK_ONLY,
    Verdict.NEITHER_OK,
)
PRIMARY_OK = (Verdict.PRIMARY_ONLY, Verdict.BOTH_OK)
FALLBACK_USED = (Verdict.FALLBACK_AFTER_TIMEOUT, Verdict.FALLBACK_AFTER_ERROR)


class Hit(msgspec.Struct, frozen=True, kw_only=True, array_like=True):
    """One capture of a pairing. `ok` None: the answer is still held back. `status` is what went out, None: nothing.
    `after_ms`: when its last byte had left; `left_ms`: when the sender hung up without the whole answer; both from the
    arrival. `fault` and `fault_said`: the kind of the fault that it got, and the same in words."""

    n: int
    at: datetime
    fallback: bool
    method: str
    ok: bool | None = None
    status: int | None = None
    after_ms: int | None = None
    left_ms: int | None = None
    fault: str | None = None
    fault_said: str | None = None
    drill: str | None = None


class Pairing(msgspec.Struct, frozen=True, kw_only=True):
    """One inbound message or call. `hits` in the order of their numbers; `by_id` false: matched by parties and text
    within `LIKELY`. `findings` are `NO_FALLBACK` and the like. The last ones are filled in for reading: `id` is its
    row, the rest is what the first capture says."""

    message_id: str | None
    voice: bool
    hits: tuple[Hit, ...]
    by_id: bool = True
    findings: tuple[str, ...] = ()
    id: int = 0
    provider: str | None = None
    sender: str | None = None
    recipient: str | None = None
    text: str | None = None

    @property
    def primary(self) -> tuple[Hit, ...]:
        """Hits on the primary (or voice) URL."""
        return tuple(hit for hit in self.hits if not hit.fallback)

    @property
    def fallback(self) -> tuple[Hit, ...]:
        """Hits on the fallback URL."""
        return tuple(hit for hit in self.hits if hit.fallback)


@dataclass(frozen=True, slots=True, kw_only=True)
class PairingSummary:
    """The pairings of a whole bin: how many by verdict, and milliseconds to the fallback (None without any)."""

    by_verdict: dict[Verdict, int]
    gap_p50: int | None = None
    gap_p95: int | None = None
    gap_max: int | None = None

    def count(self, *verdicts: Verdict) -> int:
        """How many have one of these verdicts; of all without any."""
        return sum(self.by_verdict.get(verdict, 0) for verdict in verdicts or Verdict)
