"""A pairing: the captures of one inbound message, or one call, on the primary and the fallback URL, and its verdict.

`hits` are folded one after the other, like events into messages: a capture adds one, its outcome settles it. The
verdict follows from the hits alone, so that it can be computed again after a deletion.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum, StrEnum, auto
from typing import Final

import msgspec
from msgspec.structs import replace

from ..captures import Outcome

# A provider that has a fallback uses it at once; after so long none is expected.
FALLBACK_WITHIN = timedelta(seconds=30)
# An answer that took no longer was immediate: no provider gives up so early.
AT_ONCE_MS = 250
# Uncertainty of the time at which the last byte was sent: a request that came so shortly before may be its consequence.
BLUR = timedelta(milliseconds=20)
# No provider tries as often. An id that is sent without end must not make each hit more expensive: of more hits the
# first and the newest are kept.
MOST_HITS = 32

FALLBACK_ONLY: Final = "fallback_only"
NO_FALLBACK: Final = "no_fallback"
FALLBACK_METHOD: Final = "fallback_method"
FINDINGS = (NO_FALLBACK, FALLBACK_ONLY, FALLBACK_METHOD)


class Verdict(StrEnum):
    """What the hits of a pairing mean. "ok" is a whole 2xx of ours, well formed, sent before the sender left."""

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


class Hit(msgspec.Struct, frozen=True, kw_only=True, array_like=True, gc=False):
    """One capture of a pairing. `ok` None: the answer is still held. `status` is what was sent, None: nothing.
    `after_ms`: when its last byte was sent; `left_ms`: when the sender hung up without the whole answer; both from the
    arrival. `fault` and `fault_said`: the kind of the fault that it got, and the same in words. `sender_left`: the
    sender hung up, `left_ms` may be unknown. `twin`: it states the pairing's second message, which was matched by
    parties and text. Fault and drill, and the fields of a usual answer, are filled in for reading: the fold does not
    need them."""

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
    sender_left: bool = False
    twin: bool = False


class Pairing(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One inbound message or call. `hits` in the order of their numbers; `by_id` false: matched by parties and text
    within `folding.DUPLICATE_TEXT_WITHIN`. `findings` are those of `FINDINGS` that apply. The last ones are filled in
    for reading: `id` is its row, the rest comes from the first capture."""

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
    def verdict(self) -> Verdict:
        """What the hits mean."""
        return verdict_of(self.hits)

    @property
    def gap_ms(self) -> int | None:
        """From the first primary to the first fallback."""
        return gap_ms(self.hits)

    @property
    def is_cut(self) -> bool:
        """There may have been more hits than it keeps."""
        return len(self.hits) >= MOST_HITS

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
    """The pairings of a whole bin: how many by verdict, and milliseconds to the fallback
    where it was used (None without any)."""

    by_verdict: dict[Verdict, int]
    gap_p50: int | None = None
    gap_p95: int | None = None
    gap_max: int | None = None

    def count(self, *verdicts: Verdict) -> int:
        """How many have one of these verdicts; of all without any."""
        return sum(self.by_verdict.get(verdict, 0) for verdict in verdicts or Verdict)


def begin_pairing(hit: Hit, *, voice: bool) -> Pairing:
    """The pairing of a first capture."""
    return Pairing(message_id=None, voice=voice, hits=(hit,), findings=(FALLBACK_ONLY,) if hit.fallback else ())


def absorb_hit(pairing: Pairing, hit: Hit) -> Pairing:
    """The pairing with one more capture; a capture that states the message twice counts once."""
    for other in reversed(pairing.hits):
        if other.n == hit.n and other.twin == hit.twin:
            return pairing
        if other.n < hit.n:
            break
    hits = (*pairing.hits, hit)
    return _with(pairing, hits if len(hits) <= MOST_HITS else _without_spare(hits))


def settle_hit(pairing: Pairing, n: int, outcome: Outcome) -> Pairing:
    """The pairing with the outcome of capture `n`."""
    if all(hit.n != n for hit in pairing.hits):
        return pairing
    return _with(pairing, tuple(settled(hit, outcome) if hit.n == n else hit for hit in pairing.hits))


def oddities_of(pairing: Pairing, hit: Hit) -> tuple[str, ...]:
    """The findings of the pairing whose reason is this capture."""
    if not hit.fallback or not pairing.findings:
        return ()
    primary = pairing.primary
    return pairing.findings if not primary or hit.method != first(primary).method else ()


def without_hits(pairing: Pairing, numbers: frozenset[int]) -> Pairing:
    """The pairing without these captures. With the last one of its first message, the second becomes the first."""
    hits = [hit for hit in pairing.hits if hit.n not in numbers]
    if all(hit.twin for hit in hits):
        hits = [replace(hit, twin=False) for hit in hits]
    return _with(pairing, tuple(hits))


def without_message(pairing: Pairing, *, twin: bool) -> Pairing:
    """The pairing without one of its messages, which is not an inbound one."""
    return _with(pairing, tuple(replace(hit, twin=False) for hit in pairing.hits if hit.twin != twin))


def mark_missing(pairing: Pairing) -> Pairing:
    """No fallback came in time."""
    return replace(pairing, findings=_findings(pairing.hits, missing=True))


def settled(hit: Hit, outcome: Outcome) -> Hit:
    """A hit with its outcome. Nothing is stored of a usual one, which keeps its row small."""
    at_once = outcome.ok and (outcome.after_ms or 0) <= AT_ONCE_MS
    return replace(
        hit,
        ok=outcome.ok,
        status=None if at_once else outcome.status,
        after_ms=None if at_once else outcome.after_ms,
        left_ms=outcome.left_ms,
        sender_left=outcome.sender_left,
    )


