"""Findings: something odd about a capture or a message, by a stable code, with its cause and its cure in words.

`observe` runs for every capture; findings of the ledger of messages (`duplicate`, `late_status` …) have their words
here, too, so that there is one list.
"""

from collections.abc import Iterable
from dataclasses import replace

from .checks import CHECKS
from .facts import Facts
from .words import FINDINGS, SIGNATURE_AS, SIGNATURE_INVALID, Finding

__all__ = [
    "FINDINGS", "SIGNATURE_AS", "SIGNATURE_INVALID", "Facts", "Finding", "by_weight", "explain", "observe",
]  # fmt: skip

_BY_WEIGHT = tuple((code, CHECKS[code]) for code in FINDINGS if code in CHECKS)
_WEIGHT = {code: weight for weight, code in enumerate(FINDINGS)}


def by_weight(codes: Iterable[str]) -> tuple[str, ...]:
    """Each of these codes once, by weight; those of another version of smsbin behind them."""
    return tuple(sorted(dict.fromkeys(codes), key=lambda code: _WEIGHT.get(code, len(_WEIGHT))))


def observe(facts: Facts) -> tuple[str, ...]:
    """The codes of what is odd, by weight."""
    return tuple([code for code, check in _BY_WEIGHT if check(facts) is not None])


def explain(code: str, facts: Facts | None = None) -> Finding:
    """A finding in words; with facts its cause names the value. A code from a newer version gets words, too."""
    finding = FINDINGS.get(code)
    if finding is None:
        cause = "This finding is from a newer version of smsbin and is not known to this version."
        return Finding(code=code, title=code, cause=cause, cure="Start the newer version to see what it means.")
    check = CHECKS.get(code)
    seen = check(facts) if check is not None and facts is not None else None
    return finding if seen is None else replace(finding, cause=f"{finding.cause} {seen}")
