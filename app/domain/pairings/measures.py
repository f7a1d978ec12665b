"""Measures of a provider, from the pairings of a bin: when it gives up, how often it tries, after which failures it
uses the fallback. Providers publish little of this; each measure has its count, so that one case is not taken for a
rule.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from ..faults import FaultKind
from .model import FALLBACK_USED, NO_FALLBACK, Hit, Pairing, Verdict

# Names of a failed answer, for "After …"; any other answer is named by its status.
TIMEOUT = "a timeout"
NOTHING = "no response"
_BY_FAULT = {
    FaultKind.DROP: "a dropped connection",
    FaultKind.CUT: "a truncated body",
    FaultKind.BAD_XML: "invalid XML",
    FaultKind.SLOW: "a slow response",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class After:
    """What followed one kind of failure of the primary: the fallback came in `came` of `of` cases."""

    failure: str
    came: int
    of: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """`gives_up_ms`: how long the sender waited, in the middle of `gave_up` cases. `tries`: requests on a primary that
    failed, the fewest and the most. `after`: the most frequent failure first. `pairs`: failures that it is taken from.
    """

    pairs: int
    gives_up_ms: int | None = None
    gave_up: int = 0
    tries: tuple[int, int] | None = None
    after: tuple[After, ...] = ()


def measure(pairings: Sequence[Pairing]) -> Measured:
    """The measures. Pairings that may still change are not counted for tries and fallbacks."""
    left = [hit.left_ms for pairing in pairings for hit in pairing.hits if _timed_out(hit) and hit.left_ms is not None]
    failed = [pairing for pairing in pairings if _has_failed(pairing)]
    tries = [len(pairing.primary) for pairing in failed]
    came: Counter[str] = Counter()
    cases: Counter[str] = Counter()
    for pairing in failed:
        name = _failure_of(pairing)
        cases[name] += 1
        came[name] += bool(pairing.fallback)
    return Measured(
        pairs=len(failed),
        gives_up_ms=round(median(left)) if left else None,
        gave_up=len(left),
        tries=(min(tries), max(tries)) if tries else None,
        after=tuple(After(failure=name, came=came[name], of=of) for name, of in cases.most_common()),
    )


def failure_of(hit: Hit) -> str:
    """What was wrong with an answer, to complete "After …"."""
    if hit.fault in _BY_FAULT:
        return _BY_FAULT[FaultKind(hit.fault)]
    if _timed_out(hit):
        return TIMEOUT
    return NOTHING if hit.status is None else f"a {hit.status}"


def _failure_of(pairing: Pairing) -> str:
    """A provider may give up on an answer without hanging up: then it was sent whole, and too late."""
    last = pairing.primary[-1]
    late = pairing.verdict is Verdict.FALLBACK_AFTER_TIMEOUT
    return TIMEOUT if late and last.fault not in _BY_FAULT else failure_of(last)


def _timed_out(hit: Hit) -> bool:
    """The sender hung up while the answer was held. An answer that we cut off ourselves does not count."""
    ours = hit.fault in (FaultKind.DROP, FaultKind.CUT)
    return not hit.fallback and hit.ok is False and hit.left_ms is not None and not ours


def _has_failed(pairing: Pairing) -> bool:
    """The primary failed, and it is settled whether the fallback came."""
    tried = pairing.primary
    if not tried or pairing.verdict in FALLBACK_USED:
        return bool(tried)
    settled = bool(pairing.fallback) or NO_FALLBACK in pairing.findings
    return settled and all(hit.ok is False for hit in tried)