class _Side(Enum):
    """What the hits on one URL of a pairing come to, for its verdict.

    `ACCEPTED`: one was answered well, and not only after the provider had used the fallback. `WAITING`: none was, but
    an answer is still held. `LEFT`: none was, and the last one before the fallback was unanswered when the
    provider used it. `FAILED`: none was, for another reason.
    """

    ABSENT = auto()
    ACCEPTED = auto()
    WAITING = auto()
    LEFT = auto()
    FAILED = auto()


# By primary and fallback; all other combinations are `NEITHER_OK`.
_VERDICTS = {
    (_Side.ACCEPTED, _Side.ABSENT): Verdict.PRIMARY_ONLY,
    (_Side.ACCEPTED, _Side.FAILED): Verdict.PRIMARY_ONLY,
    (_Side.ACCEPTED, _Side.ACCEPTED): Verdict.BOTH_OK,
    (_Side.LEFT, _Side.ACCEPTED): Verdict.FALLBACK_AFTER_TIMEOUT,
    (_Side.FAILED, _Side.ACCEPTED): Verdict.FALLBACK_AFTER_ERROR,
    (_Side.ABSENT, _Side.ACCEPTED): Verdict.FALLBACK_ONLY,
}


def verdict_of(hits: Sequence[Hit]) -> Verdict:
    """What these hits mean, in whatever order they became known. While an outcome that it would rest on is unknown, it
    is `NEITHER_OK`.

    A primary that was ok stays `PRIMARY_ONLY` while no fallback was ok, too: the message was taken. One whose whole
    answer went out only after the fallback had come was unanswered then, so the provider had given up on it.
    """
    fallback = [hit for hit in hits if hit.fallback]
    primary = [hit for hit in hits if not hit.fallback]
    side = _side_of(fallback)
    came = min(hit.at for hit in fallback) if side is _Side.ACCEPTED else None
    return _VERDICTS.get((_side_of(primary, came), side), Verdict.NEITHER_OK)


def _side_of(hits: Sequence[Hit], came: datetime | None = None) -> _Side:
    """`came`: when the fallback that took the message was first hit; for hits on the primary only."""
    if not hits:
        return _Side.ABSENT
    if any(hit.ok and (came is None or not _is_unanswered(hit, came)) for hit in hits):
        return _Side.ACCEPTED
    if any(hit.ok is None for hit in hits):
        return _Side.WAITING
    if came is None:
        return _Side.FAILED
    last = max([hit for hit in hits if hit.at <= came] or hits, key=order)
    return _Side.LEFT if last.sender_left or _is_unanswered(last, came) else _Side.FAILED


def gap_ms(hits: Sequence[Hit]) -> int | None:
    """From the first primary to the first fallback; None without both, below zero where the fallback came first."""
    if len(hits) < 2:
        return None
    primary = [hit.at for hit in hits if not hit.fallback]
    fallback = [hit.at for hit in hits if hit.fallback]
    if not primary or not fallback:
        return None
    return round((min(fallback) - min(primary)) / timedelta(milliseconds=1))


def due_at(pairing: Pairing) -> datetime | None:
    """From when on a fallback is missed: the primary has failed, nothing is held back, and no fallback came yet."""
    hits = pairing.hits
    if not hits or NO_FALLBACK in pairing.findings or any(hit.fallback or hit.ok is not False for hit in hits):
        return None
    return max(ended_at(hit) for hit in hits) + FALLBACK_WITHIN


def ended_at(hit: Hit) -> datetime:
    """When this request was over: when the sender left, else when the last byte of the answer was sent.

    Where both are known, the sender's leaving counts: bytes that are written afterwards reach no one. No time is stored
    of an immediate answer (`settled`), so it ends with its arrival; so does one that is still held (`ok` None), which
    has no end yet.
    """
    ms = hit.after_ms if hit.left_ms is None else hit.left_ms
    return hit.at + timedelta(milliseconds=ms or 0)


def order(hit: Hit) -> tuple[datetime, int]:
    """As they came; those of one moment by their numbers."""
    return hit.at, hit.n


def first(hits: Sequence[Hit]) -> Hit:
    """The one that came before the others."""
    return min(hits, key=order)


def _without_spare(hits: tuple[Hit, ...]) -> tuple[Hit, ...]:
    """All but the oldest of the later half that is not the first on its URL. It does not depend on outcomes, which may
    be known earlier or later."""
    later = range(MOST_HITS // 2, len(hits))
    spare = next(place for place in later if any(other.fallback == hits[place].fallback for other in hits[:place]))
    return hits[:spare] + hits[spare + 1 :]


def _with(pairing: Pairing, hits: tuple[Hit, ...]) -> Pairing:
    # Whether a fallback is missing depends on the clock, and is checked again after each change (`due_at`).
    return replace(pairing, hits=hits, by_id=not any(hit.twin for hit in hits), findings=_findings(hits))


def _findings(hits: Sequence[Hit], *, missing: bool = False) -> tuple[str, ...]:
    fallback = [hit for hit in hits if hit.fallback]
    if not fallback:
        return (NO_FALLBACK,) if missing else ()
    primary = [hit for hit in hits if not hit.fallback]
    if not primary:
        return (FALLBACK_ONLY,)
    method = first(primary).method
    return (FALLBACK_METHOD,) if any(hit.method != method for hit in fallback) else ()


def _is_unanswered(hit: Hit, at: datetime) -> bool:
    """Whether this hit came before that time and its answer was then still outstanding."""
    if hit.after_ms is None or hit.after_ms <= AT_ONCE_MS or hit.at > at:
        return False
    return hit.at + timedelta(milliseconds=hit.after_ms) > at + BLUR
